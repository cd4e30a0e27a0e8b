"""How wide the strokes of some writing are, and what is far thicker."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

_BAND_PX, _AROUND_PX = 256, 64
"""Distances take four times a picture's memory: they are measured in bands, each with so much of
its surroundings that of any stroke both edges are seen."""

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_SQUARE = np.ones((3, 3), np.uint8)
_STEP_PX = 0.94
_MOST_STEPS = 32


def stroke_width(ink: Grey) -> float:
    """Mean stroke width in pixels, at least 1.

    Across a stroke of width w, the mean distance to its edge is w / 4; pixels being counted from
    their far side, it is a quarter of a pixel more.

    Args:
        ink: `(H, W)` uint8, 255 where to measure, else 0.
    """
    area = cv2.countNonZero(ink)
    if not area:
        return 1.0
    left, top, width, height = cv2.boundingRect(ink)
    columns = np.s_[max(0, left - 1) : left + width + 1]
    total = 0.0
    for start in range(top, top + height, _BAND_PX):
        first = max(0, start - _AROUND_PX)
        near = ink[first : start + _BAND_PX + _AROUND_PX, columns]
        distance = cv2.distanceTransform(near, cv2.DIST_L2, 3)
        total += cv2.sumElems(distance[start - first : start - first + _BAND_PX])[0]
    return max(1.0, 4.0 * total / area - 1.0)


def thick_parts(ink: Grey, thick_px: float) -> Grey:
    """What lies farther than `thick_px` from any paper: `(H, W)` uint8, 255 or 0.

    Ink is worn off pixel by pixel, in octagons: a cross and a square of three pixels take turns
    (Rosenfeld and Pfaltz 1968, doi:10.1016/0031-3203(68)90013-7). Where that would take many turns,
    distances are measured.
    """
    steps = int(thick_px / _STEP_PX)
    if steps > _MOST_STEPS:
        distance = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
        return np.where(distance > thick_px, np.uint8(255), np.uint8(0))
    for done in range(steps):
        if not cv2.countNonZero(ink):
            break
        ink = np.asarray(cv2.erode(ink, _SQUARE if done % 2 else _CROSS), np.uint8)
    return ink
