"""Take printed lines off the page, and leave the strokes that cross them.

Of the ways to take staff lines out of music that Dalitz, Droettboom, Pranzas and Fujinaga compare
(2008, doi:10.1109/TPAMI.2007.70749), this is line tracking with a test of height: in each column
the line goes, unless there is more ink than the line's own. How much there is, is measured in
grey levels summed over the column, so that a fraction of a pixel more is seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.rules import Rules
from inkwatch.vision.strips import LEAST_DARK, PAPER, Rule

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_BLOCK_PX = 64
_USUAL_PERCENT = 30.0
_WORN = 0.5
_MORE_INK = 0.45
_BESIDE = 0.4
_BLOT_PX = 3
_LEAST_SHARE = 0.3
_BEYOND_PX = 40
_AROUND_PX = 2
_HALO_PX = 3
_HALO_SHARE = 0.12
_CROSSING_PX = 3
_SIDES = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """What lies around a line, column by column: n columns, and r rows on either side of it.

    `rows` is `(2r + 1, n)`, `columns` `(1, n)`: where the band's pixels are. `upper`, `lower` and
    `inside` are `(n,)`: where strokes come from above, from below, or hide within the line;
    `is_rule` is where there is a line at all. `half_px` is half the line's thickness with its edge.
    """

    rows: Places
    columns: Places
    upper: Bools
    lower: Bools
    inside: Bools
    is_rule: Bools
    half_px: int

    @property
    def crossed(self) -> Bools:
        """`(n,)`: where there is more than the line."""
        return self.upper | self.lower | self.inside

    @property
    def middle(self) -> Places:
        """`(n,)`: the line's row."""
        return np.asarray(self.rows[self.rows.shape[0] // 2])


def without_rules(flat: Grey, rules: Rules, ink_level: float) -> Grey:
    """Take lines off a page.

    Args:
        flat: `(H, W)` uint8 from `flatten_light`.
        rules: from `find_rules`.
        ink_level: the usual grey level of strokes on this page.

    Returns:
        `(H, W)` uint8, a new picture.
    """
    depth = max(1.0, PAPER - ink_level)
    page = flat.copy()
    turned = np.ascontiguousarray(flat.T) if rules.columns else flat
    across = [_band(flat, rule, depth) for rule in rules.rows]
    down = [_band(turned, rule, depth) for rule in rules.columns]
    for one, other in _meeting(across, down):
        place = _settle_crossing(one, other)
        if place is not None:
            page[place] = PAPER
    for band in across:
        _erase(page, band)
    if down:
        turned = np.ascontiguousarray(page.T)
        for band in down:
            _erase(turned, band)
        page = np.ascontiguousarray(turned.T)
    return page


def _band(page: Grey, rule: Rule, depth: float) -> _Band:
    start, stop = max(0, rule.start - _BEYOND_PX), min(page.shape[1], rule.stop + _BEYOND_PX)
    # At its ends a line goes on a little as it ran.
    middle = np.pad(rule.middle, (rule.start - start, stop - rule.stop), mode="edge")
    most = int(np.ceil(rule.thick_px / 2)) + _HALO_PX + _AROUND_PX
    rows = np.rint(middle).astype(np.intp) + np.arange(-most, most + 1)[:, None]
    np.clip(rows, 0, page.shape[0] - 1, out=rows)
    columns = np.arange(start, stop)[None, :]
    dark = np.maximum(np.float32(PAPER) - page[rows, columns], np.float32(0))
    before, after = rule.start - start, stop - rule.stop
    known = slice(before, dark.shape[1] - after)
    half_px = _half_thickness(dark[:, known], int(np.ceil(rule.thick_px / 2)))
    spare = most - half_px - _AROUND_PX
    rows, dark = rows[spare : len(rows) - spare], dark[spare : len(dark) - spare]
    own = dark[_AROUND_PX:-_AROUND_PX].sum(axis=0)
    usual = np.pad(_usual(own[known], LEAST_DARK * rule.thick_px), (before, after), mode="edge")
    more = own - usual > _MORE_INK * depth
    upper = more & (dark[:_AROUND_PX].max(axis=0) > _BESIDE * depth)
    lower = more & (dark[-_AROUND_PX:].max(axis=0) > _BESIDE * depth)
    # What lies within the line, as the foot of an 'o' does, is longer than a blot of the printer's.
    hidden = (more & ~upper & ~lower).astype(np.uint8)[None, :]
    inside = cv2.morphologyEx(hidden, cv2.MORPH_OPEN, np.ones((1, _BLOT_PX), np.uint8))[0] > 0
    is_rule = np.asarray(own > _LEAST_SHARE * usual, np.bool_)
    # Beyond its known ends a line goes on as long as it is seen without a gap.
    is_rule[:before] = np.logical_and.accumulate(is_rule[:before][::-1])[::-1]
    is_rule[len(own) - after :] = np.logical_and.accumulate(is_rule[len(own) - after :])
    return _Band(rows, columns, upper, lower, inside, is_rule, half_px)


def _half_thickness(dark: Floats, least_px: int) -> int:
    """Half of a line's thickness with its soft edges, from its usual profile."""
    profile = np.median(dark[:, :: max(1, dark.shape[1] // 200)], axis=1)
    middle = len(profile) // 2
    most = middle - _AROUND_PX
    sides = np.maximum(profile[middle::-1], profile[middle:])
    seen = np.flatnonzero(sides > max(_HALO_SHARE * sides[0], LEAST_DARK / 2))
    return min(max(int(seen[-1]) if len(seen) else 0, least_px), most)


def _usual(own: Floats, least: float) -> Floats:
    """How dark the line itself is along its way, `least` at least: writing only adds to that."""
    there = own > least
    if not there.any():
        return np.full_like(own, least)
    whole = float(np.percentile(own[there], _USUAL_PERCENT))
    there = own > _WORN * whole
    count = max(1, len(own) // _BLOCK_PX)
    edges = np.linspace(0, len(own), count + 1).astype(int)
    levels = np.full(count, whole)
    for k, (start, stop) in enumerate(pairwise(edges.tolist())):
        block = own[start:stop][there[start:stop]]
        # Where the line has a gap, a few columns of writing tell nothing of it.
        if len(block) > (stop - start) / 2:
            levels[k] = np.percentile(block, _USUAL_PERCENT)
    levels = np.clip(levels, _WORN * whole, whole / _WORN)
    middles = (edges[:-1] + edges[1:]) / 2
    return np.asarray(np.interp(np.arange(len(own)), middles, levels), np.float32)


def _meeting(across: Sequence[_Band], down: Sequence[_Band]) -> Iterator[tuple[_Band, _Band]]:
    """The pairs that come near one another: a page of tables has a hundred times more others."""
    ends = np.array([_ends(band) for band in down]).reshape(-1, 2, 2)
    for one in across:
        along, off = _ends(one)
        # Of the lines down the page rows are along them, and columns are off them.
        near = (ends[:, 1, 0] <= along[1]) & (along[0] <= ends[:, 1, 1])
        near &= (ends[:, 0, 0] <= off[1]) & (off[0] <= ends[:, 0, 1])
        yield from ((one, down[k]) for k in np.flatnonzero(near).tolist())


def _ends(band: _Band) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last place along a line, and off it, with what it takes of others at a crossing."""
    spare = band.half_px + _CROSSING_PX + 1
    middle, columns = band.middle, band.columns[0]
    return (
        (int(columns[0]) - spare, int(columns[-1]) + spare),
        (int(middle.min()) - spare, int(middle.max()) + spare),
    )


def _settle_crossing(one: _Band, other: _Band) -> tuple[slice, slice] | None:
    """Where two lines cross there is more ink than either's: what comes to the place decides.

    Returns:
        The place as a window of the page, where they cross and nothing is written.
    """
    left, top = int(one.columns[0, 0]), int(other.columns[0, 0])
    # The crossing column by the other line's middle, and the row by this one's there.
    column = int(other.middle[len(other.middle) // 2])
    for _ in range(2):
        at = min(max(column - left, 0), len(one.middle) - 1)
        row = int(one.middle[at])
        along = min(max(row - top, 0), len(other.middle) - 1)
        column = int(other.middle[along])
    at, along = column - left, row - top
    span, other_span = other.half_px + _CROSSING_PX, one.half_px + _CROSSING_PX
    if not (-span <= at < len(one.middle) + span):
        return None
    if not (-other_span <= along < len(other.middle) + other_span):
        return None
    sides = [
        bool(band.crossed[k])
        for band, k in (
            (one, at - span - 1),
            (one, at + span + 1),
            (other, along - other_span - 1),
            (other, along + other_span + 1),
        )
        if 0 <= k < len(band.middle)
    ]
    stays = sum(sides) >= _SIDES
    for band, place, reach in ((one, at, span), (other, along, other_span)):
        window = slice(max(0, place - reach), max(0, place + reach + 1))
        band.upper[window] = band.lower[window] = band.inside[window] = stays
        if not stays:
            band.is_rule[window] = True
    if any(sides):
        return None
    top, left = max(0, row - other_span), max(0, column - span)
    return np.s_[top : row + other_span + 1, left : column + span + 1]


def _erase(page: Grey, band: _Band) -> None:
    """Turn a line into paper, in place, but for the strokes that cross it."""
    reach = len(band.rows) // 2
    offsets = np.arange(-reach, reach + 1)[:, None]
    # A stroke that comes from one side only ends at the line: it keeps the half on its side.
    keep = (band.upper & (offsets <= 0)) | (band.lower & (offsets >= 0))
    keep |= band.inside | ~band.is_rule | (np.abs(offsets) > band.half_px)
    page[band.rows, band.columns] = np.where(keep, page[band.rows, band.columns], np.uint8(PAPER))
