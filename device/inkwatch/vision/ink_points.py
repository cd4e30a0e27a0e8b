"""A page's ink as a thin sample of points that know their piece: what lines are found from."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkwatch.vision.components import Pieces

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_STRIDE_STROKES = 0.75
_LETTER_SHARE = 0.45
_WIDE = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class InkPoints:
    """M points of the ink of N pieces.

    `x`, `y` are `(M,)` float64, in pixels of the page; `piece` is `(M,)`, an index into the
    pieces. Points stand `stride_px` apart, so that each is worth `stride_px` squared of ink.
    `body_px` is the usual height of the letters' bodies, about an x-height; `is_letter` is
    `(N,)` bool: which pieces are large enough to be more than a dot or a speck.
    """

    x: Floats
    y: Floats
    piece: Ints
    stride_px: int
    body_px: float
    is_letter: npt.NDArray[np.bool_]

    def only(self, chosen: npt.NDArray[np.bool_]) -> "InkPoints":
        """The ink of some pieces, `(N,)` bool; of the others none is a letter."""
        own = chosen[self.piece]
        return replace(
            self,
            x=self.x[own],
            y=self.y[own],
            piece=self.piece[own],
            is_letter=self.is_letter & chosen,
        )


def sample_ink(pieces: Pieces) -> InkPoints:
    """Sample the ink of a page's pieces; each has one point at least."""
    count = len(pieces.ids)
    if not count:
        nothing = np.zeros(0)
        return InkPoints(nothing, nothing, np.zeros(0, np.intp), 1, 1.0, np.zeros(0, np.bool_))
    stride = max(1, round(_STRIDE_STROKES * pieces.stroke_px))
    # From the first ink on, so that the sample does not hang on where the page lies.
    x0, y0 = int(pieces.left.min()), int(pieces.top.min())
    coarse = np.ascontiguousarray(pieces.labels[y0::stride, x0::stride])
    at = np.flatnonzero(coarse)
    number = coarse.ravel()[at]
    highest = max(int(number.max(initial=0)), int(pieces.ids.max(initial=0)))
    index = np.full(highest + 1, -1, np.intp)
    index[pieces.ids] = np.arange(count)
    piece = index[number]
    known = piece >= 0
    at, piece = at[known], piece[known]
    row, column = np.divmod(at, coarse.shape[1])
    # A thin or a hidden piece may have slipped through.
    missed = np.flatnonzero(np.bincount(piece, minlength=count) == 0)
    x = np.concatenate([x0 + column * stride + 0.5, (pieces.left + pieces.right)[missed] / 2])
    y = np.concatenate([y0 + row * stride + 0.5, (pieces.top + pieces.bottom)[missed] / 2])
    piece = np.concatenate([piece, missed])
    body = _body_heights(x, y, piece, pieces, stride)
    body_px = _weighted_median(body, pieces.area)
    size = np.maximum(pieces.height, pieces.width)
    is_letter = size >= _LETTER_SHARE * body_px
    if not is_letter.any():
        is_letter = np.ones(count, np.bool_)
    return InkPoints(x, y, piece, stride, body_px, is_letter)


def _body_heights(x: Floats, y: Floats, piece: Ints, pieces: Pieces, stride: int) -> Floats:
    """Height of a bar whose ink would spread as far up and down as each piece's does.

    Ascenders and descenders hold little ink, so a long word's is little more than an x-height.
    """
    count = len(pieces.ids)
    mass = np.bincount(piece, minlength=count)
    mean_x = np.bincount(piece, x, count) / mass
    mean_y = np.bincount(piece, y, count) / mass
    dx, dy = x - mean_x[piece], y - mean_y[piece]
    xx = np.bincount(piece, dx * dx, count)
    yy = np.bincount(piece, dy * dy, count)
    xy = np.bincount(piece, dx * dy, count)
    # A long word may climb: its slope is no height.
    wide = pieces.width > _WIDE * pieces.height
    yy = np.where(wide, yy - xy * xy / np.maximum(xx, 1e-9), yy)
    return np.asarray(np.sqrt(12.0 * np.maximum(yy, 0.0) / mass) + stride, np.float64)


def _weighted_median(values: Floats, weights: npt.NDArray[np.int32]) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])
