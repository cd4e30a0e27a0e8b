from itertools import pairwise
from typing import Any

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.device.vision.test_line_ink import glyph, line

from inkwatch.places import Box
from inkwatch.vision.cut import cut_page
from inkwatch.vision.joined import joined_share


@pytest.mark.parametrize("text", ["many mum women", "WORM WOMAN", "it is ill", "2 + 3 = 5"])
def test_letters_that_stand_apart_are_not_joined(write: Any, text: str) -> None:
    (cut,) = cut_page(write(text, scale=1.4)).lines
    assert joined_share(cut) == 0.0


def test_words_of_one_piece_are_joined(write: Any) -> None:
    image = write("nine even", scale=1.4, pen_px=3)
    places = [each.place for each in cut_page(image).lines[0].glyphs]
    for a, b in pairwise(places):
        if b.left - a.right < 15:
            foot = min(a.bottom, b.bottom) - 6
            cv2.line(image, (a.right - 6, foot), (b.left + 6, foot), 40, 3)
    (cut,) = cut_page(image).lines
    assert len(cut.glyphs) < len(places)
    assert joined_share(cut) > 0.9


@given(st.lists(st.integers(1, 80), min_size=1, max_size=8))
def test_it_is_the_share_of_wide_ink(widths: list[int]) -> None:
    cut = line(*(glyph(Box(100 * k, 0, width, 5)) for k, width in enumerate(widths)))
    wide = sum(width for width in widths if width > 22)
    assert joined_share(cut) == pytest.approx(wide / sum(widths))
