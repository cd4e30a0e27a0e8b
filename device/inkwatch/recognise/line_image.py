"""A line of writing in the one form that line models know: straight, upright, of one x-height.

Some hands take three times the room of others for a letter. Strokes come about as often as letters
in any hand: lines are stretched until their strokes stand about equally close.

Training, conversion and the device call the same function; `LINE_VERSION` stands in the card, and
the device refuses a model that was trained on another form.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.line_slant import line_slant, set_upright
from inkwatch.vision.baselines import Curve

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

LINE_VERSION = 2
LINE_HEIGHT = 48
X_HEIGHT = 14
BASELINE_ROW = 32
"""Rows above leave room for 2.3 x-heights, rows below for 1.1: what reaches further is cut off."""

_EDGE_PX = 8
"""Paper before the first and after the last ink, in the line image's pixels."""

_USUAL_STROKES = 0.085
"""Strokes that cross a row, for each column."""

_FEW_STROKES = 3.0
"""So many usual strokes are added to what a line has: a letter or two tell little."""

_STROKE_LEVEL = 128
_LEAST_STRETCH, _MOST_STRETCH = 0.5, 1.8
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
    showed what stands at x = `left` + c / `scale` before; wide hands are narrowed, so that `scale`
    is not that of the rows.
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
    exact = width / cut.shape[1]
    pixels, offset, stretch = settled(_levelled(straight))
    return LineImage(pixels, first + offset / exact, exact * stretch)


def settled(line: Grey) -> tuple[Grey, float, float]:
    """Set a line upright, at the usual pace, with some paper before and after it.

    Args:
        line: `(LINE_HEIGHT, W)` uint8, ink bright, the baseline in row `BASELINE_ROW`.

    Returns:
        The line; which column its first one was, where it crosses the letters' middle; and how
        many of its columns were one.
    """
    upright, grown = set_upright(line, line_slant(line), BASELINE_ROW - X_HEIGHT / 2)
    inked = np.flatnonzero(upright.any(axis=0))
    first, last = (int(inked[0]), int(inked[-1]) + 1) if inked.size else (grown, grown + 1)
    edged = cv2.copyMakeBorder(
        upright[:, first:last], 0, 0, _EDGE_PX, _EDGE_PX, cv2.BORDER_CONSTANT, value=0
    )
    even = _evened(np.asarray(edged, np.uint8))
    return even, first - grown - _EDGE_PX, even.shape[1] / edged.shape[1]


def _evened(line: Grey) -> Grey:
    """Stretch a line along itself so that its strokes stand about as close as in any other.

    Args:
        line: `(LINE_HEIGHT, W)` uint8, ink bright, the baseline in row `BASELINE_ROW`.
    """
    width = line.shape[1]
    inked = np.flatnonzero((line >= _STROKE_LEVEL).any(axis=0))
    if not inked.size:
        return line
    body = line[BASELINE_ROW - X_HEIGHT + 2 : BASELINE_ROW] >= _STROKE_LEVEL
    strokes = int((body[:, 1:] & ~body[:, :-1]).sum(axis=1).max())
    # Wide gaps between words say nothing of the letters.
    columns = 1 + int(np.minimum(np.diff(inked), X_HEIGHT).sum())
    usual = (strokes + _FEW_STROKES) / (columns * _USUAL_STROKES + _FEW_STROKES)
    stretch = float(np.clip(usual, _LEAST_STRETCH, _MOST_STRETCH))
    size = (max(1, min(_MOST_WIDTH, round(width * stretch))), LINE_HEIGHT)
    method = cv2.INTER_AREA if stretch < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(line, size, interpolation=method), np.uint8)


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
