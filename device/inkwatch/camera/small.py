"""How large the small picture of a view is, and how a picture is brought to size."""

from typing import TYPE_CHECKING

import numpy as np

from inkwatch.camera.view import SMALL_WIDTH_PX

if TYPE_CHECKING:
    from inkwatch.frames.frame import Image


def small_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Width and height in pixels of a picture's small one."""
    if width_px <= SMALL_WIDTH_PX:
        return width_px, height_px
    return SMALL_WIDTH_PX, max(1, round(height_px * SMALL_WIDTH_PX / width_px))


def small_of(image: "Image") -> "Image":
    """Make the small picture of a view, with OpenCV.

    Args:
        image: `(H, W)` grey or `(H, W, 3)` BGR.

    Returns:
        `(h, w)` grey, a picture of its own; see `small_size`.
    """
    import cv2

    size = small_size(image.shape[1], image.shape[0])
    scaled = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    if scaled.ndim == 3:
        scaled = cv2.cvtColor(scaled, cv2.COLOR_BGR2GRAY)
    return np.asarray(scaled, np.uint8)


def held_within(image: "Image", max_pixels: int) -> "Image":
    """Scale a picture down, keeping its shape, where it has more pixels than are wanted.

    Args:
        image: `(H, W)` or `(H, W, 3)`.
        max_pixels: how many there may be.

    Returns:
        The picture itself where it fits.
    """
    import cv2

    height, width = image.shape[:2]
    if height * width <= max_pixels:
        return image
    share = (max_pixels / (height * width)) ** 0.5
    size = (max(1, int(width * share)), max(1, min(int(height * share), max_pixels)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
