"""Ink from paper, whatever the light: background division, then a local threshold."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.ground import dark_ground
from inkwatch.vision.shrink import shrunk
from inkwatch.vision.stroke import stroke_width

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

_BACKGROUND_SIDE_PX = 240
"""The background is estimated on a picture of about this shorter side: light varies slowly."""

_BACKGROUND_WINDOWS = 7
_LEAST_BACKGROUND_PX = 15
_BLUR_PX = 9
_PAPER = 250
_DARK = 12
_SAUVOLA_K = 0.15
_SAUVOLA_RANGE = 128.0
_DEPTH = 1.2
_WINDOW_STROKES = 7.0
_STEP, _WIDE_WINDOW, _LARGE_PX = 2, 21, 1_000_000
_BAND_PX = 128
"""Rows at a time: means and spreads take twenty times a page's own memory."""

_BLANK_LEVEL = 235
_FAINT_LEVEL = 170
_FAINT_SHARE = 0.5
_SPARSE = 0.25


def to_grey(image: npt.NDArray[np.uint8]) -> Grey:
    """Turn `(H, W)` grey or `(H, W, 3)` BGR uint8 into `(H, W)` grey."""
    if image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def flatten_light(grey: Grey) -> Grey:
    """Divide by the paper's own brightness, so that paper is near 255 in light and shadow alike.

    The paper is what a morphological closing leaves when its window is wider than any stroke.
    Much darker ground around a sheet counts as blank paper.

    Args:
        grey: `(H, W)` uint8, dark ink on light paper.

    Returns:
        `(H, W)` uint8.
    """
    height, width = grey.shape
    shrink = max(1.0, min(height, width) / _BACKGROUND_SIDE_PX)
    small = shrunk(grey, shrink)
    # Closing lifts whatever is narrower than the window: the strokes even of one large letter.
    window = max(_LEAST_BACKGROUND_PX, round(min(small.shape) / _BACKGROUND_WINDOWS)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window))
    closed = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc), np.uint8)
    # So wide a blur needs no more pixels than a few to its width.
    coarse = max(1, window // _BLUR_PX)
    smooth = cv2.GaussianBlur(shrunk(closed, coarse), (0, 0), window / 3 / coarse)
    light = np.maximum(np.asarray(smooth, np.uint8), 1)
    paper = cv2.resize(light, (width, height), interpolation=cv2.INTER_LINEAR)
    flat = np.asarray(cv2.divide(grey, paper, scale=_PAPER), np.uint8)
    if light.min() < _DARK:
        # With hardly any light there is nothing to tell apart but the camera's noise.
        flat[paper < _DARK] = _PAPER
    ground = dark_ground(closed)
    if ground is not None:
        flat[cv2.resize(ground, (width, height), interpolation=cv2.INTER_NEAREST) > 0] = _PAPER
    return flat


@dataclass(frozen=True, slots=True)
class Strokes:
    """A page's strokes, roughly: all 0 where there are none.

    `width_px` is their width, `level` their usual grey level, `share` that of the page which they
    take.
    """

    width_px: float
    level: float
    share: float

    @property
    def ink_level(self) -> float:
        """The usual grey level of strokes, paper's where there are none."""
        return self.level or float(_PAPER)


NO_STROKES = Strokes(0.0, 0.0, 0.0)


def find_ink(flat: Grey, strokes: Strokes | None = None) -> Grey:
    """Threshold by local mean and spread.

    Two thresholds, of which the lower holds. Sauvola and Pietikäinen's (2000,
    doi:10.1016/S0031-3203(99)00055-2) keeps blank paper blank. Where there is writing, halfway
    between ink and paper keeps near strokes apart: with ink on a tenth of the window, as writing
    has it, that lies 1.1 to 1.4 standard deviations below the mean (the form is Niblack's).

    Args:
        flat: `(H, W)` uint8 from `flatten_light`.
        strokes: its strokes, where they are known.

    Returns:
        `(H, W)` uint8: 255 where there is ink, else 0.
    """
    smooth = np.asarray(cv2.GaussianBlur(flat, (0, 0), 0.8), np.uint8)
    strokes = strokes or usual_strokes(flat)
    window = max(15, round(min(flat.shape) / 24), round(_WINDOW_STROKES * strokes.width_px)) | 1
    # Both vary slowly over a window: every other row and column tells as much.
    step = _STEP if window >= _WIDE_WINDOW and flat.size >= _LARGE_PX else 1
    level = _levels(smooth[::step, ::step], max(3, window // step) | 1, strokes)
    if step > 1:
        size = (smooth.shape[1], smooth.shape[0])
        level = np.asarray(cv2.resize(level, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.compare(smooth, level, cv2.CMP_LT), np.uint8)


def _levels(grey: Grey, window: int, strokes: Strokes) -> Grey:
    """The level below which there is ink, `(H, W)` uint8, paper lying all around.

    Were the edges repeated instead, ink that is cut off there would outweigh the paper.
    """
    pad = window // 2
    border = cv2.copyMakeBorder(grey, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=_PAPER)
    framed = np.asarray(border, np.uint8)
    levels = np.empty(grey.shape, np.uint8)
    # Of a band narrower than the window more would be worked out twice than once.
    rows = max(_BAND_PX, window)
    for top in range(0, len(grey), rows):
        band = framed[top : top + rows + 2 * pad]
        levels[top : top + rows] = _threshold(*_mean_and_spread(band, window), strokes)
    return levels


def _mean_and_spread(framed: Grey, window: int) -> tuple[Floats, Floats]:
    """Mean and standard deviation around each pixel, float32; half a window goes at each edge."""
    pad = window // 2
    inside = np.s_[pad : framed.shape[0] - pad, pad : framed.shape[1] - pad]
    mean = np.asarray(cv2.boxFilter(framed, cv2.CV_32F, (window, window))[inside], np.float32)
    square = cv2.sqrBoxFilter(framed, cv2.CV_32F, (window, window))[inside]
    spread = np.asarray(square, np.float32)
    spread -= mean * mean
    np.maximum(spread, 0.0, out=spread)
    return mean, np.sqrt(spread, out=spread)


def _threshold(mean: Floats, spread: Floats, strokes: Strokes) -> Grey:
    """The level below which there is ink; works in place, and leaves nothing of `spread`."""
    threshold = spread * (_SAUVOLA_K / _SAUVOLA_RANGE)
    threshold += 1.0 - _SAUVOLA_K
    threshold *= mean
    core = strokes.level
    if core > _FAINT_LEVEL and strokes.share < _SPARSE:
        # Pencil that hardly shows: what counts as blank must not lie below it. Noise is not sparse.
        np.maximum(threshold, mean - _FAINT_SHARE * (_PAPER - core), out=threshold)
    spread *= -_DEPTH
    spread += mean
    # Where ink fills half the window, that depth lies below the ink itself.
    np.maximum(spread, core, out=spread)
    np.minimum(threshold, spread, out=threshold)
    np.ceil(threshold, out=threshold)
    return np.clip(threshold, 0, 255, out=threshold).astype(np.uint8)


def usual_strokes(flat: Grey) -> Strokes:
    """Measure a page's strokes.

    Args:
        flat: `(H, W)` uint8 from `flatten_light`.
    """
    # The width is for the window of the threshold: one that fits within a stroke would hollow it.
    shrink = max(1.0, float(min(flat.shape)) / (2 * _BACKGROUND_SIDE_PX))
    small = shrunk(flat, shrink)
    level, ink = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    if float(level) >= _BLANK_LEVEL or ink.all():
        return NO_STROKES  # nothing but noise: there are no strokes to measure
    dark = np.asarray(ink, np.uint8)
    stroke_px = min(stroke_width(dark) * shrink, float(min(flat.shape)))
    share = cv2.countNonZero(dark) / dark.size
    return Strokes(stroke_px, float(cv2.mean(small, ink)[0]), share)
