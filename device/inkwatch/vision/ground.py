"""The ground on which a sheet lies, where the sheet itself was not found: it holds no writing."""

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

_DARK_SHARE = 0.42
_BRIGHT_PERCENT = 90.0
_LEAST_SHARE = 0.01
_MOST_SHARE = 0.85
_EDGE_PX = 5


def dark_ground(paper: Grey) -> Grey | None:
    """Find what is much darker than the sheet, and goes on to the picture's edge.

    Shadows on a sheet seldom take more than half of its light.

    Args:
        paper: `(h, w)` uint8, the brightness of the ground without the strokes on it, small.

    Returns:
        `(h, w)` uint8, 255 on such ground and across its edge; None where there is none.
    """
    bright = float(np.percentile(paper, _BRIGHT_PERCENT))
    dark = np.where(paper < _DARK_SHARE * bright, np.uint8(255), np.uint8(0))
    if cv2.countNonZero(dark) < _LEAST_SHARE * dark.size:
        return None
    count, labels = cv2.connectedComponents(dark, connectivity=4)
    edges = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    at_edge = np.zeros(count, np.bool_)
    at_edge[edges] = True
    at_edge[0] = False
    ground = np.where(at_edge[labels], np.uint8(255), np.uint8(0))
    if not _LEAST_SHARE * dark.size <= cv2.countNonZero(ground) <= _MOST_SHARE * dark.size:
        return None
    return np.asarray(cv2.dilate(ground, np.ones((_EDGE_PX, _EDGE_PX), np.uint8)), np.uint8)
