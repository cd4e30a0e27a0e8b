"""What a page's cuts become, with cuts made by hand."""

import numpy as np
import pytest

from inkwatch.assemble import (
    MOST_TOLD,
    assemble_lines,
    unread_glyphs,
    unread_ink,
    without_unsure,
)
from inkwatch.language.geometry import LineMetrics
from inkwatch.language.resolve import ResolvedLine
from inkwatch.places import Box
from inkwatch.reading import Candidate, Glyph, Line, Word, WordCandidate
from inkwatch.unread import Reason
from inkwatch.vision.baselines import Curve
from inkwatch.vision.left_out import Boxes, LeftOut
from inkwatch.vision.page import GlyphCut, LineCut, Page, WordCut
from inkwatch.vision.straighten import Straightened

TWICE = np.diag([2.0, 2.0, 1.0])


def page(left_out: LeftOut | None = None) -> Page:
    """A picture of 800 x 600 whose page is half as large."""
    flat = Straightened(np.zeros((300, 400), np.uint8), TWICE)
    return Page((), 800, 600, flat, left_out or LeftOut())


def rows(*boxes: tuple[int, int, int, int]) -> Boxes:
    return np.array(boxes, np.int32).reshape(-1, 4)


def cut(left: int) -> GlyphCut:
    place = Box(left, 50, 10, 20)
    return GlyphCut(Box(2 * left, 100, 20, 40), place, np.zeros((1, 1), np.uint8), 50.0, 70.0)


def resolved(text: str, *others: tuple[WordCandidate, ...]) -> ResolvedLine:
    candidates = tuple((Candidate(character, 0.9),) for character in text)
    return ResolvedLine(candidates, LineMetrics(70.0, 12.0, 1.0), alternatives=others)


LINE = LineCut(
    (WordCut((cut(10), cut(25))), WordCut((cut(80),))),
    Curve(50.0, 50.0, (70.0,)),
    x_height_px=12.0,
    break_bits=(-3.0, 3.0),
)


def test_each_glyph_gets_its_candidates_and_each_word_its_glyphs() -> None:
    (line,) = assemble_lines(page(), [LINE], [resolved("hix")])
    assert line.text == "hi x"
    assert line.words[0].box == Box(20, 100, 50, 40)
    assert list(line.words[1].polygon) == [(160, 100), (180, 100), (180, 140), (160, 140)]
    assert list(line.polygon) == [(20, 100), (180, 100), (180, 140), (20, 140)]
    assert list(line.baseline) == [(20, 140), (180, 140)]
    assert line.x_height_px == pytest.approx(24)


def test_the_searchs_alternatives_are_taken_where_it_has_any() -> None:
    told = ((WordCandidate("hj", 0.05),), ())
    (line,) = assemble_lines(page(), [LINE], [resolved("hix", *told)])
    assert [word.alternatives for word in line.words] == list(told)


def test_ink_that_no_line_holds_is_told_by_its_reason() -> None:
    crowd = rows(*((100 + k % 4, 200 + k, 1, 1) for k in range(12)))
    out = LeftOut(
        specks=crowd,
        not_writing=rows((0, 0, 400, 3)),
        surplus=rows((7, 8, 2, 2), (17, 18, 3, 2)),
        strays=rows((300, 250, 4, 5)),
    )
    found = {it.reason: it for it in unread_ink(page(out))}
    assert found[Reason.STRAY_MARK].box == Box(600, 500, 8, 10)
    assert found[Reason.STRAY_MARK].polygon == ((600, 500), (608, 500), (608, 510), (600, 510))
    assert found[Reason.TOO_SMALL].box == Box(200, 400, 8, 24)
    assert found[Reason.TOO_MANY_PIECES].box == Box(14, 16, 26, 24)
    assert found[Reason.NOT_WRITING].box == Box(0, 0, 800, 6)
    assert len(found) == 4


def test_of_very_many_strays_the_largest_are_told() -> None:
    strays = rows(*((k % 40 * 10, k // 40 * 10, 1 + k % 7, 2) for k in range(400)))
    told = unread_ink(page(LeftOut(strays=strays)))
    assert len(told) == MOST_TOLD
    assert min(it.box.width for it in told) == 2 * 6


def glyph(character: str, size_px: int = 20, confidence: float = 0.9) -> Glyph:
    return Glyph(Box(0, 0, size_px, size_px), (Candidate(character, confidence),))


def test_scribbles_are_told_and_full_stops_are_not() -> None:
    line = Line((Word((glyph("a"), glyph("x"), glyph(".", 5))),), x_height_px=15.0)
    probabilities = np.array([[0.9, 0.05], [0.2, 0.25], [0.1, 0.1]])
    (scribble,) = unread_glyphs([line], [probabilities])
    assert (scribble.reason, scribble.text) == (Reason.NO_CHARACTER, "x")


def test_a_line_keeps_its_place_when_words_are_taken_out() -> None:
    sure, unsure = Word((glyph("a"),)), Word((glyph("b", confidence=0.3),))
    corners = ((0.0, 0.0), (9.0, 1.0), (9.0, 8.0), (0.0, 7.0))
    whole = Line((sure, unsure), corners, ((0.0, 6.0), (9.0, 7.0)), 5.0)
    kept, out = without_unsure([whole, Line((unsure,)), Line((sure,))], 0.5)
    assert [line.text for line in kept] == ["a", "a"]
    assert (kept[0].polygon, kept[0].baseline) == (whole.polygon, whole.baseline)
    assert [(it.reason, it.text) for it in out] == [(Reason.UNSURE, "b")] * 2
    assert without_unsure([whole], 0.0) == ((whole,), ())
