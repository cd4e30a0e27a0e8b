from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.vision.cut import cut_page
from inkwatch.vision.line_cuts import cut_by_spans
from inkwatch.vision.line_ink import LineInk, line_ink
from inkwatch.vision.page import MARGIN_PX, LineCut, Page


@pytest.fixture(scope="module")
def page(write: Any) -> Page:
    return cut_page(write("HI it", scale=1.4, pen_px=3))


@pytest.fixture(scope="module")
def cut(page: Page) -> LineCut:
    (line,) = page.lines
    return line


@pytest.fixture(scope="module")
def ink(cut: LineCut) -> LineInk:
    return line_ink(cut)


@st.composite
def words(draw: st.DrawFn) -> list[list[tuple[float, float]]]:
    """Spans in order, some of them narrow, some reaching over the line's ends."""
    bounds = sorted(draw(st.lists(st.floats(-40.0, 400.0), min_size=2, max_size=12)))
    spans = list(pairwise(bounds))
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=len(spans)))
    found: list[list[tuple[float, float]]] = []
    for size in sizes:
        if spans:
            found.append(spans[:size])
            spans = spans[size:]
    return found


@settings(max_examples=100, deadline=None)
@given(words())
def test_glyphs_lie_inside_the_line_and_show_its_ink(
    page: Page, cut: LineCut, ink: LineInk, words: list[list[tuple[float, float]]]
) -> None:
    found = cut_by_spans(cut, ink, words, page)
    assert [len(word.glyphs) for word in found.words] == [len(word) for word in words]
    assert len(found.break_bits) == len(found.glyphs) - 1
    assert (found.baseline, found.x_height_px) == (cut.baseline, cut.x_height_px)
    height, width = ink.ink.shape
    for glyph, span in zip(found.glyphs, [each for word in words for each in word], strict=True):
        place = glyph.place
        assert ink.left <= place.left < place.right <= ink.left + width
        assert max(0, round(span[0])) - 1 <= place.left - ink.left or span[0] > width - 1
        assert place.right - ink.left <= max(1, min(width, round(span[0]) + 1), round(span[1]))
        shape = (place.height + 2 * MARGIN_PX, place.width + 2 * MARGIN_PX)
        assert glyph.grey.shape == shape
        box = glyph.box
        assert 0 <= box.left < box.right <= page.width
        assert 0 <= box.top < box.bottom <= page.height
        level = float(cut.baseline.at(place.left + place.width / 2))
        assert (glyph.top, glyph.bottom) == (place.top - level, place.bottom - level)
        row, column = place.top - ink.top, place.left - ink.left
        if row >= 0 and row + place.height <= height:
            shown = 255 - glyph.grey[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
            there = ink.ink[row : row + place.height, column : column + place.width]
            assert np.array_equal(shown, there)


def test_boxes_are_drawn_in_to_the_ink(page: Page, cut: LineCut, ink: LineInk) -> None:
    """Spans that reach halfway into the gaps give the boxes that the page reader had."""
    places = [glyph.place for glyph in cut.glyphs]
    bounds = [float(ink.ink.shape[1])]
    for left, right in reversed(list(pairwise(places))):
        bounds.insert(0, (left.right + right.left) / 2 - ink.left)
    spans = list(pairwise([0.0, *bounds]))
    found = cut_by_spans(cut, ink, [spans[:2], spans[2:]], page)
    for glyph, place in zip(found.glyphs, places, strict=True):
        for side in ("left", "top", "right", "bottom"):
            assert abs(getattr(glyph.place, side) - getattr(place, side)) <= 1


def test_where_no_ink_is_a_glyph_is_as_tall_as_an_x(page: Page, cut: LineCut, ink: LineInk) -> None:
    before, after = (glyph.place for glyph in cut.glyphs[1:3])
    span = (before.right - ink.left + 3.0, after.left - ink.left - 3.0)
    (glyph,) = cut_by_spans(cut, ink, [[span]], page).glyphs
    assert glyph.place.height == round(cut.x_height_px)
    assert glyph.bottom == pytest.approx(0.0, abs=1.0)
    assert (glyph.grey == 255).all()
