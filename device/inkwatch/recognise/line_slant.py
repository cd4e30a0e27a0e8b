"""How far a line of writing leans, and the line with its letters set upright.

The lean is the shear under which most columns hold one unbroken stroke, the longer the better:
Vinciarelli and Luettin 2001, doi:10.1016/S0167-8655(01)00042-3.
"""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

_ROWS_AT_ONCE = 2
"""Slants are sought on a line of half the height, which takes half the time."""

_INK = 100
_COARSE = (-0.6, -0.3, 0.0, 0.3, 0.6, 0.9)
_FINER = (0.15, 0.075)
_UNBROKEN = 0.9


def line_slant(line: Grey) -> float:
    """Measure how far the letters of a line lean to the right.

    Args:
        line: `(H, W)` uint8, ink bright.

    Returns:
        dx / dy, positive where the tops of strokes lean right, -0.75 to 1.05; 0.0 where there is no
        ink.
    """
    height, width = line.shape
    size = (width, max(1, height // _ROWS_AT_ONCE))
    small = cv2.resize(line, size, interpolation=cv2.INTER_AREA)
    ink = (small >= _INK).astype(np.uint8)
    if not ink.any():
        return 0.0

    @cache
    def strength(slant: float) -> float:
        return _unbroken(ink, _ROWS_AT_ONCE * slant)

    best = max(_COARSE, key=strength)
    for step in _FINER:
        best = max((best, round(best - step, 3), round(best + step, 3)), key=strength)
    return best


def _unbroken(ink: Grey, slant: float) -> float:
    """The squared lengths of all columns of one stroke, once the line is sheared."""
    upright = _sheared(ink, slant, ink.shape[0] / 2, cv2.INTER_NEAREST)[0]
    lengths = cv2.reduce(upright, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0]
    rows = upright.shape[0]
    reach = rows - upright.argmax(axis=0) - upright[::-1].argmax(axis=0)
    whole = lengths[lengths >= _UNBROKEN * reach].astype(np.float64)
    return float(np.dot(whole, whole))


def set_upright(line: Grey, slant: float, row: float) -> tuple[Grey, int]:
    """Shear a line that leans by `slant` so that it stands upright; `row` stays where it is.

    Returns:
        The line, wide enough for all of it, and how many columns it grew by to the left.
    """
    return _sheared(line, slant, row, cv2.INTER_LINEAR) if slant else (line, 0)


def _sheared(line: Grey, slant: float, row: float, method: int) -> tuple[Grey, int]:
    height, width = line.shape
    left = int(np.ceil(abs(slant) * max(row, height - row)))
    shear = np.array([[1.0, slant, left - slant * row], [0.0, 1.0, 0.0]])
    size = (width + 2 * left, height)
    return np.asarray(cv2.warpAffine(line, shear, size, flags=method), np.uint8), left
