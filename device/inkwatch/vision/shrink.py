"""A smaller picture to look at, where only the coarse shape of things matters."""

import math

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]


def shrunk(grey: Grey, factor: float) -> Grey:
    """Scale a picture down.

    Args:
        grey: `(H, W)` uint8.
        factor: by how much, at least 1.

    Returns:
        `(h, w)` uint8, each side at least one pixel.
    """
    height, width = grey.shape
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    # Halving is many times faster than other factors; an odd last row or column goes with it.
    while grey.shape[0] >= 2 * size[1] and grey.shape[1] >= 2 * size[0]:
        grey = _halved(grey)
    if grey.shape == size[::-1]:
        return grey
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def halved(grey: Grey, factor: float) -> tuple[Grey, float]:
    """Scale a picture down by halves only: far faster than `shrunk` where little is taken away.

    Args:
        grey: `(H, W)` uint8.
        factor: by about how much, at least 1.

    Returns:
        `(h, w)` uint8, and by how much: a power of 2, from 0.7 to 1.4 times `factor`.
    """
    power = round(math.log2(factor))
    for _ in range(power):
        grey = _halved(grey)
    return grey, float(2**power)


def _halved(grey: Grey) -> Grey:
    height, width = (max(1, side // 2) for side in grey.shape)
    even = grey[: 2 * height, : 2 * width]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
