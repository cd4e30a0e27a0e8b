"""Which of the candidates fit their height: o or O, s or S, comma or apostrophe.

A crop forgets how large its glyph was. Here the line remembers: its baseline and x-height are
found as those under which the classifier's guesses and the glyphs' heights agree best, and each
guess is then weighed by how well it fits them. A line in capitals needs no special case: its
letters that can only be capitals pull the x-height below them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from inkwatch.language.shapes import SPREAD, shape_of

Floats = npt.NDArray[np.float64]

_X_SHARES = np.geomspace(0.42, 1.15, 16)
_SHIFTS = np.linspace(-0.3, 0.3, 9)
_RISES = np.array([0.45, 0.7, 1.0, 1.3])
_OUTLIER = 0.0005
_SHIFT_SPREAD = 0.12
_PAGE_SPREAD = 0.18
_RISE_SPREAD = 0.5
_DOT_SIZE = 0.42
_TALL_DOT = 1.35
_DOTS = {".": 0.2, ",": 0.02}
_COMMAS = {",": 0.15, "'": 0.1, ".": 0.02}
"""What something of a dot's size may be that looks like no character: shares of its doubt, where
it is as wide as it is high, and where it is higher."""


@dataclass(frozen=True, slots=True, eq=False)
class GlyphHeights:
    """Tops and bottoms of a line's N glyphs, `(N,)` float64 pixels, y down, slope taken out.

    `width`, where known, is their width in pixels.
    """

    top: Floats
    bottom: Floats
    width: Floats | None = None


@dataclass(frozen=True, slots=True)
class LineMetrics:
    """A line's measures.

    `baseline_y` in the pixels of `GlyphHeights`, `x_height_px` in pixels; `rise` is how far the
    hand's capitals and ascenders reach above the x-height, 1 being usual.
    """

    baseline_y: float
    x_height_px: float
    rise: float


class HeightFits:
    """How well a line's guesses and heights agree under all baselines and x-heights tried.

    Kept, so that what is usual on the page can be weighed in later at no cost.

    Args:
        probabilities: `(N, L)` float64, the classifier's, N at least 1.
        labels: the L characters.
        heights: the N glyphs' heights.
    """

    def __init__(self, probabilities: Floats, labels: Sequence[str], heights: GlyphHeights) -> None:
        tall = heights.bottom - heights.top
        letter_px = float(np.median(tall[tall >= 0.5 * tall.max()]))
        feet = heights.bottom[tall >= 0.5 * letter_px]
        self._x_px = letter_px * _X_SHARES
        self._baseline = float(np.median(feet)) + letter_px * _SHIFTS
        shapes = _shapes_of(tuple(labels))
        # What stands alike fits alike; and what is less likely than an odd height tells nothing.
        shares = probabilities @ shapes.members
        glyph, shape = np.nonzero(shares > _OUTLIER)
        weight = shares[glyph, shape].astype(np.float32)[:, None, None]
        # Axes: pair of glyph and shape, x-height, shift of the baseline. Single precision: a third
        # of the time, and the scores are compared in tenths.
        x_px = self._x_px.astype(np.float32)[:, None]
        baseline = self._baseline[None, :]
        top = (baseline - heights.top[glyph, None]).astype(np.float32)[:, None] / x_px
        bottom = (baseline - heights.bottom[glyph, None]).astype(np.float32)[:, None] / x_px
        bottom -= shapes.bottom[shape].astype(np.float32)[:, None, None]
        steep = np.float32(-0.5 / SPREAD**2)
        foot = weight * np.exp(steep * bottom**2)
        floor = weight * np.float32(_OUTLIER)
        firsts = np.flatnonzero(np.diff(glyph, prepend=-1))
        scores = []
        for rise in _RISES:
            head = top - _risen(shapes.top[shape], rise).astype(np.float32)[:, None, None]
            fit = foot * np.exp(steep * head**2) + floor
            agreed = np.add.reduceat(fit, firsts)
            scores.append(np.log(agreed).sum(axis=0))
        self._scores = np.stack(scores).astype(np.float64)

    def best(self, expected: LineMetrics | None = None) -> LineMetrics:
        """The likeliest metrics, given those `expected`, of which the baseline is not used."""
        scores = self._scores - 0.5 * (_SHIFTS / _SHIFT_SPREAD) ** 2
        usual_rise = 1.0
        if expected is not None:
            off = np.log(self._x_px / expected.x_height_px) / _PAGE_SPREAD
            scores = scores - 0.5 * off[:, None] ** 2
            usual_rise = expected.rise
        scores = scores - (0.5 * ((_RISES - usual_rise) / _RISE_SPREAD) ** 2)[:, None, None]
        rise, x, shift = np.unravel_index(int(scores.argmax()), scores.shape)
        return LineMetrics(float(self._baseline[shift]), float(self._x_px[x]), float(_RISES[rise]))


def weigh_heights(
    probabilities: Floats, labels: Sequence[str], heights: GlyphHeights, metrics: LineMetrics
) -> Floats:
    """Weigh each guess by how well its height fits the line.

    Returns:
        `(N, L)` float64, rows summing to 1.
    """
    weighed = probabilities * height_fit(labels, heights, metrics)
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True), np.float64)


def height_fit(labels: Sequence[str], heights: GlyphHeights, metrics: LineMetrics) -> Floats:
    """How well each glyph's height fits each character: `(N, L)` float64, 1 as expected."""
    top = ((metrics.baseline_y - heights.top) / metrics.x_height_px)[:, None]
    bottom = ((metrics.baseline_y - heights.bottom) / metrics.x_height_px)[:, None]
    shapes = _shapes_of(tuple(labels))
    risen = _risen(shapes.top, metrics.rise)
    fit = _likelihood(top, bottom, risen[None], shapes.bottom[None])
    return fit[:, shapes.number]


