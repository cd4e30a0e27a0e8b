"""How much paper lies between neighbouring glyphs, whatever leans over whom.

Boxes of slanting letters overlap where the letters are far apart. So the distance is measured row
by row between the glyphs' convex hulls, the metric that Mahadevan and Nagabushnam (1995,
doi:10.1109/ICDAR.1995.598960) and Louloudis et al. (2009, doi:10.1016/j.patcog.2008.12.013) found
best; rows follow the line's baseline, and a slant changes nothing, since it moves whole rows.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inkwatch.vision.components import Pieces
from inkwatch.vision.glyphs import Group
from inkwatch.vision.ink_points import InkPoints
from inkwatch.vision.lines import FoundLine

Floats = npt.NDArray[np.float64]

NO_GAP = -9.0
"""In the place of a gap where there can be no word's end."""

_TOP, _BOTTOM, _ROW = -1.8, 0.6, 0.2
_ROWS = round((_BOTTOM - _TOP) / _ROW)
_NEAR_ROWS = 2
_FAR = 2.0
_MARK_WIDTH, _MARK_HEIGHT, _MARK_RISE = 0.6, 0.8, 0.5


def hull_gaps(
    lines: Sequence[FoundLine], groups: Sequence[Sequence[Group]], pieces: Pieces, points: InkPoints
) -> list[Floats]:
    """Measure the gaps of each line.

    Args:
        lines: L lines.
        groups: for each line its G glyphs from left to right, at least one.
        pieces: the page's pieces.
        points: their ink.

    Returns:
        For each line `(G - 1,)` float64, in x-heights; negative where hulls overlap. Before a full
        stop or a comma it is `NO_GAP`, unless very wide: they belong to the word before them.
    """
    glyphs = [group for line in groups for group in line]
    if not glyphs:
        return []
    glyph_of = np.full(len(pieces.ids), -1, np.intp)
    line_of = np.full(len(pieces.ids), -1, np.intp)
    for number, group in enumerate(glyphs):
        glyph_of[group] = number
    for number, line in enumerate(lines):
        line_of[line.members] = number
    known = glyph_of[points.piece] >= 0
    x, y, piece = points.x[known], points.y[known], points.piece[known]
    rise = np.empty(len(x))
    line_at = line_of[piece]
    for number, line in enumerate(lines):
        own = np.flatnonzero(line_at == number)
        rise[own] = (y[own] - line.baseline.at(x[own])) / line.x_height_px
    row = np.clip(((rise - _TOP) / _ROW).astype(np.intp), 0, _ROWS - 1)
    key = glyph_of[piece] * _ROWS + row
    half = points.stride_px / 2
    left = np.full(len(glyphs) * _ROWS, np.inf)
    right = np.full(len(glyphs) * _ROWS, -np.inf)
    np.minimum.at(left, key, x - half)
    np.maximum.at(right, key, x + half)
    left = -_hull(-left.reshape(-1, _ROWS))
    right = _hull(right.reshape(-1, _ROWS))
    ends = np.cumsum([0, *(len(line) for line in groups)]).tolist()
    found: list[Floats] = []
    for first, stop, line, glyphs_of_line in zip(ends, ends[1:], lines, groups, strict=False):
        gaps = _between(right[first : stop - 1], left[first + 1 : stop]) / line.x_height_px
        gaps[_low_marks(glyphs_of_line, line, pieces)[1:] & (gaps < _FAR)] = NO_GAP
        found.append(gaps)
    return found


def _low_marks(groups: Sequence[Group], line: FoundLine, pieces: Pieces) -> npt.NDArray[np.bool_]:
    """Which glyphs are as small and stand as low as a full stop or a comma."""
    first = np.cumsum([0, *(len(group) for group in groups)])[:-1]
    every = np.concatenate([np.asarray(group, np.intp) for group in groups])
    left = np.minimum.reduceat(pieces.left[every], first)
    right = np.maximum.reduceat(pieces.right[every], first)
    top = np.minimum.reduceat(pieces.top[every], first)
    bottom = np.maximum.reduceat(pieces.bottom[every], first)
    unit = line.x_height_px
    small = (right - left <= _MARK_WIDTH * unit) & (bottom - top <= _MARK_HEIGHT * unit)
    return np.asarray(
        small & (line.baseline.at((left + right) / 2) - top < _MARK_RISE * unit), np.bool_
    )


def _hull(side: Floats) -> Floats:
    """Fill hollows between any two rows: `(G, rows)`, -inf outside the first row and the last."""
    filled = side.copy()
    for first in range(_ROWS):
        for last in range(first + 2, _ROWS):
            share = np.linspace(0.0, 1.0, last - first + 1)[1:-1]
            chord = side[:, first, None] * (1 - share) + side[:, last, None] * share
            inner = filled[:, first + 1 : last]
            np.maximum(inner, chord, out=inner)
    return filled


def _between(right: Floats, left: Floats) -> Floats:
    """The least distance between rows, or near rows where the glyphs have none in common."""
    gaps = (left - right).min(axis=1)
    apart = ~np.isfinite(gaps)
    for k in np.flatnonzero(apart).tolist():
        rows_a, rows_b = (np.flatnonzero(np.isfinite(side[k])) for side in (right, left))
        near = np.abs(rows_a[:, None] - rows_b[None, :]) <= _NEAR_ROWS
        every = left[k, rows_b][None, :] - right[k, rows_a][:, None]
        gaps[k] = every[near].min() if near.any() else left[k].min() - right[k, rows_a].max()
    return np.asarray(gaps, np.float64)
