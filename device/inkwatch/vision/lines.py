"""Which pieces of ink stand on one line, and on what curve they stand.

The middles of the lines are known (`middles.py`). Each piece of letter size goes to the line along
whose middle most of its ink lies, the line's baseline and x-height are measured on them, and what
is small (dots, commas) joins the line between whose bounds it stands, or nearly so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cmp_to_key

import numpy as np
import numpy.typing as npt

from inkwatch.vision.baselines import Curve, shifted_curve, smooth_curve, x_height
from inkwatch.vision.components import Pieces
from inkwatch.vision.curve_map import Votes, count_votes
from inkwatch.vision.ink_points import InkPoints, sample_ink
from inkwatch.vision.middles import find_middles
from inkwatch.vision.ridges import Ridge
from inkwatch.vision.touching import part_touching

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_EXTEND = 1.2
_REACH = 1.6
_MOST_PARTINGS = 3
_PART = 0.6
_ABOVE = 0.3
_ATTACH_REACH = 1.5
_ASIDE_SHARE = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class FoundLine:
    """A line: indices into the pieces from left to right, and how it runs.

    `baseline` is the curve on which its letters stand.
    `x_height_px` is the height of its letters' bodies (of the capitals, in a line that has none
    but these), `letter_px` the usual height of its letter-sized pieces.
    """

    members: Ints
    baseline: Curve
    x_height_px: float
    letter_px: float

    @property
    def slope(self) -> float:
        """Dy / dx from the line's left end to its right."""
        return float(sum(self.baseline.terms[1::2])) / self.baseline.half


def find_lines(pieces: Pieces) -> list[FoundLine]:
    """Group pieces into lines, in reading order. A piece far from any line is in none."""
    return separate_lines(pieces, part=False).lines


@dataclass(frozen=True, slots=True, eq=False)
class SeparateLines:
    """A page's pieces, of which none belongs to two lines, their ink, and its lines in order."""

    pieces: Pieces
    points: InkPoints
    lines: list[FoundLine]


def separate_lines(pieces: Pieces, *, part: bool = True) -> SeparateLines:
    """Find the lines, and part pieces that belong to two.

    Args:
        pieces: the page's pieces.
        part: False leaves pieces as they are.
    """
    points = sample_ink(pieces)
    if len(pieces.ids) == 0:
        return SeparateLines(pieces, points, [])
    middles = find_middles(pieces, points)
    curves = [_middle_curve(line, points.body_px) for line in middles.lines]
    ends = [(float(line.x[0]), float(line.x[-1])) for line in middles.lines]
    votes = _votes(points, curves, ends)
    for _ in range(_MOST_PARTINGS if part else 0):
        parted = part_touching(pieces, points, curves, votes)
        if parted is pieces:
            break
        pieces, points = parted, sample_ink(parted)
        votes = _votes(points, curves, ends)
    home = _homes(points, votes)
    lines = _measured(pieces, points, curves, home)
    _attach_small(lines, pieces, points, home)
    found: list[FoundLine] = []
    for block in middles.blocks:
        own = [_finish(lines[k], pieces, home == k) for k in block if k in lines]
        found += _in_order(own, pieces, middles.slope)
    return SeparateLines(pieces, points, found)


def _middle_curve(line: Ridge, body_px: float) -> Curve:
    slope = float(np.average(line.slope, weights=line.mass))
    return smooth_curve(line.x, line.y, line.mass, slope=slope, body_px=body_px)


def letter_height(pieces: Pieces) -> float:
    """Median height, each piece counted by its ink, so that dots and dust hardly count."""
    order = np.argsort(pieces.height)
    weight = np.cumsum(pieces.area[order])
    return float(pieces.height[order][np.searchsorted(weight, weight[-1] / 2)])


def _extended(
    curves: Sequence[Curve], ends: Sequence[tuple[float, float]], body_px: float
) -> list[tuple[Floats, Floats]]:
    """Points along each line's middle, going on past its ends for what stands just beside."""
    sampled = []
    for curve, (left, right) in zip(curves, ends, strict=True):
        spare = _EXTEND * body_px
        x = np.arange(left - spare, right + spare + body_px / 2, max(1.0, body_px / 2))
        sampled.append((x, curve.at(x)))
    return sampled


def _votes(
    points: InkPoints, curves: Sequence[Curve], ends: Sequence[tuple[float, float]]
) -> Votes:
    along = _extended(curves, ends, points.body_px)
    return count_votes(along, points, reach_px=_REACH * points.body_px)


