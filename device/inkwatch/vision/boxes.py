"""Printed boxes that touch no writing: boxes to tick, frames around a word."""

import numpy as np
import numpy.typing as npt

from inkwatch.vision.components import Pieces
from inkwatch.vision.dots import chosen

Bools = npt.NDArray[np.bool_]

_LEAST_STROKES = 5.0
_MOST_FILLED = 0.6
_SIDE_SHARE = 0.92
_TILT = 0.06
_CORNER_STROKES = 0.3
_CORNER_TILT = 0.025
_MOST_INSIDE = 0.04


def without_boxes(pieces: Pieces) -> Pieces:
    """Leave out pieces that are the outline of an upright rectangle, whatever is inside."""
    least = max(8.0, _LEAST_STROKES * pieces.stroke_px)
    width, height = pieces.width, pieces.height
    filled = pieces.area / (width * height)
    large = (np.minimum(width, height) >= least) & (filled <= _MOST_FILLED)
    stays = np.ones(len(pieces.ids), np.bool_)
    for index in np.flatnonzero(large).tolist():
        stays[index] = not _is_outline(pieces, index)
    # A lone rectangle may be a letter of a form that is to be classified.
    return chosen(pieces, stays) if not stays.all() and stays.any() else pieces


def _is_outline(pieces: Pieces, index: int) -> bool:
    """Whether there is ink along all four sides of a piece's box, and in its corners."""
    window = np.s_[
        pieces.top[index] : pieces.bottom[index], pieces.left[index] : pieces.right[index]
    ]
    ink = np.asarray(pieces.labels[window] == pieces.ids[index])
    height, width = ink.shape
    deep = (
        round(pieces.stroke_px + _TILT * width) + 1,
        round(pieces.stroke_px + _TILT * height) + 1,
    )
    rows, columns = deep
    sides = (
        ink[:rows].any(0),
        ink[-rows:].any(0),
        ink[:, :columns].any(1),
        ink[:, -columns:].any(1),
    )
    if min(float(side.mean()) for side in sides) < _SIDE_SHARE:
        return False
    # A 'B' or a 'D' has round corners, and most letters have strokes inside.
    near = _CORNER_STROKES * pieces.stroke_px + _CORNER_TILT * (width + height) + 1.0
    corners = (ink, ink[:, ::-1], ink[::-1], ink[::-1, ::-1])
    sharp = all(_from_corner(corner[:rows, :columns]) <= near for corner in corners)
    inside = ink[rows:-rows, columns:-columns]
    return sharp and (not inside.size or float(inside.mean()) <= _MOST_INSIDE)


def _from_corner(ink: Bools) -> float:
    """How far the nearest ink is from the top left corner, along the rows and columns."""
    y, x = np.nonzero(ink)
    return float((x + y).min()) if len(x) else float("inf")
