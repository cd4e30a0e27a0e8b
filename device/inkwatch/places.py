"""Where something is in a picture: boxes, quadrilaterals, and the part of a picture to be read.

Pixels of the picture that was given, origin at its top left, x to the right, y down. A point lies
between the pixels' edges: the first pixel reaches from 0 to 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass

Point = tuple[float, float]
"""x and y in pixels."""

Polygon = tuple[Point, ...]
"""Corners in order, the last joined to the first; for writing from its own top left clockwise."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle: `left <= x < right`, `top <= y < bottom`, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a box needs an area, got {self.width} x {self.height}")

    @property
    def right(self) -> int:
        """First column right of the box."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """First row below the box."""
        return self.top + self.height

    @property
    def corners(self) -> Polygon:
        """The four corners, from the top left clockwise."""
        left, top, right, bottom = map(float, (self.left, self.top, self.right, self.bottom))
        return ((left, top), (right, top), (right, bottom), (left, bottom))

    @staticmethod
    def around(boxes: Iterable["Box"]) -> "Box":
        """The smallest box that holds all of `boxes`, of which there must be at least one."""
        boxes = tuple(boxes)
        left = min(box.left for box in boxes)
        top = min(box.top for box in boxes)
        right = max(box.right for box in boxes)
        bottom = max(box.bottom for box in boxes)
        return Box(left, top, right - left, bottom - top)

    def within(self, width: int, height: int) -> "Box | None":
        """What of the box lies in a picture of that size; None where nothing does."""
        left, top = max(0, self.left), max(0, self.top)
        right, bottom = min(width, self.right), min(height, self.bottom)
        if left >= right or top >= bottom:
            return None
        return Box(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True)
class Shares:
    """A part of a picture of any size: `left`, `top`, `width` and `height` as shares from 0 to 1.

    Raises:
        ValueError: it reaches out of the picture, or has no area.
    """

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        for start, size in ((self.left, self.width), (self.top, self.height)):
            # A hair more than the whole comes of sums such as 0.7 + 0.3.
            if not (0 <= start < 1 and size > 0 and start + size <= 1 + 1e-9):
                raise ValueError("shares of a picture lie between 0 and 1")

    def of(self, width: int, height: int) -> Box:
        """The part in pixels of a picture of `width` and `height`, at least one pixel large."""
        left, top = (
            min(width - 1, round(self.left * width)),
            min(height - 1, round(self.top * height)),
        )
        right = min(width, round((self.left + self.width) * width))
        bottom = min(height, round((self.top + self.height) * height))
        return Box(left, top, max(1, right - left), max(1, bottom - top))


Region = Box | Shares
"""A part of a picture, in pixels or as shares."""
