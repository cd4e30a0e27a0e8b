from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.reading import Box
from inkwatch.vision.cut import cut_page
from inkwatch.vision.page import MARGIN_PX, GlyphCut, Grey, Page
from inkwatch.vision.split import Segment, Splits, split_glyph

X_HEIGHT_PX = 30.0
"""About what OpenCV's font has at scale 2."""


def touching(text: str, overlap_px: int = 12, scale: float = 2.0) -> tuple[GlyphCut, Page]:
    """Letters that run into each other, as the one glyph that the page's pieces make of them."""
    picture = np.full((160, 700), 235, np.uint8)
    x = 40
    for letter in text:
        cv2.putText(picture, letter, (x, 110), 0, scale, 30, 5, cv2.LINE_AA)
        x += cv2.getTextSize(letter, 0, scale, 5)[0][0] - overlap_px
    page = cut_page(picture)
    (line,) = page.lines
    return max(line.glyphs, key=lambda glyph: glyph.place.width), page


def split(glyph: GlyphCut, page: Page, x_height_px: float = X_HEIGHT_PX) -> Splits:
    splits = split_glyph(glyph, page, x_height_px)
    assert splits is not None
    return splits


def ink_of(glyph: GlyphCut) -> npt.NDArray[np.bool_]:
    """Which pixels of the picture `split_glyph` takes for ink."""
    _, ink = cv2.threshold(glyph.grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return np.asarray(ink, np.uint8) > 0


def times_cut(glyph: GlyphCut, segments: list[Segment]) -> npt.NDArray[np.int32]:
    """How many segments show each pixel as the glyph does, laid where they stand."""
    times = np.zeros(glyph.grey.shape, np.int32)
    for segment in segments:
        place = segment.glyph.place
        x, y = place.left - glyph.place.left + MARGIN_PX, place.top - glyph.place.top + MARGIN_PX
        window = np.s_[y : y + place.height, x : x + place.width]
        inside = segment.glyph.grey[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
        times[window] += (inside < 255) & (inside == glyph.grey[window])
    return times


def atoms(splits: Splits) -> list[Segment]:
    return [segment for segment in splits.segments if segment.stop - segment.start == 1]


@pytest.mark.parametrize("text", ["ou", "eb", "HO", "nu"])
def test_where_two_letters_touch_there_is_a_cut(text: str) -> None:
    glyph, page = touching(text)
    middle = glyph.place.left + glyph.place.width / 2
    borders = [s.glyph.place.right for s in split(glyph, page).segments if s.start == 0]
    assert min(abs(border - middle) for border in borders) < 0.2 * glyph.place.width


def test_long_joins_are_cut_more_than_short_ones() -> None:
    """A word that is one piece of ink needs a cut between any two of its letters."""
    few, many = (split(*touching(text)).atoms for text in ("ou", "oueaou"))
    assert many >= 6
    assert many > few


@pytest.mark.parametrize("text", ["ou", "eba", "HEN", "mw"])
def test_cuts_neither_lose_nor_double_ink(text: str) -> None:
    glyph, page = touching(text)
    splits = split(glyph, page)
    parts = atoms(splits)
    times = times_cut(glyph, parts)[ink_of(glyph)]
    assert times.max() == 1
    if len(parts) == splits.atoms:  # none was too small to stand alone
        assert times.min() == 1
        assert sum(dark_px(part.glyph) for part in parts) == dark_px(glyph)


def dark_px(glyph: GlyphCut) -> int:
    return int(np.count_nonzero(glyph.grey < 128))


@pytest.mark.parametrize("text", ["ou", "eba", "HEN", "mw"])
def test_a_longer_segment_is_its_atoms_together(text: str) -> None:
    glyph, page = touching(text)
    splits = split(glyph, page)
    one = {segment.start: segment for segment in atoms(splits)}
    long = [s for s in splits.segments if s.stop - s.start > 1]
    assert long
    for segment in long:
        inside = [one[k] for k in range(segment.start, segment.stop) if k in one]
        ink = ink_of(glyph)
        whole = times_cut(glyph, [segment])[ink]
        assert (times_cut(glyph, inside)[ink] <= whole).all()


def test_parts_stand_where_their_ink_is() -> None:
    glyph, page = touching("HE")
    for part in (segment.glyph for segment in split(glyph, page).segments):
        height, width = part.grey.shape
        assert (width, height) == (
            part.place.width + 2 * MARGIN_PX,
            part.place.height + 2 * MARGIN_PX,
        )
        # The page's threshold and the part's own may differ by a soft edge.
        assert glyph.place.left - 2 <= part.place.left < part.place.right <= glyph.place.right + 2
        assert glyph.place.top - 2 <= part.place.top < part.place.bottom <= glyph.place.bottom + 2
        assert part.bottom - part.top == part.place.height
        assert part.top - glyph.top == part.place.top - glyph.place.top
        assert part.box == page.box_in_picture(part.place)


def test_a_bar_has_no_place_to_cut() -> None:
    picture = np.full((120, 200), 235, np.uint8)
    picture[20:100, 90:100] = 30
    page = cut_page(picture)
    assert split_glyph(page.lines[0].glyphs[0], page, 50.0) is None


def test_what_is_narrow_counts_in_x_heights() -> None:
    """The same ink may be letters of a small hand, or one of a large hand."""
    glyph, page = touching("ou")
    assert split_glyph(glyph, page, 0.3 * X_HEIGHT_PX) is not None
    assert split_glyph(glyph, page, 10.0 * X_HEIGHT_PX) is None


def test_blank_glyphs_are_left_alone() -> None:
    glyph, page = touching("HE")
    blank = replace(glyph, grey=np.full_like(glyph.grey, 255))
    assert split_glyph(blank, page, X_HEIGHT_PX) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(7, 60), st.integers(7, 90), st.floats(3.0, 80.0))
def test_any_ink_can_be_cut(seed: int, height: int, width: int, x_height_px: float) -> None:
    glyph, page = touching("HE")
    place = Box(10, 10, max(1, width - 2 * MARGIN_PX), max(1, height - 2 * MARGIN_PX))
    blob = replace(glyph, grey=blots(seed, height, width), place=place)
    splits = split_glyph(blob, page, x_height_px)
    if splits is None:
        return
    ink = ink_of(blob)
    for segment in splits.segments:
        assert 0 <= segment.start < segment.stop <= splits.atoms
        assert segment.stop - segment.start < splits.atoms
        assert (times_cut(blob, [segment])[ink]).any()
    assert times_cut(blob, atoms(splits))[ink].max() <= 1


def blots(seed: int, height: int, width: int) -> Grey:
    rng = np.random.default_rng(seed)
    noise = cv2.GaussianBlur(rng.random((height, width)), (0, 0), 2.0)
    return np.where(noise > np.median(noise), 255, 40).astype(np.uint8)
