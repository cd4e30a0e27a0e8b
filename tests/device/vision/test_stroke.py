import numpy as np
import pytest

from inkwatch.vision.stroke import edge_distance, stroke_width


@pytest.mark.parametrize("wide_px", [2, 4, 7, 12])
def test_the_width_of_a_bar(wide_px: int) -> None:
    ink = np.zeros((200, 200), np.uint8)
    ink[20:180, 90 : 90 + wide_px] = 255
    assert stroke_width(edge_distance(ink), ink) == pytest.approx(wide_px, abs=1.2)


def test_only_what_is_asked_for_is_measured() -> None:
    ink = np.zeros((200, 200), np.uint8)
    ink[20:180, 20:24] = 255
    bar = ink.copy()
    ink[20:180, 60:160] = 255
    assert stroke_width(edge_distance(ink), bar) == pytest.approx(4, abs=1.2)


def test_no_ink_has_the_least_width() -> None:
    nothing = np.zeros((10, 10), np.uint8)
    assert stroke_width(edge_distance(nothing), nothing) == 1.0