def _homes(points: InkPoints, votes: Votes) -> Ints:
    """For each piece the line that it stands on: `(N,)`, -1 where it is small or on none."""
    home = np.full(len(points.is_letter), -1, np.intp)
    order = np.argsort(votes.weight, kind="stable")
    home[votes.piece[order]] = votes.curve[order]
    home[~points.is_letter] = -1
    return home


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as far as it is measured."""

    baseline: Curve
    x_height_px: float


def _measured(
    pieces: Pieces, points: InkPoints, curves: Sequence[Curve], home: Ints
) -> dict[int, _Line]:
    """Baselines and x-heights of the lines that hold a piece."""
    body = points.body_px
    piece, x, top, bottom = _parts(pieces, points)
    line = home[piece]
    baselines: dict[int, Curve] = {}
    rises: dict[int, Floats] = {}
    for number in np.unique(home[home >= 0]).tolist():
        own = np.flatnonzero(line == number)
        low = own[bottom[own] > curves[number].at(x[own]) - _ABOVE * body]
        low = low if len(low) else own
        baselines[number] = shifted_curve(curves[number], x[low], bottom[low], body)
        rises[number] = baselines[number].at(x[low]) - top[low]
    if not rises:
        return {}
    usual = x_height(np.concatenate(list(rises.values())), body)
    return {
        number: _Line(baseline, x_height(rises[number], body, usual))
        for number, baseline in baselines.items()
    }


def _parts(pieces: Pieces, points: InkPoints) -> tuple[Ints, Floats, Floats, Floats]:
    """Pieces cut into upright strips about a letter wide: whose each is, its middle, its ends."""
    body = points.body_px
    strips = np.maximum(1, np.rint(pieces.width / (_PART * body))).astype(np.intp)
    width = pieces.width / strips
    first = np.concatenate([[0], np.cumsum(strips)])
    own = points.piece
    strip = ((points.x - pieces.left[own]) / width[own]).astype(np.intp)
    key = first[own] + np.clip(strip, 0, strips[own] - 1)
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    top = np.minimum.reduceat(points.y[order], starts) - 0.5
    bottom = np.maximum.reduceat(points.y[order], starts) - 0.5 + points.stride_px / 2
    number = key[order][starts]
    piece = np.searchsorted(first, number, side="right") - 1
    x = pieces.left[piece] + (number - first[piece] + 0.5) * width[piece]
    # Of a piece in one strip the true ends are known.
    whole = strips[piece] == 1
    top = np.where(whole, pieces.top[piece], top)
    bottom = np.where(whole, pieces.bottom[piece], bottom)
    return piece, x, top, bottom


def _attach_small(lines: dict[int, _Line], pieces: Pieces, points: InkPoints, home: Ints) -> None:
    """Give each small piece to the line between whose bounds it stands, or nearly so."""
    small = np.flatnonzero(home < 0)
    if not len(small):
        return
    x = (pieces.left + pieces.right)[small] / 2
    y = (pieces.top + pieces.bottom)[small] / 2
    best = np.full(len(small), _ATTACH_REACH * points.body_px)
    found = np.full(len(small), -1, np.intp)
    for number, line in lines.items():
        base = line.baseline.at(x)
        off = np.maximum(np.maximum(base - line.x_height_px - y, y - base), 0.0)
        # What stands alone far from any letter is dirt, or on a line of its own.
        off += _ASIDE_SHARE * _aside(x, np.flatnonzero(home == number), pieces)
        nearer = off < best
        best[nearer], found[nearer] = off[nearer], number
    home[small] = found


def _aside(x: Floats, letters: Ints, pieces: Pieces) -> Floats:
    """How far beside the nearest of a line's letters each place is, in pixels."""
    order = letters[np.argsort(pieces.left[letters])]
    left = pieces.left[order]
    # Of the letters that begin to the left, the one that reaches farthest.
    reach = np.maximum.accumulate(pieces.right[order])
    after = np.searchsorted(left, x, side="right")
    before_px = np.where(after > 0, x - reach[np.maximum(after - 1, 0)], np.inf)
    after_px = np.where(after < len(left), left[np.minimum(after, len(left) - 1)] - x, np.inf)
    return np.maximum(np.minimum(before_px, after_px), 0.0)


def _finish(line: _Line, pieces: Pieces, own: npt.NDArray[np.bool_]) -> FoundLine:
    members = np.flatnonzero(own)
    members = members[np.argsort((pieces.left + pieces.right)[members], kind="stable")]
    heights = pieces.height[members]
    letter_px = float(np.median(heights[heights >= 0.5 * heights.max()]))
    return FoundLine(members, line.baseline, line.x_height_px, letter_px)


def _in_order(lines: list[FoundLine], pieces: Pieces, slope: float) -> list[FoundLine]:
    """From top to bottom: by where two lines both run, or else by the page's slope."""
    left = {id(line): int(pieces.left[line.members].min()) for line in lines}
    right = {id(line): int(pieces.right[line.members].max()) for line in lines}

    def compare(one: FoundLine, other: FoundLine) -> int:
        first = max(left[id(one)], left[id(other)])
        last = min(right[id(one)], right[id(other)])
        middle = (first + last) / 2
        if first < last:
            off = float(one.baseline.at(middle) - other.baseline.at(middle))
        else:
            off = _level(one, slope) - _level(other, slope)
        return -1 if off < 0 else int(off > 0)

    lines = sorted(lines, key=lambda line: _level(line, slope))
    return sorted(lines, key=cmp_to_key(compare))


def _level(line: FoundLine, slope: float) -> float:
    middle = line.baseline.middle
    return float(line.baseline.at(middle)) - slope * middle
