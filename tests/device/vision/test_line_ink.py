from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.places import Box
from inkwatch.vision.baselines import Curve
from inkwatch.vision.cut import cut_page
from inkwatch.vision.line_ink import line_ink
from inkwatch.vision.page import MARGIN_PX, GlyphCut, LineCut, WordCut

Grey = npt.NDArray[np.uint8]


def glyph(place: Box, level: int = 0) -> GlyphCut:
    """A glyph that fills its place with ink of one level of grey."""
    grey = np.full((place.height + 2 * MARGIN_PX, place.width + 2 * MARGIN_PX), 255, np.uint8)
    grey[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX] = level
    return GlyphCut(place, place, grey, 0.0, 1.0)


def line(*glyphs: GlyphCut, curve: Curve | None = None) -> LineCut:
    baseline = curve or Curve(50.0, 50.0, (30.0, 4.0, 1.0))
    return LineCut((WordCut(glyphs),), baseline, 10.0, (0.0,) * (len(glyphs) - 1))


boxes = st.builds(
    Box, st.integers(-20, 300), st.integers(-20, 300), st.integers(1, 30), st.integers(1, 30)
)


@given(st.lists(st.tuples(boxes, st.integers(0, 254)), min_size=1, max_size=6))
def test_each_glyph_stands_where_it_stood(placed: list[tuple[Box, int]]) -> None:
    found = line_ink(line(*(glyph(place, level) for place, level in placed)))
    expected = np.zeros((400, 400), np.uint8)
    for place, level in placed:
        part = expected[place.top + 30 : place.bottom + 30, place.left + 30 : place.right + 30]
        np.maximum(part, 255 - level, out=part)
    height, width = found.ink.shape
    top, left = found.top + 30, found.left + 30
    assert np.array_equal(found.ink, expected[top : top + height, left : left + width])
    assert found.ink.sum() == expected.sum()


@given(st.floats(-100.0, 300.0))
def test_the_baseline_moves_with_the_ink(x: float) -> None:
    cut = line(glyph(Box(40, 17, 10, 12)), glyph(Box(90, 20, 10, 12)))
    found = line_ink(cut)
    there = float(found.baseline.at(x - found.left)) + found.top
    assert there == pytest.approx(float(cut.baseline.at(x)))


def test_ink_that_lies_over_other_ink_keeps_the_darker() -> None:
    found = line_ink(line(glyph(Box(0, 0, 10, 10), 200), glyph(Box(5, 0, 10, 10), 50)))
    row = found.ink[MARGIN_PX, MARGIN_PX : MARGIN_PX + 15].tolist()
    assert row == [55] * 5 + [205] * 10


def test_neighbouring_lines_are_not_in_it(write: Any) -> None:
    page = cut_page(write("jumping", "quickly", gap_px=44))
    assert len(page.lines) == 2
    for cut in page.lines:
        found = line_ink(cut)
        ink = sum(int((255 - each.grey.astype(int)).sum()) for each in cut.glyphs)
        assert int(found.ink.sum()) == pytest.approx(ink, rel=0.01)
