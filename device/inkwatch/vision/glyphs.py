"""Which pieces of a line make one glyph: dots join their stems, bars their letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from inkwatch.vision.components import Pieces

Group = list[int]

_STACKED_SHARE = 0.55
_DOT_SIZE = 0.45
_STEM_WIDTH = 0.6
_ROUND_DOT = 0.33
_CLEARLY_BELOW = 0.08


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
    parts = {k: _Part.of_piece(i, pieces) for k, i in enumerate(members)}
    reach_px = 0.6 * pieces.stroke_px + 4
    pairs = _near_pairs(list(parts.values()), reach_px)
    heapify(pairs)
    while pairs:
        a, b = heappop(pairs)
        if a not in parts or b not in parts:
            continue
        if _stacked(parts[a], parts[b], letter_px) or _dotted(parts[a], parts[b], letter_px):
            whole = parts[a] = parts[a].joined(parts.pop(b))
            # What did not fit a part may fit the whole.
            for other, part in parts.items():
                if other != a and whole.is_near(part, reach_px):
                    heappush(pairs, (min(a, other), max(a, other)))
    return [part.group for part in sorted(parts.values(), key=lambda part: part.middle)]


@dataclass(frozen=True, slots=True)
class _Part:
    """Pieces joined so far, with the box around them in plain numbers, asked for very often."""

    group: Group
    left: int
    top: int
    right: int
    bottom: int

    @staticmethod
    def of_piece(index: int, pieces: Pieces) -> "_Part":
        box = (pieces.left, pieces.top, pieces.right, pieces.bottom)
        return _Part([index], *(int(side[index]) for side in box))

    def joined(self, other: "_Part") -> "_Part":
        return _Part(
            self.group + other.group,
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def is_near(self, other: "_Part", reach_px: float) -> bool:
        return self.left <= other.right + reach_px and other.left <= self.right + reach_px

    @property
    def columns(self) -> tuple[int, int]:
        return self.left, self.right

    @property
    def rows(self) -> tuple[int, int]:
        return self.top, self.bottom

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


def _near_pairs(parts: list[_Part], reach_px: float) -> list[tuple[int, int]]:
    """Pairs whose columns come close, a before b in the list."""
    order = sorted(range(len(parts)), key=lambda k: parts[k].left)
    pairs: list[tuple[int, int]] = []
    for position, first in enumerate(order):
        end = parts[first].right + reach_px
        for second in order[position + 1 :]:
            if parts[second].left > end:
                break
            pairs.append((min(first, second), max(first, second)))
    return pairs


def _shared(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Overlap of two spans as a share of the shorter one."""
    shared = min(a[1], b[1]) - max(a[0], b[0])
    return shared / max(1, min(a[1] - a[0], b[1] - b[0]))


def _stacked(a: _Part, b: _Part, letter_px: float) -> bool:
    columns = _shared(a.columns, b.columns)
    if columns < _STACKED_SHARE:
        return False
    rows = _shared(a.rows, b.rows)
    upper, lower = sorted((a, b), key=lambda part: part.top)
    if _under(upper, lower, letter_px):
        return False  # whether that is a dot of its own is for `_dot_below` to say
    joint = max(a.bottom, b.bottom) - min(a.top, b.top)
    # A whole letter under a tail from its left neighbour overlaps it in columns as well: what
    # would become much taller than a letter with a tail is two glyphs.
    return joint <= 2.1 * letter_px and (rows <= 0.5 or columns > 0.8)


def _dotted(a: _Part, b: _Part, letter_px: float) -> bool:
    upper, lower = sorted((a, b), key=lambda part: part.top)
    return _dot_above(upper, lower, letter_px) or _dot_below(upper, lower, letter_px)


def _dot_above(dot: _Part, stem: _Part, letter_px: float) -> bool:
    """A dot over a narrow stem: i, j."""
    small = max(dot.height, dot.width) <= _DOT_SIZE * letter_px
    # An apostrophe is taller than a dot, and may stand over a letter as wide as a hooked j.
    round_dot = dot.height <= _ROUND_DOT * letter_px
    stem_width = (1.0 if round_dot else _STEM_WIDTH) * letter_px
    narrow = stem.width <= stem_width and stem.height >= 1.2 * dot.height
    above = dot.bottom <= stem.top + 0.15 * letter_px and stem.top - dot.bottom <= 0.6 * letter_px
    reach = 0.15 * letter_px
    return small and narrow and above and stem.left - reach <= dot.middle <= stem.right + reach


def _dot_below(mark: _Part, dot: _Part, letter_px: float) -> bool:
    """A dot under a mark that ends above it: `!`, `?`. A full stop stands further right."""
    # Under a narrow mark that leans, or clearly below any; else a wide mark has its dot inside,
    # or it is the full stop before a 1 with a foot, or before a 7.
    narrow = mark.width <= _STEM_WIDTH * letter_px
    clear = dot.top - mark.bottom >= _CLEARLY_BELOW * letter_px
    first = mark.left - (0.3 * letter_px if narrow or clear else -0.2 * mark.width)
    return _under(mark, dot, letter_px) and first <= dot.middle <= mark.right


def _under(mark: _Part, dot: _Part, letter_px: float) -> bool:
    """Whether something as small as a dot stands below something as tall as a letter."""
    small = max(dot.height, dot.width) <= _DOT_SIZE * letter_px
    below = mark.bottom <= dot.top and dot.top - mark.bottom <= 0.6 * letter_px
    return small and below and mark.height >= 0.7 * letter_px
