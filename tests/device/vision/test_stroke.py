import cv2
import numpy as np
import pytest

from inkwatch.vision.stroke import stroke_width, thick_parts


@pytest.mark.parametrize("wide_px", [2, 4, 7, 12])
def test_the_width_of_a_bar(wide_px: int) -> None:
    ink = np.zeros((200, 200), np.uint8)
    ink[20:180, 90 : 90 + wide_px] = 255
    assert stroke_width(ink) == pytest.approx(wide_px, abs=1.2)


def test_a_tall_page_in_bands_is_measured_as_a_whole() -> None:
    ink = np.zeros((1500, 300), np.uint8)
    for row in range(10, 1500, 37):
        cv2.ellipse(ink, (20 + row % 240, row), (25, 12), row, 0, 300, 255, 2 + row % 9)
    distance = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    assert stroke_width(ink) == pytest.approx(4 * cv2.mean(distance, ink)[0] - 1, abs=1e-3)


def test_no_ink_has_the_least_width() -> None:
    assert stroke_width(np.zeros((10, 10), np.uint8)) == 1.0


def test_only_what_is_thicker_is_a_thick_part() -> None:
    ink = np.zeros((200, 200), np.uint8)
    ink[20:180, 20:30] = 255
    cv2.circle(ink, (120, 100), 30, 255, -1)
    rows, columns = np.nonzero(thick_parts(ink, 10.0))
    assert len(rows)
    assert columns.min() > 90
    # About 20 of its 30 pixels' radius lie deeper.
    assert np.hypot(rows - 100, columns - 120).max() == pytest.approx(20, abs=2)
    assert not thick_parts(ink, 40.0).any()
