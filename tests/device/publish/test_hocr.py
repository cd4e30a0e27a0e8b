from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.publish.hocr import FOOTER, HEADER, format_hocr
from inkwatch.reading import Box, Candidate, Glyph, Line, Reading, Word
from inkwatch.unread import Reason, Unread


def glyph(character: str, left: int, confidence: float = 0.987) -> Glyph:
    return Glyph(Box(left, 20, 8, 12), (Candidate(character, confidence),))


def page(source: str = "a.png") -> Reading:
    words = (Word((glyph("<", 10), glyph("&", 20, 0.5))), Word((glyph("x", 40),)))
    return Reading((Line(words),), 300, 200, source)


def parsed(*pages: str) -> ET.Element:
    document = HEADER + "".join(pages) + FOOTER
    return ET.fromstring(document.replace("<!DOCTYPE html>\n", ""))


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in root.iter() if element.get("class") == name]


def test_boxes_and_confidences_stand_in_the_titles() -> None:
    root = parsed(format_hocr(page(), 1))
    (sheet,) = of_class(root, "ocr_page")
    assert sheet.get("title") == 'image "a.png"; bbox 0 0 300 200; ppageno 0'
    (line,) = of_class(root, "ocr_line")
    assert line.get("title") == (
        "bbox 10 20 48 32; poly 10 20 48 20 48 32 10 32; baseline 0 0; x_wconf 82"
    )
    first, second = of_class(root, "ocrx_word")
    assert first.get("title") == "bbox 10 20 28 32; poly 10 20 28 20 28 32 10 32; x_wconf 49"
    assert "".join(first.itertext()) == "<&"
    assert second.get("id") == "word_1_1_2"
    characters = of_class(root, "ocrx_cinfo")
    assert characters[1].get("title") == "x_bboxes 20 20 28 32; x_conf 50"


def test_several_pages_make_one_document() -> None:
    root = parsed(format_hocr(page("a.png"), 1), format_hocr(Reading((), 5, 6, "b.png"), 2))
    first, second = of_class(root, "ocr_page")
    assert (first.get("id"), second.get("id")) == ("page_1", "page_2")
    assert len(list(second)) == 0


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=30))
def test_any_name_makes_a_document_that_can_be_parsed(source: str) -> None:
    (sheet,) = of_class(parsed(format_hocr(page(source), 1)), "ocr_page")
    assert str(sheet.get("title")).startswith('image "')


def properties(element: ET.Element) -> dict[str, str]:
    parts = str(element.get("title")).split("; ")
    return {name: values for name, _, values in (part.partition(" ") for part in parts)}


def test_a_sloping_lines_baseline_counts_from_its_boxs_lower_left_corner() -> None:
    line = Line(page().lines[0].words, baseline=((10.0, 28.0), (48.0, 31.8)), x_height_px=10.0)
    (found,) = of_class(parsed(format_hocr(Reading((line,), 300, 200), 1)), "ocr_line")
    told = properties(found)
    assert told["baseline"] == "0.1 -4"
    size, up, down = (float(told[name]) for name in ("x_size", "x_ascenders", "x_descenders"))
    assert size - up - down == 10.0


def test_a_line_that_runs_upwards_has_an_angle() -> None:
    line = Line(page().lines[0].words, baseline=((40.0, 90.0), (40.0, 20.0)))
    (found,) = of_class(parsed(format_hocr(Reading((line,), 300, 200), 1)), "ocr_line")
    assert properties(found)["textangle"] == "90"
    assert "baseline" not in properties(found)


def test_alternatives_stand_beside_the_word_and_leave_its_text_alone() -> None:
    both = (Candidate("x", 0.5), Candidate("X", 0.25))
    word = Word((Glyph(Box(0, 0, 8, 8), both),))
    root = parsed(format_hocr(Reading((Line((word,)),), 30, 20), 1))
    (found,) = of_class(root, "ocrx_word")
    assert "".join(found.itertext()) == "x"
    (alternatives,) = of_class(root, "alternatives")
    first, other = alternatives
    assert (first.tag.rpartition("}")[2], first.get("title")) == ("ins", "nlp 0.693")
    assert (other.tag.rpartition("}")[2], other.get("title")) == ("del", "nlp 1.386")
    assert other.text == "X"


def test_what_was_left_unread_is_noise() -> None:
    stray = Unread(Reason.STRAY_MARK, Box(3, 4, 5, 6))
    (noise,) = of_class(parsed(format_hocr(replace(page(), unread=(stray,)), 1)), "ocr_noise")
    assert properties(noise) == {
        "bbox": "3 4 8 10",
        "poly": "3 4 8 4 8 10 3 10",
        "x_unread": "stray-mark",
    }


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_reading_makes_a_document_that_can_be_parsed(
    readings: st.SearchStrategy[Reading], data: st.DataObject
) -> None:
    reading = data.draw(readings)
    root = parsed(format_hocr(reading, 1))
    assert len(of_class(root, "ocrx_word")) == len(reading.words)
    assert len(of_class(root, "ocr_noise")) == len(reading.unread)
