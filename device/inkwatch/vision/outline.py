"""Where lines, words and glyphs are in the picture: corners and baselines, through the homography.

A line's slope is read off its glyphs: a glyph's `place` has it in, its `top` has it taken out.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from inkwatch.places import Point, Polygon
from inkwatch.vision.page import GlyphCut, Page

Floats = npt.NDArray[np.float64]

_BEND = 0.1
"""Glyphs off the straight by no more than this share of an x-height stand on a straight line."""


class LineOutline:
    """The places of one line of a page.

    Args:
        glyphs: the line's, from left to right, at least one.
        page: the page that they were cut from.
    """

    def __init__(self, glyphs: Sequence[GlyphCut], page: Page) -> None:
        self._page = page
        self._x = np.array([glyph.place.left + glyph.place.width / 2 for glyph in glyphs])
        self._drop = np.array([glyph.place.top - glyph.top for glyph in glyphs])
        off = self._x - self._x.mean()
        spread = float((off**2).sum())
        self._slope = float((off * self._drop).sum()) / spread if spread else 0.0
        self._start = float(self._drop.mean()) - self._slope * float(self._x.mean())

    def around(self, groups: Iterable[Sequence[GlyphCut]]) -> list[Polygon]:
        """The four corners around groups of the line's glyphs, upper and lower sides along it."""
        return self._in_picture_by_four([p for group in groups for p in self._corners(group)])

    def glyphs(self, glyphs: Sequence[GlyphCut]) -> list[Polygon]:
        """The four corners of each glyph's own box."""
        return self._in_picture_by_four([p for glyph in glyphs for p in glyph.place.corners])

    def baseline(
        self, glyphs: Sequence[GlyphCut], baseline_y: float, x_height_px: float
    ) -> tuple[Point, ...]:
        """The baseline from the line's left end to its right.

        Args:
            glyphs: all glyphs of the line.
            baseline_y: where it is with the line's slope taken out, in pixels of the page.
            x_height_px: how tall an `x` is, in pixels of the page.

        Returns:
            Its two ends; and, where the line is bent, a point under each glyph between.
        """
        left = min(glyph.place.left for glyph in glyphs)
        right = max(glyph.place.right for glyph in glyphs)
        ends = [(x, baseline_y + self._level(x)) for x in (left, right)]
        off = self._drop - self._slope * self._x - self._start
        if np.abs(off).max() <= _BEND * x_height_px:
            return self._in_picture(ends)
        order = np.argsort(self._x, kind="stable")
        x, y = self._x[order], baseline_y + self._drop[order]
        inner = list(zip(x.tolist(), y.tolist(), strict=True))
        return self._in_picture([(left, float(y[0])), *inner, (right, float(y[-1]))])

    def height_in_picture(
        self, glyphs: Sequence[GlyphCut], baseline_y: float, height_px: float
    ) -> float:
        """How far a height over the line's middle is from its baseline, in the picture's pixels."""
        left = min(glyph.place.left for glyph in glyphs)
        right = max(glyph.place.right for glyph in glyphs)
        x = (left + right) / 2
        foot = baseline_y + self._level(x)
        points = np.array([(x, foot), (x + 1, foot + self._slope), (x, foot - height_px)])
        low, onward, high = self._page.straightened.points_in_picture(points)
        # Across the baseline: the page may have been sheared to set a leaning hand upright.
        along, up = onward - low, high - low
        return float(abs(along[0] * up[1] - along[1] * up[0]) / np.hypot(*along))

    def _corners(self, glyphs: Sequence[GlyphCut]) -> list[Point]:
        places = [glyph.place for glyph in glyphs]
        left, right = min(p.left for p in places), max(p.right for p in places)
        # Along a straight line it is at one and the same end that all glyphs are furthest down.
        upper, lower = (1, 0) if self._slope > 0 else (0, 1)
        ends = [(self._level(p.left), self._level(p.right)) for p in places]
        top = min(p.top - end[upper] for p, end in zip(places, ends, strict=True))
        bottom = max(p.bottom - end[lower] for p, end in zip(places, ends, strict=True))
        at_left, at_right = self._level(left), self._level(right)
        return [
            (left, top + at_left),
            (right, top + at_right),
            (right, bottom + at_right),
            (left, bottom + at_left),
        ]

    def _in_picture_by_four(self, points: Sequence[Point]) -> list[Polygon]:
        # All at once: a page has hundreds of glyphs, and each call has its cost.
        mapped = self._in_picture(points)
        return [mapped[start : start + 4] for start in range(0, len(mapped), 4)]

    def _level(self, x: float) -> float:
        """How far down the line has come at column `x`."""
        return self._start + self._slope * x

    def _in_picture(self, points: Sequence[Point]) -> tuple[Point, ...]:
        return in_picture(points, self._page)


def in_picture(points: Sequence[Point], page: Page) -> tuple[Point, ...]:
    """Take points of a page to the picture that it was found in."""
    mapped = page.straightened.points_in_picture(np.array(points, np.float64))
    # A line's corners may reach a little out of a sheet that is cut off by the picture's edge.
    inside = np.clip(mapped, 0.0, (page.width, page.height))
    return tuple((float(x), float(y)) for x, y in inside.tolist())
