"""Where a page has columns: a strip of bare paper down the page with writing on either side.

A strip alone does not make columns. Tables, lists with numbers and letters spread over the page
have one as well, but there what stands left and right of it stands in the same rows, and rows are
read first. So the strip parts columns where the lines beside it do not go on across it, or where
both sides are running text, which is far wider than what a table's cells hold. Cutting pages along
bare strips is Nagy and Seth's (1984) XY-cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.ink_points import InkPoints
from inkwatch.vision.ridges import Ridge

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_CELL = 0.5
_MOST_CELLS = 512
_WIDTH = 2.0
_LENGTH = 9.0
_BESIDE = 14.0
_FULL = 0.7
_LINE_GAP = 4.0
_ALIGNED_OFF = 0.4
_ALIGNED = 0.7
_UNSURE_SLOPE = 0.012
_USUAL_BODIES = 15.0
_TEXT_WIDTH, _TEXT_APART = 20.0, 3.0
_FEW_LINES = 4


@dataclass(frozen=True, slots=True)
class Gutter:
    """A bare strip: its middle `x` at the height y = 0, going left by `lean` px with each px down.

    `top` and `bottom` are where it begins and ends, in pixels.
    """

    x: float
    lean: float
    top: float
    bottom: float

    def sides(self, x: Floats, y: Floats) -> tuple[Bools, Bools, Bools, Bools]:
        """What stands above the strip, left of it, right of it and below it: `(N,)` each."""
        above, below = y < self.top, y > self.bottom
        beside = ~above & ~below
        left = x + self.lean * y < self.x
        return above, beside & left, beside & ~left, below


def find_gutter(points: InkPoints, slope: float) -> Gutter | None:
    """Find the longest bare strip that has writing all along on both sides.

    Args:
        points: ink.
        slope: dy / dx of the lines, to which the strip stands upright.
    """
    body = points.body_px
    x = points.x + slope * points.y
    left, top = float(x.min()), float(points.y.min())
    cell = max(
        1.0, _CELL * body, float(np.ptp(x)) / _MOST_CELLS, float(np.ptp(points.y)) / _MOST_CELLS
    )
    column = ((x - left) / cell).astype(np.intp)
    row = ((points.y - top) / cell).astype(np.intp)
    ink = np.zeros((int(row.max()) + 1, int(column.max()) + 1), np.uint8)
    ink[row, column] = 1
    length, width = round(_LENGTH * body / cell), max(2, round(_WIDTH * body / cell))
    if ink.shape[0] < length or ink.shape[1] < 3 * width:
        return None
    bare = 1 - cv2.dilate(ink, np.ones((1, width), np.uint8))
    # Rows between two lines count as the lines do.
    near = 2 * round(_LINE_GAP * body / cell / 2) + 1
    beside = max(2, round(_BESIDE * body / cell))
    lined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((near, 1), np.uint8))
    reach = np.ones((1, 2 * beside + 1), np.uint8)
    on_left = cv2.dilate(lined, reach, anchor=(2 * beside, 0))
    on_right = cv2.dilate(lined, reach, anchor=(0, 0))
    both = np.minimum(on_left, on_right)
    best, found = 0, None
    for at in np.flatnonzero(bare.sum(axis=0) >= length).tolist():
        edges = np.flatnonzero(np.diff(bare[:, at], prepend=0, append=0).astype(np.int8))
        for first, stop in edges.reshape(-1, 2).tolist():
            rows = np.flatnonzero(both[first:stop, at])
            if not len(rows):
                continue
            start, end = first + int(rows[0]), first + int(rows[-1]) + 1
            if end - start > best and end - start >= length and len(rows) >= _FULL * (end - start):
                best = end - start
                found = Gutter(
                    left + (at + 0.5) * cell, slope, top + start * cell, top + end * cell
                )
    return found


def are_columns(
    gutter: Gutter, left: Sequence[Ridge], right: Sequence[Ridge], body_px: float
) -> bool:
    """Whether what stands beside a strip is to be read column by column.

    Args:
        gutter: the strip.
        left: the middles of the lines left of it.
        right: those right of it.
        body_px: height of the letters' bodies.
    """
    if min(len(left), len(right)) < _FEW_LINES:
        return False
    ends = np.array([_end(line, gutter, -1, body_px) for line in left])
    starts = np.array([_end(line, gutter, 0, body_px) for line in right])
    apart = starts[None, :, 0] - ends[:, None, 0]
    rise = (ends[:, None, 2] + starts[None, :, 2]) / 2 * apart
    off = np.abs(starts[None, :, 1] - ends[:, None, 1] - rise)
    aligned = off < _ALIGNED_OFF * body_px + _UNSURE_SLOPE * np.maximum(apart, 0.0)
    if aligned.any(axis=int(len(left) < len(right))).mean() < _ALIGNED:
        return True
    widths = [np.median([line.x[-1] - line.x[0] for line in side]) for side in (left, right)]
    gap = float(np.median(starts[:, 0]) - np.median(ends[:, 0]))
    return bool(min(widths) >= _TEXT_WIDTH * body_px and gap >= _TEXT_APART * body_px)


def _end(line: Ridge, gutter: Gutter, end: int, body_px: float) -> tuple[float, float, float]:
    """A line's end at the strip, and its slope: a short line's is taken to be the page's."""
    length = float(line.x[-1] - line.x[0]) / body_px
    own = float(np.average(line.slope, weights=line.mass))
    slope = (length * own + _USUAL_BODIES * gutter.lean) / (length + _USUAL_BODIES)
    return float(line.x[end]), float(line.y[end]), slope
