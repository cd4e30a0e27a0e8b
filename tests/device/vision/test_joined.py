from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.device.vision.test_line_ink import glyph, line

from inkwatch.places import Box
from inkwatch.vision.cut import cut_found, cut_page, find_page
from inkwatch.vision.joined import joined_share, looks_joined
from inkwatch.vision.writing import find_writing

Grey = npt.NDArray[np.uint8]


@pytest.mark.parametrize("text", ["many mum women", "WORM WOMAN", "it is ill", "2 + 3 = 5"])
def test_letters_that_stand_apart_are_not_joined(write: Any, text: str) -> None:
    (cut,) = cut_page(write(text, scale=1.4)).lines
    assert joined_share(cut) == 0.0


def joined_page(write: Any) -> Grey:
    """A page whose letters are joined at the foot."""
    image = write("nine even", "summer rain", scale=1.4, pen_px=3, gap_px=110)
    for found in cut_page(image).lines:
        for a, b in pairwise(each.place for each in found.glyphs):
            if b.left - a.right < 15:
                foot = min(a.bottom, b.bottom) - 6
                cv2.line(image, (a.right - 6, foot), (b.left + 6, foot), 40, 3)
    return np.asarray(image, np.uint8)


def leaning(image: Grey, slant: float) -> Grey:
    height, width = image.shape
    shear = np.array([[1.0, -slant, slant * height], [0.0, 1.0, 0.0]])
    size = (width + round(slant * height), height)
    return np.asarray(cv2.warpAffine(image, shear, size, borderValue=235.0), np.uint8)


def test_words_of_one_piece_are_joined(write: Any) -> None:
    for cut in cut_page(joined_page(write)).lines:
        assert joined_share(cut) > 0.9


@pytest.mark.parametrize("slant", [0.0, 0.5])
def test_joined_pages_are_known_before_their_lines_are(write: Any, slant: float) -> None:
    assert looks_joined(find_writing(find_page(leaning(joined_page(write), slant))).pieces)
    apart = write("many mum women", "WORM WOMAN 57", scale=1.4, gap_px=110)
    assert not looks_joined(find_writing(find_page(leaning(apart, slant))).pieces)


def test_an_empty_page_is_not_joined() -> None:
    blank = np.full((200, 300), 235, np.uint8)
    assert not looks_joined(find_writing(find_page(blank)).pieces)


@pytest.mark.parametrize("joined_leans", [False, True])
def test_joined_writing_may_stay_as_it_leans(write: Any, joined_leans: bool) -> None:
    image = leaning(joined_page(write), 0.5)
    found, (height, width) = find_page(image), image.shape
    page = cut_found(found, width, height, joined_leans=joined_leans)
    assert len(page.lines) == 2
    sheared = page.straightened.grey.shape[1] > found.grey.shape[1]
    assert sheared is not joined_leans


@given(st.lists(st.integers(1, 80), min_size=1, max_size=8))
def test_it_is_the_share_of_wide_ink(widths: list[int]) -> None:
    cut = line(*(glyph(Box(100 * k, 0, width, 5)) for k, width in enumerate(widths)))
    wide = sum(width for width in widths if width > 22)
    assert joined_share(cut) == pytest.approx(wide / sum(widths))
