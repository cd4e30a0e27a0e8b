"""What a camera gives that is no picture: noticed from a few thousand pixels of each.

A sensor has noise. So many pixels with one value to the last bit were not seen by one, however
dark or bright the view: the driver gave an empty buffer, or filled up what a cable lost.
"""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from inkwatch.frames.frame import Image

_ROWS = 64
_COLUMN_STEP = 8
_TORN_ROWS = _ROWS // 8
_SEAM_LEVELS = 8
_SEAM_SHARE = 0.8


def rubbish_in(image: "Image") -> str:
    """Say what is wrong with a live camera's picture.

    Args:
        image: `(H, W)` grey or `(H, W, 3)` BGR.

    Returns:
        What it is, to follow "the pictures are "; '' where it may be a picture.
    """
    grey = image if image.ndim == 2 else image[:, :, 1]
    height = grey.shape[0]
    rows = np.unique(np.linspace(0, height - 1, min(_ROWS, height)).astype(np.intp))
    sample = grey[rows][:, ::_COLUMN_STEP]
    low, high = int(sample.min()), int(sample.max())
    if low == high:
        return "black" if low == 0 else f"one even grey ({low} of 255)"
    return "torn: one part is filled evenly" if _is_torn(sample) or _is_torn(sample[::-1]) else ""


def _is_torn(sample: "Image") -> bool:
    """Whether the last rows hold one value throughout, and end sharply at what is above."""
    filling = int(sample[-1, 0])
    same = (sample == filling).all(axis=1)
    first = len(same) - int(np.argmin(same[::-1]))
    if len(same) - first < _TORN_ROWS:
        return False
    # Also a black desk may clip to nothing; only at a seam does all of the row change at once.
    jump = np.abs(sample[first - 1].astype(np.int16) - filling)
    return float(np.mean(jump > _SEAM_LEVELS)) >= _SEAM_SHARE


class Patience:
    """Counts rubbish: single bad pictures are left out, lasting ones are a fault."""

    def __init__(self, lasts_s: float = 2.0, pictures: int = 3) -> None:
        self._lasts_s = lasts_s
        self._pictures = pictures
        self._since_s = 0.0
        self._bad = 0

    def good(self) -> None:
        """Note a good picture."""
        self._bad = 0

    def bad(self, now_s: float) -> bool:
        """Note a bad picture; tell whether it lasts."""
        if not self._bad:
            self._since_s = now_s
        self._bad += 1
        return self._bad >= self._pictures and now_s - self._since_s >= self._lasts_s
