from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.publish.hocr import FOOTER, HEADER, format_hocr
from inkwatch.reading import Box, Candidate, Glyph, Line, Reading, Word


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
    assert str(line.get("title")).startswith("bbox 10 20 48 32; x_wconf ")
    first, second = of_class(root, "ocrx_word")
    assert first.get("title") == "bbox 10 20 28 32; x_wconf 49"
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
