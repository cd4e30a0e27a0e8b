"""A sheet seen from aside, as if seen from straight above; and the way back to the picture."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.reading import Box
from inkwatch.vision.perspective import seen_through
from inkwatch.vision.sheet import Corners, find_sheet

Grey = npt.NDArray[np.uint8]
Homography = npt.NDArray[np.float64]
"""`(3, 3)` float64: takes `(x, y, 1)`, positions between pixel edges, up to a factor."""

_INSET_SHARE = 0.012
"""How much of the sheet's rim is left out: the edge itself is dark and seldom quite straight."""


@dataclass(frozen=True, slots=True, eq=False)
class Straightened:
    """The page, `(H, W)` uint8 grey, and the homography from its pixels to the picture's."""

    grey: Grey
    to_picture: Homography

    def box_in_picture(self, box: Box, width: int, height: int) -> Box:
        """Take a box to the picture: the smallest upright one around its corners, cut to fit."""
        # Plain numbers: four points are done with before NumPy has begun.
        (a, b, c), (d, e, f), (g, h, i) = self.to_picture.tolist()
        mapped = [(a * x + b * y + c, d * x + e * y + f, g * x + h * y + i) for x, y in box.corners]
        across = [x / scale for x, _, scale in mapped]
        down = [y / scale for _, y, scale in mapped]
        # A hair of rounding must not make a box a pixel wider.
        left, top = math.floor(min(across) + 1e-6), math.floor(min(down) + 1e-6)
        right, bottom = math.ceil(max(across) - 1e-6), math.ceil(max(down) - 1e-6)
        left, top = min(max(left, 0), width - 1), min(max(top, 0), height - 1)
        right, bottom = min(max(right, left + 1), width), min(max(bottom, top + 1), height)
        return Box(left, top, right - left, bottom - top)

    def points_in_picture(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Take `(N, 2)` points of the page, x and y between pixel edges, to the picture."""
        mapped = np.column_stack([points, np.ones(len(points))]) @ self.to_picture.T
        return np.asarray(mapped[:, :2] / mapped[:, 2:], np.float64)


def moved(page: Straightened, right_px: int, down_px: int) -> Straightened:
    """A page found in a part of a picture, as one of the whole: the part begins at that place."""
    shift = np.array([[1.0, 0.0, right_px], [0.0, 1.0, down_px], [0.0, 0.0, 1.0]])
    return Straightened(page.grey, shift @ page.to_picture)


def quarter_turned(page: Straightened, turns: int) -> Straightened:
    """Turn a page clockwise by `turns` quarters, from 0 to 3."""
    height, width = page.grey.shape
    # From the turned page's pixels back to those of the page as it was.
    back = (
        np.eye(3),
        np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, height], [0.0, 0.0, 1.0]]),
        np.array([[-1.0, 0.0, width], [0.0, -1.0, height], [0.0, 0.0, 1.0]]),
        np.array([[0.0, -1.0, width], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
    )[turns]
    turned = np.ascontiguousarray(np.rot90(page.grey, -turns))
    return Straightened(turned, page.to_picture @ back)


def straighten(grey: Grey, most_px: int) -> Straightened:
    """Lay the sheet flat, where one is in view; else take the whole picture.

    Args:
        grey: `(H, W)` uint8.
        most_px: the page's longer side is scaled down to this where it is longer.
    """
    corners = find_sheet(grey)
    if corners is None:
        return _scaled(grey, most_px)
    corners = corners + (corners.mean(axis=0) - corners) * np.float32(_INSET_SHARE)
    width, height = _size(corners)
    scale = min(1.0, most_px / max(width, height))
    width, height = max(1, round(width * scale)), max(1, round(height * scale))
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    # OpenCV's pixel centres are whole numbers, ours lie half a pixel from the edges.
    to_picture = cv2.getPerspectiveTransform(flat, corners + np.float32(0.5))
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    matrix = np.linalg.inv(half) @ to_picture @ half
    page = seen_through(grey, matrix, width, height)
    return Straightened(page, np.asarray(to_picture, np.float64))


def enlarged(page: Straightened, factor: float) -> Straightened:
    """Scale a page up by about `factor`, above 1."""
    height, width = page.grey.shape
    size = (round(width * factor), round(height * factor))
    grey = cv2.resize(page.grey, size, interpolation=cv2.INTER_CUBIC)
    back = np.diag([width / size[0], height / size[1], 1.0])
    return Straightened(np.asarray(grey, np.uint8), page.to_picture @ back)


def _scaled(grey: Grey, most_px: int) -> Straightened:
    height, width = grey.shape
    scale = min(1.0, most_px / max(height, width))
    if scale == 1.0:
        return Straightened(grey, np.eye(3))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    back = np.diag([width / size[0], height / size[1], 1.0])
    return Straightened(np.asarray(small, np.uint8), np.asarray(back, np.float64))


def _size(corners: Corners) -> tuple[float, float]:
    """The sheet's size in pixels: of opposite edges the longer one, so that nothing is lost."""
    top_left, top_right, bottom_right, bottom_left = corners

    def length(one: Corners, other: Corners) -> float:
        return float(np.linalg.norm(one - other))

    return (
        max(length(top_left, top_right), length(bottom_left, bottom_right)),
        max(length(top_left, bottom_left), length(top_right, bottom_right)),
    )
