"""A part of a page at some scale, to draw on in the page's own coordinates."""

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.frames.frame import Image
from inkwatch.places import Box

Colour = tuple[int, int, int]
"""Blue, green and red, 0 to 255."""

FONT = cv2.FONT_HERSHEY_SIMPLEX
FONT_PX = 21.0
"""Height of a capital letter of the font at scale 1, in pixels."""

_MOST_ENLARGED = 4.0
_MOST_SIDE_PX = 8000


class Canvas:
    """A window of a page, scaled; lines keep their width in pixels at every scale.

    Args:
        page: `(H, W)` grey or `(H, W, 3)` BGR uint8; it is not changed.
        window: the part that is shown, in the page's pixels, inside the page.
        width_px: how wide the canvas is at the most; little is enlarged no more than fourfold.
        fade: share of the page's own contrast that is taken away, towards white.
    """

    def __init__(self, page: Image, window: Box, width_px: int, *, fade: float = 0.0) -> None:
        self.scale = min(
            width_px / window.width, _MOST_ENLARGED, _MOST_SIDE_PX / max(1, window.height)
        )
        self._window = window
        part = page[window.top : window.bottom, window.left : window.right]
        size = (
            max(1, round(window.width * self.scale)),
            max(1, round(window.height * self.scale)),
        )
        method = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR
        scaled = cv2.resize(part, size, interpolation=method)
        if scaled.ndim == 2:
            scaled = cv2.cvtColor(scaled, cv2.COLOR_GRAY2BGR)
        if fade:
            scaled = cv2.convertScaleAbs(scaled, alpha=1 - fade, beta=255 * fade)
        self.image: Image = np.asarray(scaled, np.uint8)

    def path(
        self, points: npt.ArrayLike, colour: Colour, *, width_px: int = 1, closed: bool = False
    ) -> None:
        """Draw a path through `(N, 2)` points of the page, x and y."""
        cv2.polylines(self.image, [self._pixels(points)], closed, colour, width_px, cv2.LINE_AA)

    def box(self, box: Box, colour: Colour, *, width_px: int = 1) -> None:
        """Draw a box of the page."""
        self.path(box.corners, colour, width_px=width_px, closed=True)

    def text(self, text: str, at: tuple[float, float], colour: Colour, height_px: float) -> None:
        """Write at a place of the page: the middle of the text's foot. Heights are the canvas's."""
        scale = height_px / FONT_PX
        thick = max(1, round(scale * 1.6))
        (width, _), _ = cv2.getTextSize(text, FONT, scale, thick)
        x, y = self._pixels([at])[0].tolist()
        left = min(max(x - width // 2, 0), max(0, self.image.shape[1] - width))
        cv2.putText(self.image, text, (left, y), FONT, scale, colour, thick, cv2.LINE_AA)

    def _pixels(self, points: npt.ArrayLike) -> npt.NDArray[np.int32]:
        away = np.asarray(points, np.float64) - (self._window.left, self._window.top)
        # What lies far outside must not overflow where OpenCV clips it.
        return np.asarray(np.clip(np.floor(away * self.scale), -30000, 30000), np.int32)


def whole(page: Image) -> Box:
    """All of a page."""
    return Box(0, 0, page.shape[1], page.shape[0])


def window_around(boxes: Iterable[Box], page: Image, margin_px: float) -> Box:
    """The part of a page around some boxes; all of it where there are none."""
    boxes = list(boxes)
    if not boxes:
        return whole(page)
    box, margin = Box.around(boxes), round(margin_px)
    grown = Box(
        box.left - margin, box.top - margin, box.width + 2 * margin, box.height + 2 * margin
    )
    return grown.within(page.shape[1], page.shape[0]) or whole(page)
