import re

from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.publish.tsv import COLUMNS, escaped, format_tsv, tsv_header
from inkwatch.reading import Reading

UNESCAPED = {r"\\": "\\", r"\t": "\t", r"\n": "\n", r"\r": "\r"}


def unescaped(field: str) -> str:
    return re.sub(r"\\.", lambda match: UNESCAPED[match[0]], field)


def test_a_row_for_each_word(reading: Reading) -> None:
    assert format_tsv(reading).splitlines() == [
        (
            "notes/page.jpg\t1\t1\t20\t30\t36\t24\t0.4950\tHi"
            "\t20,30 56,30 56,54 20,54\tH?=0.4950 ?i=0.0050 ??=0.0050"
        ),
        (
            "notes/page.jpg\t1\t2\t80\t30\t36\t25\t0.6860\tme"
            "\t80,30 116,30 116,55 80,55\tm?=0.2940 ?e=0.0140 ??=0.0060"
        ),
        "notes/page.jpg\t2\t1\t20\t80\t16\t24\t1.0000\tx\t20,80 36,80 36,104 20,104\t",
    ]


def test_the_header_names_the_columns() -> None:
    assert tsv_header() == (
        "source\tline\tword\tleft\ttop\twidth\theight\tconfidence\ttext\tpolygon\talternatives\n"
    )


def test_a_blank_page_has_no_rows() -> None:
    assert format_tsv(Reading((), 10, 10)) == ""


@given(st.text())
def test_any_field_comes_back(text: str) -> None:
    field = escaped(text)
    assert not re.search(r"[\t\n\r]", field)
    assert unescaped(field) == text


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_reading_comes_back(readings: st.SearchStrategy[Reading], data: st.DataObject) -> None:
    reading = data.draw(readings)
    rows = format_tsv(reading).split("\n")
    assert rows.pop() == ""
    assert len(rows) == len(reading.words)
    for row, word in zip(rows, reading.words, strict=True):
        fields = dict(zip(COLUMNS, row.split("\t"), strict=True))
        assert unescaped(fields["text"]) == word.text
        assert unescaped(fields["source"]) == reading.source
        assert int(fields["left"]) == word.box.left
        assert abs(float(fields["confidence"]) - word.confidence) <= 0.00005001
