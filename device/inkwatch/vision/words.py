"""Where a line's words part: by the gaps of the line itself and of the whole page."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.vision.gaps import NO_GAP

Floats = npt.NDArray[np.float64]

_NEGATIVE = 0.45
_LEAST, _MOST = 0.12, 2.0
_USUAL_GAPS = (0.2, 1.0)
_SPREAD, _LEAST_SPREAD = 0.2, 0.06
_USUAL_SHARES = (0.77, 0.23)
_PAGE_ROUNDS, _LINE_ROUNDS = 20, 3
_UNSURE = 0.1
_CERTAIN = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class _Heaps:
    """Gaps within words and gaps between them, each a Gaussian over the gaps' logarithms.

    `mean`, `spread` and `share` are `(2,)`, the narrow gaps first.
    """

    mean: Floats
    spread: Floats
    share: Floats


@dataclass(frozen=True, slots=True)
class _Hold:
    """How many gaps it takes to move the means, spreads and shares halfway from the expected."""

    mean: float
    spread: float
    share: float


_PAGE_HOLD = _Hold(1.0, 8.0, 20.0)
_LINE_HOLD = _Hold(30.0, 60.0, 30.0)


def break_bits(lines: Sequence[Floats]) -> list[Floats]:
    """Tell which gaps part words, and how surely.

    Gaps fall into two heaps, within words and between them: a mixture of two Gaussians over their
    logarithms, fitted by expectation and maximisation (Dempster, Laird and Rubin 1977,
    doi:10.1111/j.2517-6161.1977.tb01600.x). The page's mixture is held near the usual one, and a
    line's near the page's, the nearer the fewer gaps there are.

    Args:
        lines: for each line `(N,)` float64, the paper between neighbouring glyphs in x-heights.

    Returns:
        For each line `(N,)` float64: log2 of how much likelier each gap is between words than
        within one. Above 0 it parts words.
    """
    everything = np.concatenate(lines) if lines else np.zeros(0)
    everything = _scaled(everything[everything > NO_GAP])
    usual = _Heaps(_scaled(np.array(_USUAL_GAPS)), np.full(2, _SPREAD), np.array(_USUAL_SHARES))
    page = _fitted(everything, usual, _PAGE_HOLD, _PAGE_ROUNDS)
    found = []
    for gaps in lines:
        scaled = _scaled(gaps)
        line = _fitted(scaled[gaps > NO_GAP], page, _LINE_HOLD, _LINE_ROUNDS)
        found.append(np.where(gaps > NO_GAP, _bits(scaled, line), -_CERTAIN))
    return found


def _scaled(gaps: Floats) -> Floats:
    return np.asarray(np.log(np.clip(gaps, -0.2, 3.0) + _NEGATIVE), np.float64)


def _fitted(gaps: Floats, expected: _Heaps, hold: _Hold, rounds: int) -> _Heaps:
    heaps = expected
    for _ in range(rounds if len(gaps) else 0):
        fit = _log_fit(gaps, heaps)
        belongs = np.exp(fit - fit.max(axis=1, keepdims=True))
        belongs /= belongs.sum(axis=1, keepdims=True)
        count = belongs.sum(axis=0)
        mean = (gaps @ belongs + hold.mean * expected.mean) / (count + hold.mean)
        square = (belongs * (gaps[:, None] - mean) ** 2).sum(axis=0)
        square += hold.spread * expected.spread**2 + hold.mean * (mean - expected.mean) ** 2
        spread = np.sqrt(square / (count + hold.spread))
        share = (count + hold.share * expected.share) / (len(gaps) + hold.share)
        heaps = _Heaps(mean, np.maximum(spread, _LEAST_SPREAD), share)
    return heaps


def _log_fit(gaps: Floats, heaps: _Heaps) -> Floats:
    """`(N, 2)`: the logarithm of how likely each gap is in each heap, up to what is common."""
    off = (gaps[:, None] - heaps.mean) / heaps.spread
    return np.asarray(np.log(heaps.share / heaps.spread) - 0.5 * off**2, np.float64)


def _bits(gaps: Floats, heaps: _Heaps) -> Floats:
    # Beyond the heaps' middles a wider gap is no less sure, whatever the Gaussians' tails say.
    low, high = sorted(heaps.mean.tolist())
    fit = _log_fit(np.clip(gaps, low, high), heaps)
    bits = (fit[:, 1] - fit[:, 0]) / np.log(2.0)
    wide = gaps > _threshold(heaps)
    sure = np.where(wide, np.maximum(bits, _UNSURE), np.minimum(bits, -_UNSURE))
    return np.asarray(sure, np.float64)


def _threshold(heaps: _Heaps) -> float:
    """From where on a gap is likelier between words than within one."""
    least, most = _scaled(np.array([_LEAST, _MOST])).tolist()
    ways = np.linspace(max(float(heaps.mean[0]), least), min(float(heaps.mean[1]), most), 64)
    fit = _log_fit(ways, heaps)
    wide = fit[:, 1] > fit[:, 0]
    return float(ways[int(wide.argmax())] if wide.any() else ways[-1])
