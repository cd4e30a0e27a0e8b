"""The curve on which a line stands, and how high its letters are."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

STEEPEST = 0.24
"""The steepest slope that a line may have: about 13 degrees."""

Floats = npt.NDArray[np.float64]

_ROUNDS = 3
_NOISE = 0.12
_SLOPE_SPREAD = 0.05
_BEND_SPREAD = 0.4
_OUTLIER = 0.25
_ALIKE = 8.0
_FEW_BODIES = (6.0, 12.0)
_SMOOTH = 0.1
_LEAST_X_HEIGHT, _MOST_X_HEIGHT = 0.4, 2.5
_X_HEIGHT_SPREAD = 0.3
_NEARLY = 0.6


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve along a line of writing: y as a polynomial of x, going on straight past its ends.

    y is the sum of `terms[k]` times u to the power k, where u is (x - `middle`) / `half`, all in
    pixels of the straightened page; beyond u = -1 and 1 the slope stays as it is there.
    """

    middle: float
    half: float
    terms: tuple[float, ...]

    def at(self, x: npt.ArrayLike) -> Floats:
        """Height of the curve, in pixels, y down; the shape is that of `x`."""
        u = (np.asarray(x, np.float64) - self.middle) / self.half
        inside = np.clip(u, -1.0, 1.0)
        y = np.polynomial.polynomial.polyval(inside, self.terms)
        return np.asarray(y + (u - inside) * self._rise(inside), np.float64)

    def slope(self, x: npt.ArrayLike) -> Floats:
        """Dy / dx."""
        u = (np.asarray(x, np.float64) - self.middle) / self.half
        return np.asarray(self._rise(np.clip(u, -1.0, 1.0)) / self.half, np.float64)

    def moved(self, down_px: float) -> "Curve":
        """The same curve further down."""
        return Curve(self.middle, self.half, (self.terms[0] + down_px, *self.terms[1:]))

    def _rise(self, u: Floats) -> Floats:
        steps = [k * term for k, term in enumerate(self.terms)][1:]
        return np.asarray(np.polynomial.polynomial.polyval(u, steps or [0.0]), np.float64)


def smooth_curve(x: Floats, y: Floats, weight: Floats, *, slope: float, body_px: float) -> Curve:
    """Lay a curve through points; least squares.

    The shorter the line, the nearer the curve keeps to a straight one of the slope that is
    expected: it bends from six bodies' length on, and may turn its bend from twelve on.

    Args:
        x: `(N,)` pixels, N at least 1.
        y: `(N,)` pixels, y down.
        weight: `(N,)`, more than 0.
        slope: the expected slope, dy / dx.
        body_px: height of the letters' bodies.
    """
    left, right = float(x.min()), float(x.max())
    middle, half = (left + right) / 2, max((right - left) / 2, body_px)
    degree = 1 + sum(2 * half > few * body_px for few in _FEW_BODIES)
    powers = np.vander((x - middle) / half, degree + 1, increasing=True)
    expected = np.zeros(degree + 1)
    expected[1] = slope * half
    spread = np.array([np.inf, _SLOPE_SPREAD * half, *[_BEND_SPREAD * body_px] * (degree - 1)])
    # Neighbouring points of a ridge tell much the same.
    hold = _ALIKE * (_NOISE * body_px / spread) ** 2
    terms = _solve(powers, y, weight / weight.mean(), hold, expected)
    steep = sum(terms[1::2]) / half
    if abs(steep) > STEEPEST:
        # A few pieces one above the other: whatever they are, no line climbs so.
        terms = (float(y.mean()), math.copysign(STEEPEST * half, steep))
    return Curve(middle, half, terms)


def shifted_curve(start: Curve, x: Floats, y: Floats, body_px: float) -> Curve:
    """Shift and bend a curve a little, so that it runs through most of the points.

    Iteratively reweighted least squares with Tukey's biweight (Holland and Welsch 1977,
    doi:10.1080/03610927708827533), begun where the points lie most densely.

    Args:
        start: a curve that runs along the points, above or below them.
        x: `(N,)` pixels, N at least 1.
        y: `(N,)` pixels, y down.
        body_px: height of the letters' bodies; it says what is near.
    """
    off = y - start.at(x)
    powers = np.vander((x - start.middle) / start.half, len(start.terms), increasing=True)
    steep = _SLOPE_SPREAD * start.half
    spread = np.array([np.inf, steep, *[_BEND_SPREAD * body_px / 2] * (len(start.terms) - 2)])
    hold = (_NOISE * body_px / spread) ** 2
    terms = np.zeros(len(start.terms))
    terms[0] = crest(off, _SMOOTH * body_px)
    for reach in np.linspace(2.0, 1.0, _ROUNDS) * _OUTLIER * body_px:
        away = (off - powers @ terms) / reach
        weight = np.where(np.abs(away) < 1, (1 - away**2) ** 2, 0.0)
        if not weight.any():
            break
        terms = np.array(_solve(powers, off, weight, hold, np.zeros(len(terms))))
    return Curve(start.middle, start.half, tuple((start.terms + terms).tolist()))


def _solve(
    powers: Floats, y: Floats, weight: Floats, hold: Floats, expected: Floats
) -> tuple[float, ...]:
    """Weighted least squares, each term held near what is expected of it."""
    weighted = powers * weight[:, None]
    terms = np.linalg.solve(weighted.T @ powers + np.diag(hold), weighted.T @ y + hold * expected)
    return tuple(terms.tolist())


def crest(values: Floats, spread: float) -> float:
    """Where values lie most densely, smoothed by a Gaussian of that spread (Parzen 1962).

    Args:
        values: `(N,)`, N at least 1.
        spread: the Gaussian's standard deviation, more than 0.
    """
    at, dense = _density(values, spread)
    return float(at[dense.argmax()])


def x_height(rise: Floats, body_px: float, usual_px: float | None = None) -> float:
    """Height of a line's bodies, in pixels, from how far its letters rise over the baseline.

    Bodies and ascenders give a crest each: of crests that are nearly as high the lowest holds.

    Args:
        rise: `(N,)` pixels, upwards.
        body_px: what it is about.
        usual_px: the page's x-height, where known.
    """
    near = rise[(rise > _LEAST_X_HEIGHT * body_px) & (rise < _MOST_X_HEIGHT * body_px)]
    if not len(near):
        return usual_px or body_px
    at, dense = _density(near, _SMOOTH * body_px)
    if usual_px is not None:
        off = np.log(np.maximum(at, 1.0) / usual_px) / _X_HEIGHT_SPREAD
        dense = dense * np.exp(-0.5 * off**2)
    inner = dense[1:-1]
    crests = (inner >= dense[:-2]) & (inner > dense[2:]) & (inner >= _NEARLY * dense.max())
    return float(at[1:-1][int(crests.argmax())])


def _density(values: Floats, spread: float) -> tuple[Floats, Floats]:
    step = spread / 3
    low = float(values.min()) - 4 * spread
    cells = np.asarray((values - low) / step, np.intp)
    counts = np.bincount(cells, minlength=int(cells.max()) + 13).astype(np.float64)
    kernel = np.exp(-0.5 * (np.arange(-9, 10) / 3.0) ** 2)
    at = low + (np.arange(len(counts)) + 0.5) * step
    return np.asarray(at, np.float64), np.convolve(counts, kernel, mode="same")
