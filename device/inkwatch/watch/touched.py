"""Where in the picture a view changed, and which part of a view is watched at all."""

from inkwatch.frames.frame import Image
from inkwatch.places import Box, Region, Shares
from inkwatch.watch.changes import Touched
from inkwatch.watch.glance import BLOCK_PX, Blocks

_LEAST_PX = 2 * BLOCK_PX


def watched_box(region: Region | None, width: int, height: int) -> Box:
    """The part of a picture that is watched, in its pixels.

    Args:
        region: what is read of it; None is all.
        width: the picture's.
        height: the picture's.

    Returns:
        All of the picture where the region lies outside: reading it will tell.
    """
    whole = Box(0, 0, width, height)
    if region is None:
        return whole
    wanted = region.of(width, height) if isinstance(region, Shares) else region
    return wanted.within(width, height) or whole


def watched_part(small: Image, watched: Box, width: int, height: int) -> Image:
    """Cut what is watched out of the small picture.

    Args:
        small: `(h, w)` uint8, all of the view.
        watched: what is watched of the picture.
        width: the picture's.
        height: the picture's.

    Returns:
        `(h, w)` uint8, at least some blocks tall and wide where the view is.
    """
    rows, columns = small.shape[:2]
    top = min(watched.top * rows // height, max(rows - _LEAST_PX, 0))
    left = min(watched.left * columns // width, max(columns - _LEAST_PX, 0))
    bottom = max(-(-watched.bottom * rows // height), top + _LEAST_PX)
    right = max(-(-watched.right * columns // width), left + _LEAST_PX)
    return small[top:bottom, left:right]


def touched_in(changed: Blocks, watched: Box) -> Touched:
    """Make the test whether a view changed at a place.

    Args:
        changed: for each block of the part that is watched, whether it changed.
        watched: that part, in the picture's pixels.
    """
    rows, columns = changed.shape

    def touched(place: Box) -> bool:
        top = (place.top - watched.top) * rows // watched.height
        left = (place.left - watched.left) * columns // watched.width
        bottom = -(-(place.bottom - watched.top) * rows // watched.height)
        right = -(-(place.right - watched.left) * columns // watched.width)
        part = changed[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
        return bool(part.any())

    return touched
