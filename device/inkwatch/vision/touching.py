"""Pieces that belong to two lines, where a tail touches the line below, parted between them.

The cut runs along the way between the two lines that crosses least ink (such a seam is Saabni,
Asi and El-Sana's, 2014, doi:10.1016/j.patrec.2013.07.007, for whole lines). Strokes that reach over
the cut without reaching the other line's letters stay whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.baselines import Curve
from inkwatch.vision.components import Pieces
from inkwatch.vision.curve_map import Votes
from inkwatch.vision.ink_points import InkPoints

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]

_LETTER_STROKES = 1.3
_BODY_HALF = 0.5
_STRAY_COST = 0.3
_STEP_COST = 0.05
_LEAST_BAND_PX = 4


def part_touching(
    pieces: Pieces, points: InkPoints, curves: Sequence[Curve], votes: Votes
) -> Pieces:
    """Part the pieces that hold letters of two lines.

    Args:
        pieces: the page's pieces.
        points: their ink.
        curves: the lines' middles.
        votes: how much of each piece lies along which middle.

    Returns:
        The pieces, those parted at the end; the same object where none was.
    """
    found = _of_two_lines(points, pieces.stroke_px, votes)
    found = [each for each in found if _spans(each, pieces, curves)]
    if not found:
        return pieces
    number = int(pieces.ids.max()) + 1
    parted: list[tuple[int, list[npt.NDArray[np.uint8]]]] = []
    for piece, one, other in found:
        upper, lower = sorted((curves[one], curves[other]), key=lambda c: _at(c, piece, pieces))
        parts = _parted(pieces, piece, upper, lower, points.body_px)
        if len(parts) > 1:
            parted.append((piece, parts))
    highest = number + sum(len(parts) for _, parts in parted)
    # Where 16 bits hold all numbers, wider ones would take twice the memory.
    short = highest <= np.iinfo(np.uint16).max
    labels = pieces.labels.copy() if short else pieces.labels.astype(np.int32)
    stats: list[Ints] = []
    gone = np.zeros(len(pieces.ids), np.bool_)
    for piece, parts in parted:
        gone[piece] = True
        left, top = int(pieces.left[piece]), int(pieces.top[piece])
        for mask in parts:
            x, y, w, h = cv2.boundingRect(mask)
            labels[top : top + mask.shape[0], left : left + mask.shape[1]][mask > 0] = number
            box = (number, left + x, top + y, left + x + w, top + y + h, cv2.countNonZero(mask))
            stats.append(np.array(box, np.int32))
            number += 1
    if not stats:
        return pieces
    kept = [pieces.ids, pieces.left, pieces.top, pieces.right, pieces.bottom, pieces.area]
    joined = [
        np.concatenate([old[~gone], new.astype(np.int32)])
        for old, new in zip(kept, np.array(stats).T, strict=True)
    ]
    ids, left_, top_, right, bottom, area = joined
    return replace(
        pieces,
        labels=labels,
        ids=ids,
        left=left_,
        top=top_,
        right=right,
        bottom=bottom,
        area=area,
    )


def _of_two_lines(points: InkPoints, stroke_px: float, votes: Votes) -> list[tuple[int, int, int]]:
    """Pieces with ink for a letter and more along two lines each, and these lines."""
    letter = _LETTER_STROKES * stroke_px * points.body_px / points.stride_px**2
    large = votes.weight > letter
    piece, curve, weight = votes.piece[large], votes.curve[large], votes.weight[large]
    order = np.lexsort((-weight, piece))
    piece, curve = piece[order], curve[order]
    first = np.flatnonzero(np.diff(piece, prepend=-1))
    more = first[np.diff(first, append=len(piece)) > 1]
    return [(int(piece[k]), int(curve[k]), int(curve[k + 1])) for k in more]


def _at(curve: Curve, piece: int, pieces: Pieces) -> float:
    return float(curve.at((pieces.left[piece] + pieces.right[piece]) / 2))


def _spans(found: tuple[int, int, int], pieces: Pieces, curves: Sequence[Curve]) -> bool:
    """Whether a piece reaches from above the upper middle to below the lower one."""
    piece, one, other = found
    middles = sorted(_at(curves[k], piece, pieces) for k in (one, other))
    return bool(pieces.top[piece] < middles[0] and pieces.bottom[piece] > middles[1])


def _parted(
    pieces: Pieces, piece: int, upper: Curve, lower: Curve, body_px: float
) -> list[npt.NDArray[np.uint8]]:
    """Masks of the parts, within the piece's box."""
    left, top = int(pieces.left[piece]), int(pieces.top[piece])
    right, bottom = int(pieces.right[piece]), int(pieces.bottom[piece])
    own = pieces.labels[top:bottom, left:right] == pieces.ids[piece]
    x = np.arange(left, right) + 0.5
    # Where the letters of the one end and those of the other begin, as rows of the box.
    feet = upper.at(x) + _BODY_HALF * body_px - top
    heads = lower.at(x) - _BODY_HALF * body_px - top
    tight = np.maximum(0.0, _LEAST_BAND_PX - (heads - feet)) / 2
    band = _Band(feet - tight, heads + tight)
    seam = _seam(own, band)
    above = np.arange(own.shape[0])[:, None] < seam[None, :]
    # A stroke that ends between the two lines belongs to the side from which it comes.
    row = np.arange(own.shape[0])[:, None]
    over = _loose(own & above, row < band.feet)
    under = _loose(own & ~above, row > band.heads)
    is_upper = (own & above & ~over) | under
    is_lower = (own & ~above & ~under) | over
    return [mask for side in (is_upper, is_lower) for mask in _components(side)]


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """What lies between two lines: for each column its first row and its last."""

    feet: Floats
    heads: Floats


def _loose(side: Bools, core: Bools) -> Bools:
    """What of a side hangs together with none of its core."""
    count, labels = cv2.connectedComponents(side.view(np.uint8), connectivity=8)
    held = np.zeros(count, np.bool_)
    held[np.unique(labels[side & core])] = True
    return np.asarray(side & ~held[labels], np.bool_)


def _components(side: Bools) -> list[npt.NDArray[np.uint8]]:
    count, labels = cv2.connectedComponents(side.view(np.uint8), connectivity=8)
    return [np.asarray(labels == k, np.uint8) for k in range(1, count)]


def _seam(own: Bools, band: _Band) -> npt.NDArray[np.intp]:
    """For each column the first row below the cut: the way through the band over least ink."""
    height, width = own.shape
    rows = max(2, int(np.ceil((band.heads - band.feet).max())) + 1)
    share = np.linspace(0.0, 1.0, rows)[:, None]
    at = np.rint(band.feet + share * (band.heads - band.feet)).astype(np.intp)
    inside = (at >= 0) & (at < height)
    ink = own[np.clip(at, 0, height - 1), np.arange(width)] & inside
    cost = ink + _STRAY_COST * np.abs(share - 0.5) / rows
    total = cost[:, 0]
    came = np.zeros(cost.shape, np.intp)
    here = np.arange(rows)
    padded = np.full(rows + 2, np.inf)
    for column in range(1, width):
        padded[1:-1] = total
        ways = np.stack([padded[:-2] + _STEP_COST, padded[1:-1], padded[2:] + _STEP_COST])
        best = ways.argmin(axis=0)
        came[:, column] = here + best - 1
        total = ways[best, here] + cost[:, column]
    seam = np.empty(width, np.intp)
    seam[-1] = int(total.argmin())
    for column in range(width - 1, 0, -1):
        seam[column - 1] = came[seam[column], column]
    return np.asarray(at[seam, np.arange(width)], np.intp)
