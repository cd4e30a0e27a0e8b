"""A line of writing in the one form that line models know: straight, of one x-height, ink bright.

Training, conversion and the device call the same function; `LINE_VERSION` stands in the card, and
the device refuses a model that was trained on another form.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.baselines import Curve

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

LINE_VERSION = 1
LINE_HEIGHT = 48
X_HEIGHT = 14
BASELINE_ROW = 32
"""Rows above leave room for 2.3 x-heights, rows below for 1.1: what reaches further is cut off."""

_EDGE_PX = 8
"""Paper before the first and after the last ink, in the line image's pixels."""

_LEAST_SCALE, _MOST_SCALE = 0.02, 8.0
_FAINTEST = 0.35
_LEVEL_PERCENTILE = 75.0
_MOST_WIDTH = 16384
_MOST_HEIGHT = 32000
"""OpenCV moves no pixels of what is taller."""


@dataclass(frozen=True, slots=True, eq=False)
class LineImage:
    """One line, ready for a model, and the way back to where it stood.

    `pixels` is `(LINE_HEIGHT, W)` uint8, 0 on paper and up to 255 on ink, W at least 1; its
    baseline lies in row `BASELINE_ROW`, and letters' bodies are `X_HEIGHT` pixels tall. Column c
    showed what stands at x = `left` + c / `scale` before.
    """

    pixels: Grey
    left: float
    scale: float

    def x_at(self, column: float) -> float:
        """Where a column of the image stood, in pixels of what it was made of."""
        return self.left + column / self.scale


def line_image(ink: Grey, baseline: Curve, x_height_px: float) -> LineImage:
    """Bring a line to the models' form.

    The size follows the x-height, not the height of what is written: long flourishes must not
    shrink the writing. Columns are shifted so that the baseline is straight; the ink is made as
    strong as a good pen's, whatever wrote it.

    Args:
        ink: `(H, W)` uint8, ink bright on 0, of this line alone.
        baseline: where its letters stand, in the pixels of `ink`.
        x_height_px: height of their bodies in these pixels, more than 0.

    Returns:
        The line; a line without ink gives blank columns.
    """
    scale = float(np.clip(X_HEIGHT / x_height_px, _LEAST_SCALE, _MOST_SCALE))
    inked = np.flatnonzero(ink.any(axis=0))
    first, last = (int(inked[0]), int(inked[-1]) + 1) if inked.size else (0, 1)
    room = (_MOST_WIDTH - 2 * _EDGE_PX) / (last - first), _MOST_HEIGHT / ink.shape[0]
    scale = min(scale, *room)
    cut = ink[:, first:last]
    width = max(1, round(cut.shape[1] * scale))
    height = max(1, round(cut.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(cut, (width, height), interpolation=method)
    # The middle of small pixel k lies at (k + 0.5) / scale - 0.5 of the large ones.
    columns = (np.arange(width) + 0.5) * (cut.shape[1] / width) - 0.5 + first
    base = (baseline.at(columns) + 0.5) * (height / cut.shape[0]) - 0.5
    rows = np.arange(LINE_HEIGHT, dtype=np.float32)[:, None] - np.float32(BASELINE_ROW)
    map_y = rows + base.astype(np.float32)[None, :]
    map_x = np.broadcast_to(np.arange(width, dtype=np.float32)[None, :], map_y.shape)
    straight = _remapped(np.asarray(small, np.uint8), np.ascontiguousarray(map_x), map_y)
    edged = cv2.copyMakeBorder(
        _levelled(straight), 0, 0, _EDGE_PX, _EDGE_PX, cv2.BORDER_CONSTANT, value=0
    )
    exact = width / cut.shape[1]
    return LineImage(np.asarray(edged, np.uint8), first - _EDGE_PX / exact, exact)


def _remapped(image: Grey, map_x: npt.NDArray[np.float32], map_y: npt.NDArray[np.float32]) -> Grey:
    straight = cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(straight, np.uint8)


def _levelled(image: Grey) -> Grey:
    """Stretch the ink so that most of it is near 255."""
    darkest = int(image.max())
    if darkest == 0:
        return image
    strong = image[image >= _FAINTEST * darkest]
    level = float(np.percentile(strong, _LEVEL_PERCENTILE))
    return np.asarray(cv2.convertScaleAbs(image, alpha=255.0 / level), np.uint8)
