from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.reading import Box
from inkwatch.vision.components import find_pieces
from inkwatch.vision.cut import cut_page
from inkwatch.vision.ink import find_ink, flatten_light
from inkwatch.vision.lines import letter_height
from inkwatch.vision.page import Grey
from inkwatch.vision.slant import LEAST_SLANT, page_slant, upright
from inkwatch.vision.straighten import Straightened

TEXT = ("Hill with tall linden", "quick brown fox jumps", "The little birds 1417")


@pytest.fixture(scope="module")
def print_page(write: Any) -> Grey:
    drawn: Grey = write(*TEXT, scale=1.4, pen_px=3, gap_px=110)
    return drawn


def leaning(grey: Grey, slant: float) -> Grey:
    """The same page by a hand that leans: tops of strokes move right by `slant` times a height."""
    height, width = grey.shape
    shear = np.array([[1.0, -slant, max(0.0, slant * height)], [0.0, 1.0, 0.0]])
    size = (width + int(abs(slant) * height) + 1, height)
    return np.asarray(cv2.warpAffine(grey, shear, size, borderValue=235.0), np.uint8)


def measured(grey: Grey) -> float:
    ink = find_ink(flatten_light(grey))
    return page_slant(ink, letter_height(find_pieces(ink)))


@pytest.mark.parametrize("slant", [0.2, 0.35, 0.5, 0.65, 0.8, 1.0])
def test_a_lean_is_measured(print_page: Grey, slant: float) -> None:
    assert measured(leaning(print_page, slant)) == pytest.approx(slant, abs=0.1)


@pytest.mark.parametrize("scale", [0.7, 1.0, 2.5])
def test_the_size_of_letters_makes_no_difference(write: Any, scale: float) -> None:
    page = write(*TEXT, scale=scale, pen_px=max(1, round(2 * scale)), gap_px=round(80 * scale))
    assert measured(leaning(page, 0.5)) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("font", [cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_TRIPLEX])
@pytest.mark.parametrize("text", ["Hill with tall linden", "NAVY WAVE VANE", "1953-11-08 4/7/17"])
def test_upright_print_is_left_alone(font: int, text: str) -> None:
    page = np.full((160, 900), 235, np.uint8)
    cv2.putText(page, text, (40, 100), font, 1.4, 40, 3, cv2.LINE_AA)
    assert measured(page) == 0.0


def test_a_slight_lean_is_left_alone(print_page: Grey) -> None:
    assert measured(leaning(print_page, LEAST_SLANT - 0.05)) == 0.0


def test_blank_paper_does_not_lean() -> None:
    assert page_slant(np.zeros((50, 80), np.uint8), 20.0) == 0.0


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 60),
    st.integers(1, 60),
    st.floats(0.5, 200.0),
)
def test_no_ink_makes_it_fail(seed: int, height: int, width: int, letter_px: float) -> None:
    ink = np.where(np.random.default_rng(seed).random((height, width)) < 0.4, 255, 0)
    slant = page_slant(ink.astype(np.uint8), letter_px)
    assert slant == 0.0 or LEAST_SLANT <= abs(slant) <= 1.0


@settings(max_examples=60, deadline=None)
@given(st.floats(-0.6, 1.0), st.integers(30, 250), st.integers(30, 160))
def test_the_way_back_leads_to_the_ink(slant: float, left: int, top: int) -> None:
    """A mark is where `box_in_picture` says, give or take what leaning makes of its box."""
    picture = np.full((220, 320), 235, np.uint8)
    picture[top : top + 20, left : left + 12] = 30
    page = upright(Straightened(picture, np.eye(3)), slant)
    assert page.grey.shape[1] >= picture.shape[1]
    x, y, width, height = cv2.boundingRect((page.grey < 130).astype(np.uint8))
    # What was upright leans now, by this much.
    lean_px = abs(slant) * height
    middle = Box(round(x + width / 2) - 1, round(y + height / 2) - 1, 2, 2)
    back = page.box_in_picture(middle, 320, 220)
    assert back.left + back.width / 2 == pytest.approx(left + 6, abs=2)
    assert back.top + back.height / 2 == pytest.approx(top + 10, abs=2)
    around = page.box_in_picture(Box(x, y, width, height), 320, 220)
    assert around.left - 2 <= left
    assert left + 12 <= around.right + 2
    assert around.width == pytest.approx(12 + 2 * lean_px, abs=4)


def test_a_leaning_page_is_cut_like_the_upright_one(print_page: Grey) -> None:
    leant = leaning(print_page, 0.6)
    page = cut_page(leant)
    assert page.straightened.grey.shape[1] > leant.shape[1]
    # Strokes that touch by a shear's rounding are all that may differ.
    glyphs = [len(line.glyphs) for line in page.lines]
    assert glyphs == pytest.approx([len(line.glyphs) for line in cut_page(print_page).lines], abs=1)


def test_a_leaning_page_has_boxes_around_its_ink(print_page: Grey) -> None:
    leant = leaning(print_page, 0.6)
    covered = np.zeros(leant.shape, np.bool_)
    for glyph in (glyph for line in cut_page(leant).lines for glyph in line.glyphs):
        box = glyph.box
        assert (leant[box.top : box.bottom, box.left : box.right] < 130).any()
        covered[box.top - 2 : box.bottom + 2, box.left - 2 : box.right + 2] = True
    assert not (leant[~covered] < 100).any()
