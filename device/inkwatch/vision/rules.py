"""Printed lines on the page: rules and squares of paper, frames of forms, sides of their cells."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.vision.cells import facing_sides, is_within, sides_between
from inkwatch.vision.ink import usual_strokes
from inkwatch.vision.strips import STRIP_PX, Ridges, Rule, is_between_paper, is_dark_along
from inkwatch.vision.ticks import ticks_on

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_LONG_SHARE = 0.2
_LONG_PX = 160
_NEARLY_ALL = 0.6
_SLENDER = 24.0
_BENT_PX = 1.0
_JOIN_STRIPS = 4
_SIDE_STRIPS = 2
_GAP_STRIPS = 12
_APART_PX = 1.5
_DARK_ALONG = 0.85
_FREE_SHARE = 0.4
_SQUARED = 5
_THROUGH_SHARE = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Lines along the rows, and those along the columns as seen on the page's transpose."""

    rows: tuple[Rule, ...]
    columns: tuple[Rule, ...]

    def __bool__(self) -> bool:
        return bool(self.rows or self.columns)


NO_RULES = Rules((), ())


def find_rules(flat: Grey, across: Ridges | None = None) -> Rules:
    """Find long printed lines, and short ones that end at two of these.

    A line is long where it runs through a good part of the page. Bars of letters, dashes and
    underlines of words are shorter; what is so long and straight by hand is no letter either.

    Args:
        flat: `(H, W)` uint8 from `flatten_light`.
        across: the page's ridges along the rows, where they are known.
    """
    height, width = flat.shape
    if min(flat.shape) < STRIP_PX:
        return NO_RULES
    across = across or Ridges(flat, along_rows=True)
    down = Ridges(flat, along_rows=False)
    least = max(_LONG_PX, round(_LONG_SHARE * max(width, height)))
    rows = _long(across, flat, min(least, round(_NEARLY_ALL * width)))
    rows += facing_sides(across.lines(_JOIN_STRIPS), rows, flat)
    columns = _long(down, flat.T, min(least, round(_NEARLY_ALL * height)))
    # On squared paper a bar may well reach from line to line by chance.
    through = (
        sum(rule.length > _THROUGH_SHARE * width for rule in rows),
        sum(rule.length > _THROUGH_SHARE * height for rule in columns),
    )
    squared = min(through) >= _SQUARED
    if len(rows) > 1 and not squared:
        columns += sides_between(down.lines(_SIDE_STRIPS), columns, rows, flat.T)
    if len(columns) > 1 and not squared:
        rows += sides_between(across.lines(_SIDE_STRIPS), rows, columns, flat)
    level = usual_strokes(flat).ink_level if rows else 0.0
    ticks = [tick for rule in rows for tick in ticks_on(rule, flat, level)]
    return Rules(tuple(rows), (*columns, *ticks))


def _long(ridges: Ridges, page: Grey, least: int) -> list[Rule]:
    parts = ridges.lines(_JOIN_STRIPS)
    found = [rule for rule in _joined(parts) if _is_printed(rule, page, least)]
    # A long part may have been joined to bars of letters beside it.
    alone = (part for part in parts if not any(is_within(part, rule) for rule in found))
    return found + [part for part in alone if _is_printed(part, page, least)]


def _is_printed(rule: Rule, page: Grey, least: int) -> bool:
    # Bars of letters that happen to lie in one line have paper between them.
    return (
        _is_long(rule, least)
        and is_dark_along(rule, page, _DARK_ALONG)
        and is_between_paper(rule, page, _FREE_SHARE)
    )


def _joined(parts: list[Rule]) -> list[Rule]:
    """Put parts together that lie on one line with a gap between them."""
    done: list[Rule] = []
    for part in sorted(parts, key=lambda rule: rule.start):
        for k, rule in enumerate(done):
            gap = part.start - rule.stop
            near = 0 <= gap <= _GAP_STRIPS * STRIP_PX
            if near and 0.5 < rule.thick_px / part.thick_px < 2.0 and _goes_on(rule, part, gap):
                between = np.linspace(rule.middle[-1], part.middle[0], gap + 2)[1:-1]
                middle = np.concatenate([rule.middle, between, part.middle])
                thick_px = max(rule.thick_px, part.thick_px)
                done[k] = Rule(rule.start, part.stop, middle, thick_px)
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
