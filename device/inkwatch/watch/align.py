"""Which line of a page is which line of the page as it was before."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from inkwatch.places import Box
from inkwatch.reading import Line

Pair = tuple[Line | None, Line | None]
"""A line before and after; None where there was, or is, none."""

_ALIKE = 0.5
"""Lines less alike than this are one only where they stand in one place."""

_SAME_PLACE = 0.75
"""What lines are worth at least as a pair that stand in one place, whatever they say."""

_PLACE_BONUS = 0.2
"""What they are worth more for it: a page may say one thing on many lines. Two lines of one text
are still worth more as a pair wherever they stand, so that what moved up is known again."""

_MOST_PAIRS = 2500
"""A stretch with more pairs than this is not looked through: it is another page."""


def align_lines(
    before: Sequence[Line], after: Sequence[Line], *, by_place: bool = True
) -> list[Pair]:
    """Pair the lines of two readings, each in its order.

    The pairs are chosen that are together most alike; where the page lies still, lines in one
    place are alike for that too. Where it moved, lines with the same text are found first.

    Args:
        before: a page's lines.
        after: the lines of the same page, or of another.
        by_place: whether lines that stand in one place may be a pair though their texts are not
            alike; not where the page moved.

    Returns:
        Each line once, in order.
    """
    if by_place and len(before) * len(after) <= _MOST_PAIRS:
        return _most_alike(before, after, by_place=True)
    matcher = SequenceMatcher(
        None, [line.text for line in before], [line.text for line in after], autojunk=False
    )
    pairs: list[Pair] = []
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            pairs += zip(before[i:j], after[k:m], strict=True)
        else:
            pairs += _most_alike(before[i:j], after[k:m], by_place=by_place)
    return pairs


def alike(one: str, other: str) -> float:
    """How much of two texts is the same, from 0 to 1 (Ratcliff and Obershelp's measure)."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _most_alike(before: Sequence[Line], after: Sequence[Line], *, by_place: bool) -> list[Pair]:
    """Pair lines by dynamic programming over how alike they are."""
    rows, columns = len(before), len(after)
    if rows * columns > _MOST_PAIRS:
        return [*((line, None) for line in before), *((None, line) for line in after)]
    worth = [[_worth(old, new, by_place=by_place) for new in after] for old in before]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for k in range(columns - 1, -1, -1):
            pair = worth[i][k] + best[i + 1][k + 1] if worth[i][k] else 0.0
            best[i][k] = max(pair, best[i + 1][k], best[i][k + 1])
    pairs: list[Pair] = []
    i = k = 0
    while i < rows and k < columns:
        if worth[i][k] and best[i][k] == worth[i][k] + best[i + 1][k + 1]:
            pairs.append((before[i], after[k]))
            i, k = i + 1, k + 1
        elif best[i][k] == best[i + 1][k]:
            pairs.append((before[i], None))
            i += 1
        else:
            pairs.append((None, after[k]))
            k += 1
    return [*pairs, *((line, None) for line in before[i:]), *((None, line) for line in after[k:])]


def _worth(old: Line, new: Line, *, by_place: bool) -> float:
    """What two lines are worth as a pair; 0 where they are none."""
    ratio = alike(old.text, new.text)
    if by_place and _in_one_row(old.box, new.box):
        return max(ratio, _SAME_PLACE) + _PLACE_BONUS
    return ratio if ratio >= _ALIKE else 0.0


def _in_one_row(one: Box, other: Box) -> bool:
    """Whether two lines overlap for the most part, up and down, and at all from left to right."""
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    width = min(one.right, other.right) - max(one.left, other.left)
    return width > 0 and height > 0.5 * max(one.height, other.height)
