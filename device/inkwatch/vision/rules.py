"""Printed lines on the page: the rules and squares of paper, frames of forms, sides of their cells.

A page is looked at in strips 16 pixels wide. What is dark across a whole strip, and thin, may be
part of a rule; writing seldom is. Parts that follow on one another from strip to strip make a
line, which may be tilted or bent, since each strip has its own height.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

STRIP_PX = 16
PAPER = 250
"""The grey level of paper under even light (`flatten_light`)."""

_CELL_PX = 4
_MOST_THICK_PX = 12
_CREST_PX = 7
LEAST_DARK = 9
_LONG_SHARE = 0.2
_LONG_PX = 160
_LEAST_STRIPS = 2
_COVERED = 0.75
_GAP_STRIPS = 12
_BENT_PX = 1.0
_APART_PX = 1.5
_SLENDER = 24.0
_TOUCH_PX = 5
_SQUARED = 5
_THROUGH_SHARE = 0.7
_SHORT_SLENDER = 6.0
_DARK_ALONG = 0.95
_MOST_PARTS = 1500


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A line that runs along the rows from `start` to `stop` (exclusive).

    `middle` is `(stop - start,)` float64: the row of its middle, at each column. For lines that
    run along the columns the page is turned over its diagonal, rows for columns.
    """

    start: int
    stop: int
    middle: Floats
    thick_px: float

    @property
    def length(self) -> int:
        """In pixels."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Lines along the rows, and those along the columns as seen on the page's transpose."""

    rows: tuple[Rule, ...]
    columns: tuple[Rule, ...]

    def __bool__(self) -> bool:
        return bool(self.rows or self.columns)


def find_rules(flat: Grey) -> Rules:
    """Find long printed lines, and short ones that end at two of these.

    A line is long where it runs through a good part of the page. Bars of letters, dashes and
    underlines of words are shorter; what is so long and straight by hand is no letter either.

    Args:
        flat: `(H, W)` uint8 from `flatten_light`.
    """
    height, width = flat.shape
    across = _parts(_strips(flat, along_rows=True))
    down = _parts(_strips(flat, along_rows=False))
    least = max(_LONG_PX, round(_LONG_SHARE * max(width, height)))
    rows = [rule for rule in _joined(across) if _is_long(rule, min(least, round(0.6 * width)))]
    columns = [rule for rule in _joined(down) if _is_long(rule, min(least, round(0.6 * height)))]
    # On squared paper a bar may well reach from line to line by chance.
    through = (
        sum(rule.length > _THROUGH_SHARE * width for rule in rows),
        sum(rule.length > _THROUGH_SHARE * height for rule in columns),
    )
    squared = min(through) >= _SQUARED
    if len(rows) > 1 and not squared:
        columns += _between(down, columns, rows, flat.T)
    if len(columns) > 1 and not squared:
        rows += _between(across, rows, columns, flat)
    return Rules(tuple(rows), tuple(columns))


