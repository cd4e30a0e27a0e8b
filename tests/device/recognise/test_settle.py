from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkwatch.recognise.settle import settle_cuts
from inkwatch.vision.cut import cut_page
from inkwatch.vision.page import Page

Floats = npt.NDArray[np.float64]
Greys = Sequence[npt.NDArray[np.uint8]]


def page_of(text: str, overlap_px: int = 0) -> Page:
    picture = np.full((160, 700), 235, np.uint8)
    x = 40
    for letter in text:
        cv2.putText(picture, letter, (x, 110), 0, 2.0, 30, 5, cv2.LINE_AA)
        x += cv2.getTextSize(letter, 0, 2.0, 5)[0][0] - overlap_px
    return cut_page(picture)


def by_width(narrow: float, wide: float, limit_px: int = 60) -> Callable[[Greys], Floats]:
    """A classifier that is as sure as told of narrow and of wide pictures."""

    def classify(greys: Greys) -> Floats:
        sure = [narrow if grey.shape[1] < limit_px else wide for grey in greys]
        return np.array([[s, 0.0, 0.0, 0.0] for s in sure]).reshape(len(greys), 4)

    return classify


def test_two_letters_in_one_are_parted() -> None:
    page = page_of("HEN", overlap_px=13)
    assert len(page.lines[0].glyphs) < 3
    settled = settle_cuts(page, by_width(0.98, 0.05))
    glyphs = settled.page.lines[0].glyphs
    assert len(glyphs) >= 3
    assert len(settled.probabilities) == len(glyphs)
    lefts = [glyph.place.left for glyph in glyphs]
    assert lefts == sorted(lefts)


def test_what_is_surely_one_character_stays_whole() -> None:
    page = page_of("HEN", overlap_px=13)
    settled = settle_cuts(page, by_width(0.98, 0.97))
    assert settled.page is page


def test_a_doubtful_whole_stays_where_its_parts_are_no_better() -> None:
    page = page_of("HEN", overlap_px=13)
    settled = settle_cuts(page, by_width(0.3, 0.6))
    assert settled.page is page


def test_look_alikes_are_no_reason_to_cut() -> None:
    """O, o and 0 alike: none is likely, but it is one character."""

    def classify(greys: Greys) -> Floats:
        return np.tile([0.33, 0.33, 0.33, 0.0], (len(greys), 1))

    page = page_of("OHO")
    assert settle_cuts(page, classify).page is page


def test_an_empty_page_stays_empty() -> None:
    page = cut_page(np.full((50, 60), 230, np.uint8))
    settled = settle_cuts(page, by_width(1.0, 1.0))
    assert settled.page.lines == ()
    assert settled.probabilities.shape == (0, 4)


@pytest.mark.parametrize("text", ["HENRY", "a b c"])
def test_probabilities_stand_in_reading_order(text: str) -> None:
    def classify(greys: Greys) -> Floats:
        return np.array([[0.5, 0.4, float(grey.shape[1]), 0.0] for grey in greys])

    settled = settle_cuts(page_of(text), classify)
    glyphs = [glyph for line in settled.page.lines for glyph in line.glyphs]
    assert settled.probabilities[:, 2].tolist() == [glyph.grey.shape[1] for glyph in glyphs]
