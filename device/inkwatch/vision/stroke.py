"""How wide the strokes of some writing are."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def edge_distance(ink: Grey) -> Floats:
    """How far each pixel of ink is from paper, `(H, W)` float32 in pixels; 0 on paper."""
    return np.asarray(cv2.distanceTransform(ink, cv2.DIST_L2, 3), np.float32)


def stroke_width(distance: Floats, ink: Grey) -> float:
    """Mean stroke width in pixels, at least 1.

    Across a stroke of width w, the mean distance to its edge is w / 4; pixels being counted from
    their far side, it is a quarter of a pixel more.

    Args:
        distance: from `edge_distance`.
        ink: `(H, W)` uint8, 255 where to measure.
    """
    return max(1.0, 4.0 * float(cv2.mean(distance, ink)[0]) - 1.0)