def _strips(flat: Grey, *, along_rows: bool) -> Grey:
    """`(rows, strips)` uint8: how dark the lightest quarter of each strip is, thin things only."""
    height, width = flat.shape
    count = (width if along_rows else height) // STRIP_PX
    if count == 0:
        return np.zeros((height if along_rows else width, 0), np.uint8)
    if along_rows:
        cut = flat[:, : count * STRIP_PX]
        small = cv2.resize(cut, (cut.shape[1] // _CELL_PX, height), interpolation=cv2.INTER_AREA)
    else:
        cut = flat[: count * STRIP_PX]
        small = cv2.transpose(
            cv2.resize(cut, (width, cut.shape[0] // _CELL_PX), interpolation=cv2.INTER_AREA)
        )
    lightest = small[:, 0::4]
    for k in (1, 2, 3):
        lightest = np.maximum(lightest, small[:, k::4])
    dark = cv2.subtract(np.full_like(lightest, PAPER), lightest)
    thick = np.ones((_MOST_THICK_PX + 3, 1), np.uint8)
    return np.asarray(cv2.morphologyEx(dark, cv2.MORPH_TOPHAT, thick), np.uint8)


def _parts(thin: Grey) -> list[Rule]:
    """Runs of strips in which something thin and dark goes on at nearly the same height."""
    if int(thin.max(initial=0)) < LEAST_DARK:
        return []
    # Of what is dark in a strip only the ridges count: what hangs on to a line does not widen it.
    crest = cv2.dilate(thin, np.ones((_CREST_PX, 1), np.uint8))
    ridge = np.where((thin == crest) & (thin >= LEAST_DARK), np.uint8(255), np.uint8(0))
    # The next strip may lie a pixel or two higher or lower; a worn or bright spot may be missing.
    linked = cv2.dilate(ridge, np.ones((3, 1), np.uint8))
    linked = cv2.morphologyEx(linked, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(linked, connectivity=8)
    wide = np.flatnonzero(stats[1:, cv2.CC_STAT_WIDTH] >= _LEAST_STRIPS) + 1
    wide = wide[np.argsort(-stats[wide, cv2.CC_STAT_WIDTH], kind="stable")[:_MOST_PARTS]]
    labels[ridge == 0] = 0
    found = (_part(thin, labels, number, stats[number].tolist()) for number in wide.tolist())
    return [part for part in found if part is not None]


def _part(thin: Grey, labels: Ints, number: int, stats: list[int]) -> Rule | None:
    left, top, width, height, _ = stats
    own = labels[top : top + height, left : left + width] == number
    seen = np.flatnonzero(own.any(axis=0))
    if len(seen) < max(_LEAST_STRIPS, _COVERED * width):
        return None
    rows = np.rint(np.arange(height) @ own[:, seen] / own[:, seen].sum(axis=0)).astype(int) + top
    offsets = np.arange(-_MOST_THICK_PX // 2, _MOST_THICK_PX // 2 + 1)[:, None]
    around = thin[np.clip(rows + offsets, 0, len(thin) - 1), left + seen].astype(np.float64)
    core = around >= 0.5 * around.max(axis=0)
    thick_px = float(np.median(core.sum(axis=0)))
    weight = np.where(core, around, 0.0)
    middle = rows + (offsets * weight).sum(axis=0) / weight.sum(axis=0)
    start, stop = left * STRIP_PX, (left + width) * STRIP_PX
    centres = (left + seen) * STRIP_PX + (STRIP_PX - 1) / 2
    return Rule(start, stop, _smooth(centres, middle, start, stop), thick_px)


def _smooth(at: Floats, middle: Floats, start: int, stop: int) -> Floats:
    """Heights at every column: a running median over the strips, then straight in between."""
    if len(middle) >= 5:
        padded = np.pad(middle, 2, mode="edge")
        middle = np.median([padded[k : k + len(middle)] for k in range(5)], axis=0)
    columns = np.arange(start, stop, dtype=np.float64)
    heights = np.interp(columns, at, middle)
    if len(at) > 1:
        # Beyond the first and the last strip's middle the line goes on as it runs there.
        near = slice(None, min(len(at), 4))
        heights[columns < at[0]] = middle[0] + _slope(at[near], middle[near]) * (
            columns[columns < at[0]] - at[0]
        )
        far = slice(-min(len(at), 4), None)
        heights[columns > at[-1]] = middle[-1] + _slope(at[far], middle[far]) * (
            columns[columns > at[-1]] - at[-1]
        )
    return np.asarray(heights, np.float64)


def _slope(x: Floats, y: Floats) -> float:
    away = x - x.mean()
    return float(away @ y / (away @ away))


def _joined(parts: list[Rule]) -> list[Rule]:
    """Put parts together that lie on one line with a gap between them."""
    done: list[Rule] = []
    for part in sorted(parts, key=lambda rule: rule.start):
        if part.length < 4 * STRIP_PX:
            continue
        for k, rule in enumerate(done):
            gap = part.start - rule.stop
            if 0 <= gap <= _GAP_STRIPS * STRIP_PX:
                if _goes_on(rule, part, gap) and 0.5 < rule.thick_px / part.thick_px < 2.0:
                    between = np.linspace(rule.middle[-1], part.middle[0], gap + 2)[1:-1]
                    done[k] = Rule(
                        rule.start,
                        part.stop,
                        np.concatenate([rule.middle, between, part.middle]),
                        max(rule.thick_px, part.thick_px),
                    )
                    break
        else:
            done.append(part)
    return done


def _goes_on(rule: Rule, part: Rule, gap: int) -> bool:
    """Whether the two, each as it runs, meet in the middle of the gap between them."""
    before = rule.middle[-1] + gap / 2 * _run(rule.middle[-8 * STRIP_PX :])
    after = part.middle[0] - gap / 2 * _run(part.middle[: 8 * STRIP_PX])
    return bool(abs(before - after) <= _APART_PX + 0.01 * gap)


def _run(middle: Floats) -> float:
    return float(middle[-1] - middle[0]) / max(1, len(middle) - 1)


def _is_long(rule: Rule, least: int) -> bool:
    if rule.length < max(least, _LONG_PX) or rule.length < _SLENDER * rule.thick_px:
        return False
    return _bend_px(rule) <= _BENT_PX + 0.001 * rule.length


def _bend_px(rule: Rule) -> float:
    """How far the line strays from a parabola, in pixels: paper bends, but only so."""
    x = np.linspace(-1.0, 1.0, rule.length)
    step = max(1, STRIP_PX // 2)
    fit = np.polyfit(x[::step], rule.middle[::step], min(2, rule.length // STRIP_PX - 1))
    return float(np.quantile(np.abs(np.polyval(fit, x[::step]) - rule.middle[::step]), 0.9))


def _between(parts: list[Rule], long: list[Rule], cross: list[Rule], page: Grey) -> list[Rule]:
    """Short lines that run from one crossing line to the next: the sides of cells.

    Args:
        parts: lines of this direction.
        long: those of them that are taken already.
        cross: lines of the other direction, as seen on the transpose.
        page: in this direction's view.
    """
    found = []
    for part in parts:
        crossings = _crossings(part, cross)
        for start, stop in pairwise(crossings):
            if stop - start < max(_LEAST_STRIPS * STRIP_PX, _SHORT_SLENDER * part.thick_px):
                continue
            low, high = max(start, part.start), min(stop, part.stop)
            if high - low < max(STRIP_PX, stop - start - 2 * STRIP_PX):
                continue
            columns = np.arange(start, stop)
            line = np.polyfit(np.arange(low, high), part.middle[low - part.start : high - part.start], 1)
            side = replace(part, start=start, stop=stop, middle=np.polyval(line, columns))
            if not any(_is_within(side, rule) for rule in long) and _is_dark_along(side, page):
                found.append(side)
    return found


def _crossings(part: Rule, cross: list[Rule]) -> list[int]:
    """The columns at which lines of the other direction cross a part, or lie beyond its ends."""
    places = set()
    for rule in cross:
        at = round(float(part.middle[part.length // 2]))
        place = round(float(rule.middle[min(max(at - rule.start, 0), rule.length - 1)]))
        at = round(float(part.middle[min(max(place - part.start, 0), part.length - 1)]))
        near = part.start - STRIP_PX <= place <= part.stop + 1.5 * STRIP_PX
        if near and rule.start - 2 * STRIP_PX <= at < rule.stop + 2 * STRIP_PX:
            places.add(place)
    return sorted(places)


def _is_within(part: Rule, rule: Rule) -> bool:
    at = (part.start + part.stop) // 2
    if not rule.start <= at < rule.stop:
        return False
    return abs(float(rule.middle[at - rule.start]) - float(np.median(part.middle))) <= _TOUCH_PX


def _is_dark_along(side: Rule, page: Grey) -> bool:
    rows = np.clip(np.rint(side.middle).astype(int) + [[-1], [0], [1]], 0, page.shape[0] - 1)
    columns = np.clip(np.arange(side.start, side.stop), 0, page.shape[1] - 1)
    way = page[rows, columns].min(axis=0)
    return float((way <= PAPER - 2 * LEAST_DARK).mean()) >= _DARK_ALONG
