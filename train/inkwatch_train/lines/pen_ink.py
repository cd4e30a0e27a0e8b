"""From the paths of a pen to its ink."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from inkwatch_train.lines.font_line import ABOVE, BELOW, DRAWN_X_HEIGHT, MARGIN, DrawnLine
from inkwatch_train.lines.glyph_strokes import Path2
from inkwatch_train.lines.hand import Hand

Rng = np.random.Generator

_FINE = 2
_UNIT = _FINE * DRAWN_X_HEIGHT
_SHIFT = 4
_MOST_WIDTH = 90.0


def inked(paths: Sequence[Path2], hand: Hand, rng: Rng) -> DrawnLine:
    """Draw a line's paths, finely, then as large as lines are drawn.

    Args:
        paths: at least one, in x-heights, from the baseline, the leftmost at 0.
        hand: the pen, and how it is pressed.
        rng: gives where the ink is fainter.
    """
    longest = min(_MOST_WIDTH, max(float(path[:, 0].max()) for path in paths) + 2 * MARGIN)
    columns, rows = (round(side * DRAWN_X_HEIGHT) for side in (longest, ABOVE + BELOW))
    baseline = round(ABOVE * DRAWN_X_HEIGHT)
    fine = np.zeros((_FINE * rows, _FINE * max(8, columns)), np.uint8)
    origin = np.array([MARGIN * _UNIT, _FINE * baseline])
    for path in paths:
        points = np.rint((path * _UNIT + origin) * (1 << _SHIFT)).astype(np.int32)
        if len(points) == 1:
            points = np.repeat(points, 2, axis=0)  # or OpenCV draws no dot
        for first, last, width in _widths(path, hand):
            cv2.polylines(fine, [points[first:last]], False, 255, width, cv2.LINE_AA, _SHIFT)
    ink = cv2.resize(fine, (fine.shape[1] // _FINE, rows), interpolation=cv2.INTER_AREA)
    cells = (max(4, ink.shape[1] // 45), 3)
    uneven = cv2.resize(rng.standard_normal(cells[::-1]).astype(np.float32), (ink.shape[1], rows))
    press = np.clip(1.0 - float(rng.uniform(0.0, 0.35)) * np.abs(uneven), 0.25, 1.0)
    return DrawnLine(np.asarray(ink * press, np.uint8), baseline)


def _widths(path: Path2, hand: Hand) -> list[tuple[int, int, int]]:
    """Parts of a path, from a point to before another, each with the pen's width in pixels."""
    usual = max(1, round(hand.pen * _UNIT))
    if len(path) == 1:
        return [(0, 2, max(2, round(1.3 * usual)))]
    if not hand.press and hand.nib is None:
        return [(0, len(path), usual)]
    steps = np.diff(path, axis=0)
    angles = np.arctan2(steps[:, 1], steps[:, 0])
    share = 1.0 + hand.press * np.sin(angles)
    if hand.nib is not None:
        share = share * (0.45 + 0.8 * np.abs(np.sin(angles + hand.nib)))
    widths = np.maximum(1, np.rint(share * hand.pen * _UNIT)).astype(int)
    cuts = np.flatnonzero(np.diff(widths)) + 1
    bounds = [0, *cuts.tolist(), len(widths)]
    return [(a, b + 1, int(widths[a])) for a, b in pairwise(bounds)]
