"""Which of the candidates fit their height: o or O, s or S, comma or apostrophe.

A crop forgets how large its glyph was. Here the line remembers: its baseline and x-height are
found as those under which the classifier's guesses and the glyphs' heights agree best, and each
guess is then weighed by how well it fits them. A line in capitals needs no special case: its
letters that can only be capitals pull the x-height below them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.language.shapes import SPREAD, shape_of

Floats = npt.NDArray[np.float64]

_X_SHARES = np.geomspace(0.42, 1.15, 16)
_SHIFTS = np.linspace(-0.3, 0.3, 9)
_OUTLIER = 0.02
_CANDIDATES = 10
_SHIFT_SPREAD = 0.12
_PAGE_SPREAD = 0.18


@dataclass(frozen=True, slots=True, eq=False)
class GlyphHeights:
    """Tops and bottoms of a line's N glyphs, `(N,)` float64 pixels, y down, slope taken out."""

    top: Floats
    bottom: Floats


@dataclass(frozen=True, slots=True)
class LineMetrics:
    """A line's baseline (y in the pixels of `GlyphHeights`) and x-height in pixels."""

    baseline_y: float
    x_height_px: float


def fit_metrics(
    probabilities: Floats,
    labels: Sequence[str],
    heights: GlyphHeights,
    expected_x_px: float | None = None,
) -> LineMetrics:
    """Find the baseline and x-height under which glyphs and guesses agree best.

    Args:
        probabilities: `(N, L)` float64, the classifier's, N at least 1.
        labels: the L characters.
        heights: the N glyphs' heights.
        expected_x_px: the x-height of the page's other lines, where known.
    """
    tall = heights.bottom - heights.top
    letter_px = float(np.median(tall[tall >= 0.5 * tall.max()]))
    feet = heights.bottom[tall >= 0.5 * letter_px]
    start = float(np.median(feet))
    best = np.argsort(-probabilities, axis=1)[:, :_CANDIDATES]
    weight = np.take_along_axis(probabilities, best, axis=1)
    shape_top, shape_bottom = _shape_arrays(labels)

    x_px = (letter_px * _X_SHARES)[:, None, None, None]
    baseline = (start + letter_px * _SHIFTS)[None, :, None, None]
    top = (baseline - heights.top[None, None, :, None]) / x_px
    bottom = (baseline - heights.bottom[None, None, :, None]) / x_px
    fit = _likelihood(top, bottom, shape_top[best], shape_bottom[best])
    score = np.log((fit * weight).sum(axis=3) + 1e-12).sum(axis=2)
    score -= 0.5 * (_SHIFTS / _SHIFT_SPREAD)[None, :] ** 2
    if expected_x_px is not None:
        off = np.log(letter_px * _X_SHARES / expected_x_px) / _PAGE_SPREAD
        score -= 0.5 * off[:, None] ** 2
    i, j = np.unravel_index(int(score.argmax()), score.shape)
    return LineMetrics(float(baseline[0, j, 0, 0]), float(x_px[i, 0, 0, 0]))


def weigh_heights(
    probabilities: Floats, labels: Sequence[str], heights: GlyphHeights, metrics: LineMetrics
) -> Floats:
    """Weigh each guess by how well its height fits the line.

    Returns:
        `(N, L)` float64, rows summing to 1.
    """
    top = ((metrics.baseline_y - heights.top) / metrics.x_height_px)[:, None]
    bottom = ((metrics.baseline_y - heights.bottom) / metrics.x_height_px)[:, None]
    shape_top, shape_bottom = _shape_arrays(labels)
    weighed = probabilities * _likelihood(top, bottom, shape_top[None], shape_bottom[None])
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True), np.float64)


def _shape_arrays(labels: Sequence[str]) -> tuple[Floats, Floats]:
    shapes = [shape_of(label) for label in labels]
    return np.array([s.top for s in shapes]), np.array([s.bottom for s in shapes])


def _likelihood(top: Floats, bottom: Floats, shape_top: Floats, shape_bottom: Floats) -> Floats:
    """Gaussian around the expected heights, on a floor: no height is so odd as to be impossible."""
    square = ((top - shape_top) ** 2 + (bottom - shape_bottom) ** 2) / SPREAD**2
    return np.asarray(np.exp(-0.5 * square) + _OUTLIER, np.float64)
