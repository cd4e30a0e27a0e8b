"""Which pieces of a line make one glyph: dots join their stems, bars their letters."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkwatch.vision.components import Pieces

Group = list[int]

_STACKED_SHARE = 0.55
_DOT_SIZE = 0.45
_STEM_WIDTH = 0.6
_ROUND_DOT = 0.33


def group_glyphs(members: Sequence[int], pieces: Pieces, letter_px: float) -> list[Group]:
    """Join the pieces of a line into glyphs.

    Two pieces are one glyph where one stands above the other (E's bars, `=`, `:`, `%`), or where
    a dot stands over or under a stem, though a slanting hand sets it beside (i, j, `?`).

    Args:
        members: indices of the line's pieces.
        pieces: the page's pieces.
        letter_px: height of the line's letters, in pixels.

    Returns:
        Groups of indices, ordered by the middle of their ink from left to right.
    """
    groups: list[Group] = [[i] for i in members]
    merged = True
    while merged:
        merged = False
        for a, b in _near_pairs(groups, pieces):
            if _stacked(groups[a], groups[b], pieces, letter_px) or _dotted(
                groups[a], groups[b], pieces, letter_px
            ):
                groups[a] += groups.pop(b)
                merged = True
                break
    return sorted(groups, key=lambda group: _middle(group, pieces))


def _near_pairs(groups: list[Group], pieces: Pieces) -> list[tuple[int, int]]:
    """Pairs whose columns come close, a before b in the list."""
    spans = [_columns(group, pieces) for group in groups]
    order = sorted(range(len(groups)), key=lambda k: spans[k][0])
    pairs: list[tuple[int, int]] = []
    for position, first in enumerate(order):
        for second in order[position + 1 :]:
            if spans[second][0] > spans[first][1] + 0.6 * pieces.stroke_px + 4:
                break
            pairs.append((min(first, second), max(first, second)))
    return sorted(pairs)


def _columns(group: Group, pieces: Pieces) -> tuple[int, int]:
    return int(pieces.left[group].min()), int(pieces.right[group].max())


def _rows(group: Group, pieces: Pieces) -> tuple[int, int]:
    return int(pieces.top[group].min()), int(pieces.bottom[group].max())


def _middle(group: Group, pieces: Pieces) -> float:
    left, right = _columns(group, pieces)
    return (left + right) / 2


def _shared(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Overlap of two spans as a share of the shorter one."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / max(1, min(a[1] - a[0], b[1] - b[0]))


def _stacked(a: Group, b: Group, pieces: Pieces, letter_px: float) -> bool:
    columns = _shared(_columns(a, pieces), _columns(b, pieces))
    if columns < _STACKED_SHARE:
        return False
    rows_a, rows_b = _rows(a, pieces), _rows(b, pieces)
    rows = _shared(rows_a, rows_b)
    joint = max(rows_a[1], rows_b[1]) - min(rows_a[0], rows_b[0])
    # A whole letter under a tail from its left neighbour overlaps it in columns as well: what
    # would become much taller than a letter with a tail is two glyphs.
    return joint <= 2.1 * letter_px and (rows <= 0.5 or columns > 0.8)


def _dotted(a: Group, b: Group, pieces: Pieces, letter_px: float) -> bool:
    upper, lower = sorted((a, b), key=lambda group: _rows(group, pieces)[0])
    return _dot_above(upper, lower, pieces, letter_px) or _dot_below(
        upper, lower, pieces, letter_px
    )


def _dot_above(upper: Group, lower: Group, pieces: Pieces, letter_px: float) -> bool:
    """A dot over a narrow stem: i, j."""
    top, bottom = _rows(upper, pieces)
    left, right = _columns(upper, pieces)
    stem_top, stem_bottom = _rows(lower, pieces)
    stem_left, stem_right = _columns(lower, pieces)
    small = max(bottom - top, right - left) <= _DOT_SIZE * letter_px
    # An apostrophe is taller than a dot, and may stand over a letter as wide as a hooked j.
    round_dot = bottom - top <= _ROUND_DOT * letter_px
    stem_width = (1.0 if round_dot else _STEM_WIDTH) * letter_px
    stem = stem_right - stem_left <= stem_width and stem_bottom - stem_top >= 1.2 * (bottom - top)
    above = bottom <= stem_top + 0.15 * letter_px and stem_top - bottom <= 0.6 * letter_px
    middle = (left + right) / 2
    reach = 0.15 * letter_px
    return small and stem and above and stem_left - reach <= middle <= stem_right + reach


def _dot_below(upper: Group, lower: Group, pieces: Pieces, letter_px: float) -> bool:
    """A dot under a mark that ends above it: `!`, `?`. A full stop stands further right."""
    top, bottom = _rows(lower, pieces)
    left, right = _columns(lower, pieces)
    mark_top, mark_bottom = _rows(upper, pieces)
    mark_left, mark_right = _columns(upper, pieces)
    small = max(bottom - top, right - left) <= _DOT_SIZE * letter_px
    below = mark_bottom <= top and top - mark_bottom <= 0.6 * letter_px
    tall = mark_bottom - mark_top >= 0.7 * letter_px
    middle = (left + right) / 2
    reach = 0.3 * letter_px
    return small and below and tall and mark_left - reach <= middle <= (mark_left + mark_right) / 2


def ink_gaps(groups: list[Group], pieces: Pieces) -> npt.NDArray[np.float64]:
    """Paper between neighbouring glyphs in pixels, negative where they overlap.

    Returns:
        `(len(groups) - 1,)` float64.
    """
    spans = [_columns(group, pieces) for group in groups]
    return np.array([right[0] - left[1] for left, right in pairwise(spans)], np.float64)
