from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.reading import Box
from inkwatch.vision.cut import cut_page
from inkwatch.vision.page import GlyphCut, Grey, Page
from inkwatch.vision.split import MARGIN_PX, Splits, flat_segments, split_glyph


def touching(text: str, overlap_px: int = 12, scale: float = 2.0) -> tuple[GlyphCut, Page]:
    """Letters that run into each other, as the one glyph that the page's pieces make of them."""
    picture = np.full((160, 500), 235, np.uint8)
    x = 40
    for letter in text:
        cv2.putText(picture, letter, (x, 110), 0, scale, 30, 5, cv2.LINE_AA)
        x += cv2.getTextSize(letter, 0, scale, 5)[0][0] - overlap_px
    page = cut_page(picture)
    (line,) = page.lines
    return max(line.glyphs, key=lambda glyph: glyph.place.width), page


def dark(grey: Grey) -> int:
    return int((grey < 130).sum())


def atoms(splits: Splits) -> list[GlyphCut]:
    return [s.glyph for s in splits.segments if s.stop - s.start == 1]


@pytest.mark.parametrize("text", ["ou", "eb", "HO", "nu"])
def test_where_two_letters_touch_there_is_a_cut(text: str) -> None:
    glyph, page = touching(text)
    splits = split_glyph(glyph, page)
    assert splits is not None
    middle = glyph.place.left + glyph.place.width / 2
    borders = [s.glyph.place.right for s in splits.segments if s.start == 0]
    assert min(abs(border - middle) for border in borders) < 0.2 * glyph.place.width


@pytest.mark.parametrize("text", ["ou", "eba", "HEN", "mw"])
def test_cuts_neither_lose_nor_double_ink(text: str) -> None:
    glyph, page = touching(text)
    splits = split_glyph(glyph, page)
    assert splits is not None
    parts = atoms(splits)
    if len(parts) == splits.atoms:  # none was too small to stand alone
        assert sum(dark(part.grey) for part in parts) == dark(glyph.grey)
    else:
        assert sum(dark(part.grey) for part in parts) < dark(glyph.grey)


def test_parts_stand_where_their_ink_is() -> None:
    glyph, page = touching("HE")
    splits = split_glyph(glyph, page)
    assert splits is not None
    for part in flat_segments([splits]):
        height, width = part.grey.shape
        assert (width, height) == (
            part.place.width + 2 * MARGIN_PX,
            part.place.height + 2 * MARGIN_PX,
        )
        # The page's threshold and the part's own may differ by a soft edge.
        assert glyph.place.left - 2 <= part.place.left < part.place.right <= glyph.place.right + 2
        assert glyph.place.top - 2 <= part.place.top < part.place.bottom <= glyph.place.bottom + 2
        assert part.bottom - part.top == part.place.height
        assert part.box == page.box_in_picture(part.place)


def test_a_bar_has_no_place_to_cut() -> None:
    picture = np.full((120, 200), 235, np.uint8)
    picture[20:100, 90:100] = 30
    page = cut_page(picture)
    assert split_glyph(page.lines[0].glyphs[0], page) is None


def test_blank_glyphs_are_left_alone() -> None:
    glyph, page = touching("HE")
    blank = replace(glyph, grey=np.full_like(glyph.grey, 255))
    assert split_glyph(blank, page) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(7, 60), st.integers(7, 90))
def test_any_ink_can_be_cut(seed: int, height: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.random((height, width)), (0, 0), 2.0)
    grey = np.where(noise > np.median(noise), 255, 40).astype(np.uint8)
    glyph, page = touching("HE")
    place = Box(10, 10, max(1, width - 2 * MARGIN_PX), max(1, height - 2 * MARGIN_PX))
    splits = split_glyph(replace(glyph, grey=grey, place=place), page)
    if splits is not None:
        for segment in splits.segments:
            assert 0 <= segment.start < segment.stop <= splits.atoms
            assert dark(segment.glyph.grey)
