import cv2
import numpy as np
import pytest

from inkwatch.vision.perspective import seen_through


@pytest.mark.parametrize("scale", [1.0, 2.0, 0.1])
def test_it_is_what_opencv_makes_of_it(scale: float) -> None:
    """A sheet that runs together at the top, in pictures of several sizes."""
    width, height = round(820 * scale), round(560 * scale)
    noise = np.random.default_rng(1).integers(0, 256, (700, 900), np.uint8)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2)
    grey = np.asarray(cv2.resize(smooth, None, fx=scale, fy=scale), np.uint8)
    page = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    sheet = np.array([[140, 60], [760, 90], [860, 640], [40, 600]], np.float32) * scale
    matrix = np.asarray(cv2.getPerspectiveTransform(page, sheet.astype(np.float32)), np.float64)
    seen = seen_through(grey, matrix, width, height)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    true = cv2.warpPerspective(
        grey, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    assert seen.shape == (height, width)
    assert np.abs(seen.astype(int) - true).max() <= 2


def test_edges_go_on_beyond_the_picture() -> None:
    grey = np.tile(np.arange(0, 200, 10, dtype=np.uint8), (20, 1))
    shift = np.array([[1.0, 0.0, -30.0], [0.0, 1.0, 5.0], [0.0, 0.0, 1.0]])
    seen = seen_through(grey, shift, 70, 40)
    assert (seen[:, :30] == 0).all()
    assert (seen[:, 30:50] == grey[0]).all()
    assert (seen[:, 50:] == 190).all()
