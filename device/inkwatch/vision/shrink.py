"""A smaller picture to look at, where only the coarse shape of things matters."""

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
        half = (grey.shape[1] // 2, grey.shape[0] // 2)
        even = grey[: 2 * half[1], : 2 * half[0]]
        grey = np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), np.uint8)
    if grey.shape == size[::-1]:
        return grey
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
