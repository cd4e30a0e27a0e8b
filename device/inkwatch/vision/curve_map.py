"""Which of many curves is nearest above or below a place, looked up instead of searched for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.vision.ink_points import InkPoints

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_MOST_CELLS = 1024
_CELL = 0.25
_BODY = 0.5


class CurveMap:
    """Curves painted into a coarse map, each as wide as it reaches."""

    def __init__(
        self, curves: Sequence[tuple[Floats, Floats]], *, cell_px: float, reach_px: float
    ) -> None:
        """Paint.

        Args:
            curves: each as x and y, `(C,)` pixels, x rising by steps of any size.
            cell_px: how finely distances are told.
            reach_px: how far above and below a curve it is known.
        """
        x = np.concatenate([curve[0] for curve in curves])
        y = np.concatenate([curve[1] for curve in curves])
        span = max(float(np.ptp(x)), float(np.ptp(y)) + 2 * reach_px)
        self._cell = max(1.0, cell_px, span / _MOST_CELLS)
        reach = int(np.ceil(reach_px / self._cell))
        self._left = float(x.min())
        self._top = float(y.min()) - (reach + 1) * self._cell
        columns = int(np.ptp(x) / self._cell) + 1
        rows = int((float(y.max()) - self._top) / self._cell) + reach + 2
        self._owner = np.full((rows, columns), -1, np.intp)
        painted = [self._sampled(*curve) for curve in curves]
        number = np.repeat(np.arange(len(curves)), [len(column) for column, _ in painted])
        column = np.concatenate([column for column, _ in painted])
        row = np.concatenate([row for _, row in painted])
        self._middle = np.zeros((rows, columns), np.intp)
        # From the outside in, so that the nearest of two curves is painted last.
        for off in range(reach, -1, -1):
            for at in {off, -off}:
                self._owner[row + at, column] = number
                self._middle[row + at, column] = row
        self._rows, self._columns = rows, columns

    def _sampled(self, x: Floats, y: Floats) -> tuple[Ints, Ints]:
        first = int((x[0] - self._left) / self._cell)
        last = int((x[-1] - self._left) / self._cell)
        column = np.arange(first, last + 1)
        at = self._left + (column + 0.5) * self._cell
        return column, np.asarray((np.interp(at, x, y) - self._top) / self._cell, np.intp)

    def nearest(self, x: Floats, y: Floats) -> tuple[Ints, Floats]:
        """Find the curve nearest above or below each of M places.

        Returns:
            `(M,)` number of the curve, -1 where none reaches; `(M,)` how far below it the place
            is, in pixels.
        """
        column = ((x - self._left) // self._cell).astype(np.intp)
        row = ((y - self._top) // self._cell).astype(np.intp)
        known = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        column, row = np.where(known, column, 0), np.where(known, row, 0)
        owner = np.where(known, self._owner[row, column], -1)
        below = y - (self._top + (self._middle[row, column] + 0.5) * self._cell)
        return owner, np.where(owner >= 0, below, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """How much of which piece lies along which curve: `(V,)` arrays, one entry a pair."""

    piece: Ints
    curve: Ints
    weight: Floats


def count_votes(
    curves: Sequence[tuple[Floats, Floats]], points: InkPoints, *, reach_px: float
) -> Votes:
    """Count ink along curves, what lies in the letters' bodies for most."""
    body = points.body_px
    shown = CurveMap(curves, cell_px=_CELL * body, reach_px=reach_px)
    owner, below = shown.nearest(points.x, points.y)
    near = owner >= 0
    weight = np.exp(-0.5 * (below[near] / (_BODY * body)) ** 2)
    key, at = np.unique(points.piece[near] * len(curves) + owner[near], return_inverse=True)
    total = np.bincount(at, weight, minlength=len(key))
    return Votes(key // len(curves), key % len(curves), np.asarray(total, np.float64))
