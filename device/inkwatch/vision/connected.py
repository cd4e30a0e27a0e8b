"""Connected pieces of a black and white picture, numbered, with the boxes around them.

OpenCV's own statistics go over every pixel of paper as well and take three times as long.
"""

from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]
Labels = npt.NDArray[np.uint16] | npt.NDArray[np.int32]
"""`(H, W)`: the number of each pixel's piece, 0 on paper; uint16 where the numbers allow it."""

_BAND_PX = 64
_MOST_SHORT = 65_000


def connected_pieces(ink: Grey) -> tuple[Labels, Ints]:
    """Number the pieces of some ink (8-connected) from 1.

    Args:
        ink: `(H, W)` uint8, paper 0 and ink one other value.

    Returns:
        The pixels' numbers, and `(N + 1, 5)` int32 as of `cv2.connectedComponentsWithStats`: left,
        top, width, height and area of each piece by its number; row 0, the paper's, is all 0.
    """
    starts, stops, rows = _runs(ink)
    # A piece has a run at least: with fewer, as on any page of writing, 16 bits hold all numbers.
    depth = cv2.CV_16U if len(starts) < _MOST_SHORT else cv2.CV_32S
    count, numbered = cv2.connectedComponents(ink, connectivity=8, ltype=depth)
    labels = cast("Labels", numbered)
    stats = np.zeros((count, 5), np.int32)
    number = labels[rows, starts].astype(np.intp)
    left = np.full(count, ink.shape[1], np.int32)
    np.minimum.at(left, number, starts)
    right = np.zeros(count, np.int32)
    np.maximum.at(right, number, stops)
    # Runs come from top to bottom, and of several values set in one place the last stays.
    bottom, top = np.zeros(count, np.int32), np.zeros(count, np.int32)
    bottom[number] = rows + 1
    top[number[::-1]] = rows[::-1]
    left[0] = 0
    stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP] = left, top
    stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT] = right - left, bottom - top
    stats[:, cv2.CC_STAT_AREA] = np.bincount(number, stops - starts, minlength=count)
    return labels, stats


def looked_up(labels: Labels, values: Grey) -> Grey:
    """Each pixel's value by its number: `values[labels]`, without a page full of wide indices.

    Args:
        labels: `(H, W)`.
        values: `(N,)` uint8, N above every number.
    """
    found = np.empty(labels.shape, np.uint8)
    for top in range(0, len(labels), _BAND_PX):
        found[top : top + _BAND_PX] = values[labels[top : top + _BAND_PX]]
    return found


def _runs(ink: Grey) -> tuple[Ints, Ints, Ints]:
    """Runs of ink along the rows, from the top: first column, the one after the last, and row."""
    framed = cv2.copyMakeBorder(ink, 0, 0, 1, 1, cv2.BORDER_CONSTANT, value=0)
    edges = cv2.bitwise_xor(framed[:, 1:], framed[:, :-1])
    if not cv2.countNonZero(edges):
        nothing = np.zeros(0, np.int32)
        return nothing, nothing, nothing
    column, row = np.asarray(cv2.findNonZero(edges), np.int32).reshape(-1, 2).T
    return column[::2], column[1::2], row[::2]
