"""Thin dark lines that run along a page's rows or columns, followed from strip to strip.

A page is looked at in strips 16 pixels wide. What is dark across a whole strip, and thin, may be
part of a printed line; writing seldom is. Parts that follow on one another make a line, which may
be tilted or bent, since each strip has its own height.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.connected import Labels, connected_pieces

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

STRIP_PX = 16
PAPER = 250
"""The grey level of paper under even light (`flatten_light`)."""

LEAST_DARK = 9
"""How much darker than paper the faintest line is, in grey levels."""

_CELL_PX = 4
_MOST_THICK_PX = 12
_CREST_PX = 7
_LEAST_STRIPS = 2
_COVERED = 0.75
_MOST_LINES = 250
_AWAY_PX = 4
_MUCH_LIGHTER = 0.7


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


class Ridges:
    """What is thin and dark in the strips, linked where it goes on at nearly the same height."""

    def __init__(self, flat: Grey, *, along_rows: bool) -> None:
        """Look at a page, `(H, W)` uint8 from `flatten_light`, at least one strip wide and high."""
        self._thin = thin = _strips(flat, along_rows=along_rows)
        # Of what is dark only the crests count: what hangs on to a line does not widen it.
        crest = cv2.dilate(thin, np.ones((_CREST_PX, 1), np.uint8))
        ridge = (thin == crest) & (thin >= LEAST_DARK)
        # The next strip may lie a pixel or two higher or lower; a worn spot may be missing.
        linked = cv2.dilate(ridge.astype(np.uint8), np.ones((3, 1), np.uint8))
        linked = cv2.morphologyEx(linked, cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8))
        labels, self._stats = connected_pieces(np.asarray(linked, np.uint8))
        self._labels = labels * ridge
        self._known: dict[int, list[Rule]] = {}

    def lines(self, least_strips: int) -> list[Rule]:
        """Everything that goes on for so many strips, the longest first."""
        if least_strips not in self._known:
            self._known[least_strips] = self._followed(least_strips)
        return self._known[least_strips]

    def _followed(self, least_strips: int) -> list[Rule]:
        strips = self._stats[1:, cv2.CC_STAT_WIDTH]
        numbers = np.flatnonzero(strips >= least_strips) + 1
        numbers = numbers[np.argsort(-self._stats[numbers, cv2.CC_STAT_WIDTH], kind="stable")]
        found = (
            _line(self._thin, self._labels, number, self._stats[number].tolist())
            for number in numbers[:_MOST_LINES].tolist()
        )
        return [line for line in found if line is not None]


def _strips(flat: Grey, *, along_rows: bool) -> Grey:
    """`(rows, strips)` uint8: how dark the lightest quarter of each strip is, thin things only."""
    height, width = flat.shape
    count = (width if along_rows else height) // STRIP_PX
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


def _line(thin: Grey, labels: Labels, number: int, stats: list[int]) -> Rule | None:
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
    away = (offsets * weight).sum(axis=0) / np.maximum(weight.sum(axis=0), 1.0)
    middle = np.asarray(rows + away, np.float64)
    start, stop = left * STRIP_PX, (left + width) * STRIP_PX
    centres = np.asarray((left + seen) * STRIP_PX + (STRIP_PX - 1) / 2, np.float64)
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


def is_dark_along(rule: Rule, page: Grey, share: float) -> bool:
    """Whether a line is darker than paper in so large a share of its columns.

    Args:
        rule: a line of the page.
        page: `(H, W)` uint8, rows for columns where the line runs along the columns.
        share: from 0 to 1.
    """
    darkest = _beside(rule, page, (-1, 0, 1)).min(axis=0)
    return float((darkest < PAPER - LEAST_DARK).mean()) >= share


def is_between_paper(rule: Rule, page: Grey, share: float) -> bool:
    """Whether it is lighter on both sides of a line: the barrel of a pen has bright edges too."""
    away = round(rule.thick_px / 2) + _AWAY_PX
    one, line, other = _beside(rule, page, (-away, 0, away)).astype(np.int16)
    clear = np.minimum(one, other) - line > _MUCH_LIGHTER * (PAPER - line)
    return float(clear.mean()) >= share


def _beside(rule: Rule, page: Grey, offsets: tuple[int, ...]) -> Grey:
    """The page along a line, so many rows below its middle: `(offsets, columns)` uint8."""
    rows = np.rint(rule.middle).astype(int) + np.array(offsets)[:, None]
    rows = np.clip(rows, 0, page.shape[0] - 1)
    columns = np.clip(np.arange(rule.start, rule.stop), 0, page.shape[1] - 1)
    return np.asarray(page[rows, columns], np.uint8)
