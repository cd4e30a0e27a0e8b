"""What is printed on paper before anyone writes on it: lines, squares, dots."""

from typing import Literal, get_args

import cv2
import numpy as np
import numpy.typing as npt

Ruling = Literal["ruled", "squared", "dotted"]

RULINGS: tuple[Ruling, ...] = get_args(Ruling)

_COLOUR = np.array((0.78, 0.70, 0.62), np.float32)
_WIDTH_PX = 2
_DOT_RADIUS_PX = 2.0
_PITCH_ALONE_PX = 100.0
_DROP = 0.06
"""People write a little above the rule: how far it runs below the baseline, in line pitches."""


def print_ruling(
    sheet: npt.NDArray[np.float32], ruling: Ruling, baselines: tuple[float, ...], strength: float
) -> None:
    """Print on a sheet, in place: rules under the lines and on in their pitch, over all of it.

    Squares and dots stand half a line's pitch apart, so that every other row is written on.

    Args:
        sheet: `(H, W, 3)` float32 BGR.
        ruling: what to print.
        baselines: rows of the written lines; with none nothing is printed.
        strength: how much of the print's colour shows, 0 to 1.
    """
    if not baselines:
        return
    height, width = sheet.shape[:2]
    pitch = baselines[1] - baselines[0] if len(baselines) > 1 else _PITCH_ALONE_PX
    first = baselines[0] + _DROP * pitch
    if ruling != "ruled":
        pitch /= 2
    rows = np.arange(first % pitch, height - _WIDTH_PX, pitch)
    columns = np.arange(0.4 * pitch, width - _WIDTH_PX, pitch)
    if ruling == "dotted":
        dots = _dots(height, width, rows, columns) * np.float32(strength)
        sheet += dots[..., None] * (_COLOUR - sheet)
        return
    for row in rows:
        _tint(sheet[round(row) : round(row) + _WIDTH_PX], strength)
    if ruling == "squared":
        for column in columns:
            _tint(sheet[:, round(column) : round(column) + _WIDTH_PX], strength)


def _tint(part: npt.NDArray[np.float32], strength: float) -> None:
    part += strength * (_COLOUR - part)


def _dots(
    height: int, width: int, rows: npt.NDArray[np.float64], columns: npt.NDArray[np.float64]
) -> npt.NDArray[np.float32]:
    """`(H, W)` coverage by round dots, 0 to 1."""
    dots = np.zeros((height, width), np.uint8)
    for row in rows:
        for column in columns:
            centre = (round(column * 16), round(row * 16))
            cv2.circle(dots, centre, round(_DOT_RADIUS_PX * 16), 255, -1, cv2.LINE_AA, 4)
    return np.asarray(dots, np.float32) / np.float32(255)
