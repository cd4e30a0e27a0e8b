import cv2
import numpy as np
import pytest

from inkwatch_train.pages.one_pen import stroke_width_px, with_stroke_width


def bar(width: int) -> np.ndarray:
    image = np.zeros((160, 90), np.uint8)
    image[20:140, 40 : 40 + width] = 255
    return image


@pytest.mark.parametrize("width", [8, 12, 20])
def test_the_width_of_a_bar_is_told(width: int) -> None:
    assert stroke_width_px(bar(width)) == pytest.approx(width, rel=0.15)


def test_blank_paper_has_no_width() -> None:
    assert stroke_width_px(np.zeros((20, 20), np.uint8)) == 0.0


@pytest.mark.parametrize("wanted", [10, 12, 16])
def test_strokes_come_to_the_wanted_width(wanted: int) -> None:
    middle = with_stroke_width(bar(12), wanted)[80]
    assert (middle.astype(int).sum() / 255) == pytest.approx(wanted, abs=1.5)


def test_thin_strokes_are_not_thinned_away() -> None:
    middle = with_stroke_width(bar(12), 2)[80]
    assert (middle >= 128).sum() >= 8


def test_a_dot_does_not_run_into_its_stem() -> None:
    image = bar(8)
    image[70:78] = 0
    thick = with_stroke_width(image, 24)
    count, _ = cv2.connectedComponents((thick >= 128).astype(np.uint8))
    assert count - 1 == 2
