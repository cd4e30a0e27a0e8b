from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.reading import Box
from inkwatch.vision.cut import cut_page
from inkwatch.vision.join import join_glyphs
from inkwatch.vision.page import MARGIN_PX, GlyphCut, Grey, Page
from inkwatch.vision.straighten import Straightened


@pytest.fixture(scope="module")
def page() -> Page:
    picture = np.full((160, 500), 235, np.uint8)
    cv2.putText(picture, "Hop y", (40, 110), 0, 2.0, 30, 5, cv2.LINE_AA)
    return cut_page(picture)


def laid(glyphs: Sequence[GlyphCut], height: int, width: int) -> Grey:
    """All glyphs on one white sheet."""
    sheet = np.full((height + 2 * MARGIN_PX, width + 2 * MARGIN_PX), 255, np.uint8)
    for glyph in glyphs:
        y, x = glyph.place.top, glyph.place.left
        window = sheet[y : y + glyph.grey.shape[0], x : x + glyph.grey.shape[1]]
        np.minimum(window, glyph.grey, out=window)
    return sheet


def test_a_joint_shows_what_its_pieces_show(page: Page) -> None:
    glyphs = page.lines[0].glyphs[:3]
    joint = join_glyphs(glyphs, page)
    assert np.array_equal(laid([joint], 160, 500), laid(glyphs, 160, 500))
    # Soft edges in a piece's margin lie inside the joint.
    assert np.count_nonzero(joint.ink) >= sum(np.count_nonzero(glyph.ink) for glyph in glyphs)


def test_a_joint_stands_around_its_pieces(page: Page) -> None:
    glyphs = page.lines[0].glyphs
    joint = join_glyphs(glyphs, page)
    assert joint.place == Box.around(glyph.place for glyph in glyphs)
    assert joint.box == page.box_in_picture(joint.place)
    assert joint.top == min(glyph.top for glyph in glyphs)
    assert joint.bottom == max(glyph.bottom for glyph in glyphs)
    height, width = joint.grey.shape
    assert (width - 2 * MARGIN_PX, height - 2 * MARGIN_PX) == (
        joint.place.width,
        joint.place.height,
    )


def test_one_glyph_is_its_own_joint(page: Page) -> None:
    (glyph, *_) = page.lines[0].glyphs
    joint = join_glyphs([glyph], page)
    assert np.array_equal(joint.grey, glyph.grey)
    assert (joint.place, joint.box) == (glyph.place, glyph.box)


def test_the_pieces_stay_as_they_are(page: Page) -> None:
    glyphs = page.lines[0].glyphs
    before = [glyph.grey.copy() for glyph in glyphs]
    join_glyphs(glyphs, page)
    assert all(np.array_equal(g.grey, old) for g, old in zip(glyphs, before, strict=True))


@st.composite
def pieces(draw: st.DrawFn) -> list[GlyphCut]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    found = []
    for _ in range(draw(st.integers(1, 4))):
        left, top, width, height = (int(side) for side in rng.integers(1, 40, 4))
        grey = rng.integers(0, 256, (height + 2 * MARGIN_PX, width + 2 * MARGIN_PX), np.uint8)
        place = Box(left, top, width, height)
        found.append(GlyphCut(place, place, grey, float(top), float(top + height)))
    return found


@given(pieces())
@settings(max_examples=60, deadline=None)
def test_no_ink_is_lost_however_pieces_overlap(glyphs: list[GlyphCut]) -> None:
    blank = Page((), 100, 100, Straightened(np.full((100, 100), 255, np.uint8), np.eye(3)))
    joint = join_glyphs(glyphs, blank)
    assert np.array_equal(laid([joint], 100, 100), laid(glyphs, 100, 100))
