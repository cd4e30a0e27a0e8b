"""Where a line's words part: by the gaps of the line itself and of the whole page."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_USUAL = 0.55
"""The usual threshold, as a share of the letters' height, where a page has too few gaps to tell."""

_LEAST, _MOST = 0.2, 1.15
_USUAL_WEIGHT = 1.0


def word_breaks(lines: Sequence[Floats]) -> list[npt.NDArray[np.bool_]]:
    """Tell which gaps part words.

    Gaps fall into two heaps, within words and between them. The threshold is the one that parts
    the heaps with the largest variance between them (Otsu 1979, doi:10.1109/TSMC.1979.4310076);
    a line's own is held near the page's, and the page's near the usual one, the nearer the fewer
    gaps there are and the less clearly they part.

    Args:
        lines: for each line `(N,)` float64, the paper between neighbouring glyphs as a share of
            the letters' height.

    Returns:
        For each line `(N,)` bool.
    """
    everything = np.concatenate(lines) if lines else np.zeros(0)
    page = _threshold(everything, _USUAL)
    return [np.asarray(gaps > _threshold(gaps, page), np.bool_) for gaps in lines]


def _threshold(gaps: Floats, usual: float) -> float:
    ordered = np.sort(np.clip(gaps, -0.2, 2.0))
    best, best_score = -1, 0.0
    for k in range(1, len(ordered)):
        if not _LEAST <= (ordered[k - 1] + ordered[k]) / 2 <= _MOST:
            continue
        apart = float(ordered[k:].mean() - ordered[:k].mean())
        score = k * (len(ordered) - k) * apart**2
        if score > best_score:
            best, best_score = k, score
    if best < 0:
        return usual
    low, high = ordered[:best], ordered[best:]
    # Gaps within words vary less than those between them: cut nearer to the lower heap.
    cut = 0.6 * float(np.quantile(low, 0.95)) + 0.4 * float(np.quantile(high, 0.1))
    clearness = len(gaps) * max(0.0, float(high.mean() - low.mean()) - 2 * float(low.std()))
    weight = clearness / (clearness + _USUAL_WEIGHT)
    return weight * cut + (1 - weight) * usual
