"""A picture as JPEG, to be sent beside an event."""

import cv2
import numpy as np

from inkwatch.frames.frame import Image

_WIDEST_PX = 1600
_QUALITY = 80


def jpeg_of(image: Image) -> bytes:
    """A picture as JPEG; wider than 1600 pixels it is scaled down.

    Args:
        image: `(H, W)` grey or `(H, W, 3)` BGR uint8.
    """
    height, width = image.shape[:2]
    if width > _WIDEST_PX:
        size = (_WIDEST_PX, max(round(height * _WIDEST_PX / width), 1))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ValueError("OpenCV writes no JPEG")
    return bytes(data)
