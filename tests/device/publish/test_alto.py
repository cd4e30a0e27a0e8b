"""ALTO, by rules that its specification states and, where it was fetched, by its own schema."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from inkwatch.publish.alto import FOOTER, NAMESPACE, alto_header, format_alto
from inkwatch.reading import Box, Candidate, Glyph, Line, Reading, Word, WordCandidate
from inkwatch.unread import Reason, Unread

A = f"{{{NAMESPACE}}}"
CACHE = Path(os.environ.get("INKWATCH_CACHE") or Path.home() / ".cache/inkwatch")


def document(*readings: Reading, source: str = "") -> Any:
    pages = "".join(format_alto(reading, n) for n, reading in enumerate(readings, 1))
    return etree.fromstring((alto_header(source) + pages + FOOTER).encode())


@pytest.fixture(scope="session")
def schema() -> Any:
    path = CACHE / "alto/alto-4-3.xsd"
    if not path.is_file():
        pytest.skip("ALTO's schema is not here; fetch it: python tools/fetch_alto_schema.py")
    return etree.XMLSchema(etree.parse(str(path), etree.XMLParser(no_network=True)))


@pytest.fixture
def full(reading: Reading) -> Reading:
    """The reading with all that a page can have."""
    glyph = Glyph(Box(30, 90, 8, 9), (Candidate("&", 0.5), Candidate('"', 0.3)))
    word = Word((glyph,), (WordCandidate("<x>", 0.25),), ((30, 90), (38, 91), (38, 99), (30, 98)))
    line = Line((word,), (), ((30.2, 98.0), (34.0, 98.7), (38.0, 99.0)), 7.0)
    unread = tuple(Unread(reason, Box(5, 5, 9, 9), text="?") for reason in Reason)
    lines = (*reading.lines, line)
    return Reading(lines, 200, 120, "notes/a & b.jpg", "chars", unread=unread)


def test_a_page_in_full(full: Reading) -> None:
    root = document(full, source=full.source)
    assert root.findtext(f".//{A}MeasurementUnit") == "pixel"
    assert root.findtext(f".//{A}fileName") == "notes/a & b.jpg"
    (page,) = root.iter(f"{A}Page")
    assert (page.get("WIDTH"), page.get("HEIGHT"), page.get("PHYSICAL_IMG_NR")) == (
        "200",
        "120",
        "1",
    )
    (block,) = root.iter(f"{A}TextBlock")
    assert block.get("{http://www.w3.org/1999/xlink}href") == "notes/a%20%26%20b.jpg"
    first, _, last = root.iter(f"{A}TextLine")
    assert [(e.tag.removeprefix(A), e.get("CONTENT")) for e in first if e.tag != f"{A}Shape"] == [
        ("String", "Hi"),
        ("SP", None),
        ("String", "me"),
    ]
    space = first.find(f"{A}SP")
    assert (space.get("HPOS"), space.get("WIDTH")) == ("56", "24")
    assert last.get("BASELINE") == "30,98 34,99 38,99"
    word = last.find(f"{A}String")
    assert (word.get("CONTENT"), word.get("WC"), word.get("CC")) == ("&", "0.5000", "5")
    assert word.find(f"{A}Shape/{A}Polygon").get("POINTS") == "30,90 38,91 38,99 30,98"
    other = word.find(f"{A}ALTERNATIVE")
    assert (other.text, other.get("PURPOSE")) == ("<x>", "recognition 0.2500")
    glyph = word.find(f"{A}Glyph")
    assert (glyph.get("CONTENT"), glyph.get("GC"), glyph.get("HPOS")) == ("&", "0.5000", "30")
    variant = glyph.find(f"{A}Variant")
    assert (variant.get("CONTENT"), variant.get("VC")) == ('"', "0.3000")
    unread = [e.get("TYPE") for e in root.iter(f"{A}Illustration")]
    assert unread == [f"unread: {reason}" for reason in Reason]


def test_a_page_fits_the_schema(schema: Any, full: Reading) -> None:
    schema.assertValid(document(full, source=full.source))


def test_the_schema_refuses_what_is_wrong(schema: Any, full: Reading) -> None:
    root = document(full)
    next(root.iter(f"{A}Glyph")).set("CONTENT", "two")
    assert not schema.validate(root)


def test_several_pages_make_one_document(schema: Any, full: Reading) -> None:
    root = document(full, Reading((), 5, 6, "b.png"), full)
    schema.assertValid(root)
    assert [page.get("ID") for page in root.iter(f"{A}Page")] == ["page_1", "page_2", "page_3"]


def test_a_document_of_no_pages_is_well_formed() -> None:
    """A run in which nothing could be read; ALTO's schema itself asks for a page."""
    assert not list(document().iter(f"{A}Page"))


def test_what_may_be_wrong_is_not_shown_as_sure() -> None:
    word = Word(
        tuple(
            Glyph(Box(9 * k, 0, 8, 8), (Candidate("a", p),))
            for k, p in enumerate((1.0, 0.9999, 0.5, 0.0))
        )
    )
    root = document(Reading((Line((word,)),), 90, 20))
    assert root.find(f".//{A}String").get("CC") == "0 1 5 9"


def test_a_line_that_runs_backwards_has_spaces_without_a_width(schema: Any) -> None:
    words = tuple(Word((Glyph(Box(left, 0, 8, 8), (Candidate("a", 0.9),)),)) for left in (50, 20))
    root = document(Reading((Line(words),), 90, 20))
    schema.assertValid(root)
    assert root.find(f".//{A}SP").get("WIDTH") is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_reading_fits_the_schema(
    schema: Any, readings: st.SearchStrategy[Reading], data: st.DataObject
) -> None:
    reading = data.draw(readings)
    root = document(reading, reading, source=reading.source)
    schema.assertValid(root)
    words = list(root.iter(f"{A}String"))
    assert len(words) == 2 * len(reading.words)
