"""From ridges to whole lines: which stretches are one line, and which are none."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkwatch.vision.baselines import STEEPEST
from inkwatch.vision.columns import are_columns, find_gutter
from inkwatch.vision.components import Pieces
from inkwatch.vision.curve_map import Votes, count_votes
from inkwatch.vision.ink_points import InkPoints
from inkwatch.vision.ridges import Ridge, find_ridges

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

_MOST_CUTS = 2
_REACH = 0.9
_SHARED, _SHARED_PIECES = 0.4, 0.5
_SHARED_APART = 2.0
_EQUAL = 0.4
_END_COLUMNS = 10
_USUAL_COLUMNS, _USUAL_PER_BODY = 2.0, 0.5
_UNSURE_SLOPE = 0.006
_MOST_OFF = 0.65
_OFF_PER_BODY = 0.02
_OVERLAP = 5.0
_MINOR_APART, _MINOR_SHARE = 1.35, 0.3
_MINOR_ASIDE = 5.0
_MARK_APART, _MARK_PITCH, _MARK_SHARE = 1.8, 0.65, 0.08
_LONG_SHARE, _FEW_LINES = 0.4, 3


@dataclass(frozen=True, slots=True, eq=False)
class Middles:
    """The middles of a page's lines, and the slope that most of its writing has.

    `blocks` are the page's blocks in reading order, as numbers of their lines: one block, but for
    pages with columns.
    """

    lines: tuple[Ridge, ...]
    blocks: tuple[tuple[int, ...], ...]
    slope: float


def find_middles(pieces: Pieces, points: InkPoints) -> Middles:
    """Find the middle of each line of a page: at least one, and one near every letter.

    Args:
        pieces: the page's pieces, at least one.
        points: their ink.
    """
    blocks, slope = _blocks(pieces, points, _MOST_CUTS)
    ends = np.cumsum([0, *(len(block) for block in blocks)]).tolist()
    numbers = tuple(tuple(range(first, stop)) for first, stop in pairwise(ends))
    return Middles(tuple(line for block in blocks for line in block), numbers, slope)


def _blocks(pieces: Pieces, points: InkPoints, cuts: int) -> tuple[list[list[Ridge]], float]:
    """The lines of each block, and their slope; blocks are parted `cuts` times at the most."""
    ridges = find_ridges(points)
    gutter = find_gutter(points, ridges.slope) if cuts else None
    if gutter is not None:
        middle_x, middle_y = (pieces.left + pieces.right) / 2, (pieces.top + pieces.bottom) / 2
        sides = [points.only(side) for side in gutter.sides(middle_x, middle_y)]
        parts = [_blocks(pieces, side, cuts - 1)[0] if len(side.x) else [] for side in sides]
        left, right = ([line for block in part for line in block] for part in parts[1:3])
        if are_columns(gutter, left, right, points.body_px):
            return [block for part in parts for block in part], ridges.slope
    lines, apart = _with_letters(list(ridges.found), points)
    lines += [_alone(piece, pieces, points, ridges.slope) for piece in apart.tolist()]
    lines = _join(lines, ridges.slope, points.body_px)
    return [_without_minor(lines, points)], ridges.slope


def _alone(piece: int, pieces: Pieces, points: InkPoints, slope: float) -> Ridge:
    """A ridge along a piece that none runs through, so faint it is or so far from others."""
    left, right = int(pieces.left[piece]), int(pieces.right[piece])
    x = np.linspace(left, right, 2 + int((right - left) / points.body_px))
    y = (pieces.top[piece] + pieces.bottom[piece]) / 2 + slope * (x - (left + right) / 2)
    mass = float(pieces.area[piece]) / points.stride_px**2 / len(x)
    return Ridge(x, y, np.full(len(x), slope), np.full(len(x), mass))


def _with_letters(ridges: list[Ridge], points: InkPoints) -> tuple[list[Ridge], Ints]:
    """Leave out ridges that are no line's: only tails, dots, or a part of larger letters.

    Returns:
        The ridges; the pieces of letter size through which none runs.
    """
    if not ridges:
        return [], np.flatnonzero(points.is_letter)
    curves = [(ridge.x, ridge.y) for ridge in ridges]
    votes = count_votes(curves, points, reach_px=_REACH * points.body_px)
    group = _same_letters(votes, ridges, points)
    curve = group[votes.curve]
    # Of each piece's votes the most: to sort by weight and take the last.
    order = np.argsort(votes.weight, kind="stable")
    home = np.full(len(points.is_letter), -1, np.intp)
    home[votes.piece[order]] = curve[order]
    held = np.unique(home[points.is_letter & (home >= 0)])
    total = np.bincount(votes.curve, votes.weight, minlength=len(ridges))
    lines = []
    for whole in held:
        # A small part tells nothing of where the middle is.
        parts = np.flatnonzero((group == whole) & (total >= _EQUAL * total[whole]))
        lines.append(_laid_together([ridges[k] for k in parts]))
    return lines, np.flatnonzero(points.is_letter & (home < 0))


def _same_letters(votes: Votes, ridges: list[Ridge], points: InkPoints) -> Ints:
    """Number the ridges so that those get one number that run through the same pieces.

    Letters much larger than the page's have a ridge at their heads and one at their feet.
    """
    total = np.bincount(votes.curve, votes.weight, minlength=len(ridges))
    order = np.lexsort((-votes.weight, votes.piece))
    piece, curve, weight = votes.piece[order], votes.curve[order], votes.weight[order]
    second = np.flatnonzero(piece[1:] == piece[:-1]) + 1
    pairs = np.stack([curve[second - 1], curve[second]], axis=1)
    # Each ridge joins at most one that holds more, so that none binds two lines together.
    rank = np.empty(len(ridges), np.intp)
    rank[np.argsort(total, kind="stable")] = np.arange(len(ridges))
    pairs = np.take_along_axis(pairs, np.argsort(rank[pairs], axis=1), axis=1)
    minor, major = pairs.T
    keys, at = np.unique(minor * len(ridges) + major, return_inverse=True)
    shared = np.bincount(at, weight[second], minlength=len(keys))
    # Where a tail touches the line below, one piece of many is shared: not so in large letters.
    common = np.bincount(at, minlength=len(keys))
    held = np.bincount(curve[points.is_letter[piece]], minlength=len(ridges))
    group = np.arange(len(ridges))
    for k in np.argsort(shared, kind="stable").tolist():
        part, whole = divmod(int(keys[k]), len(ridges))
        near = abs(_apart(ridges[part], ridges[whole])) < _SHARED_APART * points.body_px
        most = common[k] >= _SHARED_PIECES * held[part]
        if near and most and shared[k] > _SHARED * total[part]:
            group[part] = whole
    for k in np.argsort(-total, kind="stable"):
        group[k] = group[group[k]]
    return group


def _apart(one: Ridge, other: Ridge) -> float:
    """How far below `one` the other runs where both do, or where they come nearest."""
    left, right = max(one.x[0], other.x[0]), min(one.x[-1], other.x[-1])
    x = np.linspace(left, right, 5) if left < right else np.array([(left + right) / 2])
    return float(np.mean(np.interp(x, other.x, other.y) - np.interp(x, one.x, one.y)))


def _laid_together(parts: list[Ridge]) -> Ridge:
    """One ridge of several: where two run side by side, between them."""
    if len(parts) == 1:
        return parts[0]
    x = np.concatenate([part.x for part in parts])
    mass = np.concatenate([part.mass for part in parts])
    place, at = np.unique(x, return_inverse=True)
    total = np.bincount(at, mass).astype(np.float64)
    y = np.bincount(at, mass * np.concatenate([part.y for part in parts])) / total
    slope = np.bincount(at, mass * np.concatenate([part.slope for part in parts])) / total
    return Ridge(place, y, slope, total)


def _join(lines: list[Ridge], slope: float, body_px: float) -> list[Ridge]:
    """Join stretches that follow one another, the best fitting first."""
    while len(lines) > 1:
        pairs = _followers(lines, slope, body_px)
        if not pairs:
            break
        next_of = dict(pairs)
        joined: list[Ridge] = []
        for start in sorted(set(range(len(lines))) - set(next_of.values())):
            run = [start]
            while run[-1] in next_of:
                run.append(next_of[run[-1]])
            joined.append(_laid_together([lines[k] for k in run]))
        lines = joined
    return lines


def _followers(lines: list[Ridge], slope: float, body_px: float) -> list[tuple[int, int]]:
    """Pairs of a stretch and the one that goes on with it; none is twice first or second."""
    first_x, last_x = (np.array([line.x[end] for line in lines]) for end in (0, -1))
    first_y, last_y = (np.array([line.y[end] for line in lines]) for end in (0, -1))
    gap = first_x[None, :] - last_x[:, None]
    wide = np.maximum(gap, 0.0) / body_px
    # Over a wide gap the end of a short stretch tells less than the page does.
    usual = _USUAL_COLUMNS + _USUAL_PER_BODY * wide
    outwards = _end_slopes(lines, slice(-_END_COLUMNS, None))[:, None]
    inwards = _end_slopes(lines, slice(None, _END_COLUMNS))[None, :]
    count = np.array([min(len(line.x), _END_COLUMNS) for line in lines])
    onwards = _mixed(outwards, count[:, None], slope, usual)
    backwards = _mixed(inwards, count[None, :], slope, usual)
    ahead = last_y[:, None] + onwards * gap / 2
    back = first_y[None, :] - backwards * gap / 2
    off = np.abs(ahead - back) / body_px
    cost = off + _OFF_PER_BODY * wide
    fits = (off < _MOST_OFF + _UNSURE_SLOPE * wide) & (gap > -_OVERLAP * body_px)
    fits &= first_x[:, None] < first_x[None, :]
    across = np.abs(first_y[None, :] - last_y[:, None])
    fits &= across < STEEPEST * np.maximum(gap, 0.0) + _MOST_OFF * body_px
    candidates = np.argwhere(fits)
    order = np.argsort(cost[candidates[:, 0], candidates[:, 1]], kind="stable")
    taken_first, taken_second = set[int](), set[int]()
    pairs: list[tuple[int, int]] = []
    for a, b in candidates[order].tolist():
        if a not in taken_first and b not in taken_second:
            taken_first.add(a)
            taken_second.add(b)
            pairs.append((a, b))
    return pairs


def _end_slopes(lines: list[Ridge], end: slice) -> Floats:
    return np.array([line.slope[end].mean() for line in lines])


def _mixed(own: Floats, count: Ints, page: float, usual: Floats) -> Floats:
    return np.asarray((count * own + usual * page) / (count + usual), np.float64)


def _without_minor(lines: list[Ridge], points: InkPoints) -> list[Ridge]:
    """Leave out what runs close beside a line that holds far more: its marks and flourishes."""
    if len(lines) < 2:
        return lines
    body = points.body_px
    mass = np.array([line.mass.sum() for line in lines])
    first, last = (np.array([line.x[end] for line in lines]) for end in (0, -1))
    top, bottom = (np.array([f(line.y) for line in lines]) for f in (np.min, np.max))
    mark_apart = max(_MARK_APART * body, _MARK_PITCH * _pitch(lines, mass))
    is_kept = np.zeros(len(lines), np.bool_)
    for k in np.argsort(-mass, kind="stable").tolist():
        within = np.where(mass[k] < _MARK_SHARE * mass, mark_apart, _MINOR_APART * body)
        aside = np.maximum(first[k] - last, first - last[k])
        off = np.maximum(top[k] - bottom, top - bottom[k])
        near = is_kept & (mass[k] < _MINOR_SHARE * mass)
        near &= (aside < _MINOR_ASIDE * body) & (off < within)
        is_kept[k] = not any(
            abs(_apart(lines[other], lines[k])) < within[other] for other in np.flatnonzero(near)
        )
    return [lines[k] for k in np.flatnonzero(is_kept)]


def _pitch(lines: list[Ridge], mass: Floats) -> float:
    """How far apart the page's long lines stand, in pixels; 0 where there are too few to tell."""
    long = [lines[k] for k in np.flatnonzero(mass > _LONG_SHARE * mass.max())]
    level = np.sort([float(np.average(line.y, weights=line.mass)) for line in long])
    return float(np.median(np.diff(level))) if len(long) > _FEW_LINES else 0.0
