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


@pytest.mark.parametrize("scale", [1, 4])
def test_only_what_is_thicker_is_a_thick_part(scale: int) -> None:
    ink = np.zeros((200 * scale, 200 * scale), np.uint8)
    ink[20 * scale : 180 * scale, 20 * scale : 30 * scale] = 255
    cv2.circle(ink, (120 * scale, 100 * scale), 30 * scale, 255, -1)
    rows, columns = np.nonzero(thick_parts(ink, 10.0 * scale))
    assert len(rows)
    assert columns.min() > 90 * scale
    # What lies deeper than 10 of its 30 pixels' radius.
    away = np.hypot(rows - 100 * scale, columns - 120 * scale)
    assert away.max() == pytest.approx(20 * scale, abs=2 * scale)
    assert not thick_parts(ink, 40.0 * scale).any()


def test_a_picture_full_of_ink_is_thick_all_over() -> None:
    assert thick_parts(np.full((300, 400), 255, np.uint8), 400.0).all()
