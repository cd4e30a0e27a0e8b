"""Short printed lines that end at others: sides of cells and frames."""

from dataclasses import replace
from itertools import combinations, pairwise

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.strips import LEAST_DARK, PAPER, STRIP_PX, Rule, is_dark_along

Grey = npt.NDArray[np.uint8]

_LEAST_PX = 32
_SLENDER = 6.0
_TOUCH_PX = 5
_LEAST_FRAME_PX = 64
_ALIKE_PX = 20
_MOST_FACING = 100
_DARK_ALONG = 0.95


def sides_between(parts: list[Rule], long: list[Rule], cross: list[Rule], page: Grey) -> list[Rule]:
    """Short lines that run from one crossing line to the next: the sides of cells.

    Args:
        parts: lines of this direction.
        long: those of them that are taken already.
        cross: lines of the other direction, as seen on the transpose.
        page: in this direction's view.
    """
    found = []
    for part in parts:
        # A line that bends out of the page ends at its edge.
        crossings = [min(max(0, x), page.shape[1]) for x in _crossings(part, cross)]
        for start, stop in pairwise(crossings):
            if stop - start < max(_LEAST_PX, _SLENDER * part.thick_px):
                continue
            low, high = max(start, part.start), min(stop, part.stop)
            if high - low < max(STRIP_PX, stop - start - 2 * STRIP_PX):
                continue
            known = part.middle[low - part.start : high - part.start]
            line = np.polyfit(np.arange(low, high), known, 1)
            middle = np.asarray(np.polyval(line, np.arange(start, stop)), np.float64)
            side = replace(part, start=start, stop=stop, middle=middle)
            if not any(is_within(side, rule) for rule in long) and is_dark_along(
                side, page, _DARK_ALONG
            ):
                found.append(side)
    return found


def facing_sides(parts: list[Rule], long: list[Rule], page: Grey) -> list[Rule]:
    """Upper and lower sides of small frames: two lines alike, with lines from end to end.

    Args:
        parts: lines along the rows.
        long: those of them that are taken already.
        page: the page.
    """
    alone = [
        part
        for part in parts
        if part.length >= _LEAST_FRAME_PX
        and not any(is_within(part, rule) for rule in long)
        and is_dark_along(part, page, _DARK_ALONG)
    ]
    alone = sorted(alone, key=lambda part: float(part.middle[0]))[:_MOST_FACING]
    found: dict[int, Rule] = {}
    for upper, lower in combinations(range(len(alone)), 2):
        one, other = alone[upper], alone[lower]
        alike = max(abs(one.start - other.start), abs(one.stop - other.stop)) <= _ALIKE_PX
        apart = float(other.middle[0] - one.middle[0])
        if alike and _LEAST_PX <= apart <= 2 * one.length and _is_closed(one, other, page):
            found |= {upper: one, lower: other}
    return list(found.values())


def _is_closed(upper: Rule, lower: Rule, page: Grey) -> bool:
    """Whether a dark line runs down from end to end on either side."""
    for end, at in ((upper.start, 0), (upper.stop, -1)):
        top, bottom = round(float(upper.middle[at])), round(float(lower.middle[at]))
        window = page[max(0, top) : max(0, bottom), max(0, end - 2 * STRIP_PX) : end + 2 * STRIP_PX]
        if not window.size:
            return False  # strokes that cross: here the lower one is above
        # A little tilt may take it across a few columns.
        dark = cv2.erode(window, np.ones((1, 3), np.uint8)) < PAPER - LEAST_DARK
        if float(dark.mean(axis=0).max()) < _DARK_ALONG:
            return False
    return True


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


def is_within(part: Rule, rule: Rule) -> bool:
    """Whether a part lies on a line that is known."""
    at = (part.start + part.stop) // 2
    if not rule.start <= at < rule.stop:
        return False
    return abs(float(rule.middle[at - rule.start]) - float(np.median(part.middle))) <= _TOUCH_PX