def with_dots(
    probabilities: Floats, labels: Sequence[str], heights: GlyphHeights, metrics: LineMetrics
) -> Floats:
    """Let what is as small as a dot be one, though its crop looks like a blot.

    Args:
        probabilities: `(N, L)` float64, the classifier's.
        labels: the L characters.
        heights: the N glyphs' heights and widths.
        metrics: the line's.

    Returns:
        `(N, L)` float64; rows sum to no more than 1.
    """
    if heights.width is None:
        return probabilities
    size = np.maximum(heights.bottom - heights.top, heights.width) / metrics.x_height_px
    small = np.flatnonzero(size <= _DOT_SIZE)
    if not len(small):
        return probabilities
    rows = probabilities.copy()
    tall = (heights.bottom - heights.top)[small] > _TALL_DOT * heights.width[small]
    kinds = np.array([[kind.get(label, 0.0) for label in labels] for kind in (_DOTS, _COMMAS)])
    dots = kinds[tall.astype(np.intp)]
    rows[small] += np.maximum(0.0, 1.0 - rows[small].sum(axis=1, keepdims=True)) * dots
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class _Shapes:
    """The S shapes that labels have.

    `top` and `bottom` are `(S,)`, `number` is `(L,)`, each label's shape; `members` is `(L, S)`,
    ones where a label has a shape.
    """

    top: Floats
    bottom: Floats
    number: npt.NDArray[np.intp]
    members: Floats


@lru_cache(maxsize=8)
def _shapes_of(labels: tuple[str, ...]) -> _Shapes:
    each = [shape_of(label) for label in labels]
    different = list(dict.fromkeys(each))
    number = np.array([different.index(shape) for shape in each], np.intp)
    return _Shapes(
        np.array([shape.top for shape in different]),
        np.array([shape.bottom for shape in different]),
        number,
        np.eye(len(different))[number],
    )


def _risen(shape_top: Floats, rise: float) -> Floats:
    """Tops for a hand whose tall letters reach `rise` times as far above the x-height as usual."""
    return np.where(shape_top > 1.0, 1.0 + (shape_top - 1.0) * rise, shape_top)


def _likelihood(top: Floats, bottom: Floats, shape_top: Floats, shape_bottom: Floats) -> Floats:
    """Gaussian around the expected heights, on a floor: no height is so odd as to be impossible."""
    square = ((top - shape_top) ** 2 + (bottom - shape_bottom) ** 2) / SPREAD**2
    return np.asarray(np.exp(-0.5 * square) + _OUTLIER, np.float64)
