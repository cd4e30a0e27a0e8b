"""How well characters were parted: boxes that were found against true boxes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.reading import Box

LEAST_OVERLAP = 0.5
"""Intersection over union from which two boxes are the same character's."""


@dataclass(frozen=True)
class BoxCounts:
    """True boxes, boxes found, and pairs of both that belong together."""

    true: int = 0
    found: int = 0
    matched: int = 0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 0.0 where there are no boxes."""
        return 2 * self.matched / max(1, self.true + self.found)

    def __add__(self, other: "BoxCounts") -> "BoxCounts":
        return BoxCounts(
            self.true + other.true, self.found + other.found, self.matched + other.matched
        )


def match_boxes(true: Sequence[Box], found: Sequence[Box]) -> BoxCounts:
    """Pair boxes one to one, those that overlap most first."""
    overlap = overlaps(true, found)
    matched = 0
    while overlap.size and overlap.max() >= LEAST_OVERLAP:
        row, column = np.unravel_index(int(overlap.argmax()), overlap.shape)
        overlap[row, :] = 0.0
        overlap[:, column] = 0.0
        matched += 1
    return BoxCounts(len(true), len(found), matched)


def overlaps(first: Sequence[Box], second: Sequence[Box]) -> npt.NDArray[np.float64]:
    """Intersection over union of each pair, `(len(first), len(second))`."""
    a, b = _edges(first)[:, None], _edges(second)[None]
    low, high = np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:])
    shared = np.clip(high - low, 0.0, None).prod(axis=-1)
    areas = [(each[..., 2:] - each[..., :2]).prod(axis=-1) for each in (a, b)]
    return np.asarray(shared / np.maximum(areas[0] + areas[1] - shared, 1e-9), np.float64)


def _edges(boxes: Sequence[Box]) -> npt.NDArray[np.float64]:
    rows = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    return np.array(rows, np.float64).reshape(-1, 4)
