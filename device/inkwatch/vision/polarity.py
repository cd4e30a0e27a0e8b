"""Dark boards with light writing: told from paper, and turned into dark ink on light."""

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.shrink import shrunk

Grey = npt.NDArray[np.uint8]

_LOOK_PX = 400
_GROUND_PX = 31
_CLEARLY = 1.5
_DARK_GROUND = 128.0
_OUTER_PERCENT = 1.0
_RIM_PERCENT = 75.0


def with_dark_ink(grey: Grey) -> Grey:
    """Give the picture with dark ink, inverted where light strokes stand on a dark ground.

    Writing is sparse: the median nearby is its ground, and the strokes are what stands out from
    that most, to the bright side or to the dark.

    Args:
        grey: `(H, W)` uint8.

    Returns:
        `(H, W)` uint8; `grey` itself where its ink is dark.
    """
    small = shrunk(grey, max(1.0, max(grey.shape) / _LOOK_PX))
    rim = np.concatenate([small[0], small[-1], small[:, 0], small[:, -1]])
    # A bold letter may fill most of its picture, but hardly its rim as well.
    if max(np.median(small), np.percentile(rim, _RIM_PERCENT)) >= _DARK_GROUND:
        return grey
    away = small.astype(np.int16) - cv2.medianBlur(small, _GROUND_PX)
    low, high = np.percentile(away, [_OUTER_PERCENT, 100.0 - _OUTER_PERCENT])
    return np.asarray(255 - grey, np.uint8) if high > _CLEARLY * -low else grey
