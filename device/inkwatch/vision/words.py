"""Where a line's words part: each line tells by its own gaps."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_USUAL = 0.62
"""The usual threshold, as a share of the letters' height, where a line has too few gaps to tell."""

_LEAST, _MOST = 0.25, 1.15
_PRIOR_WEIGHT = 3.0


def word_breaks(gaps: Floats, letter_px: float) -> npt.NDArray[np.bool_]:
    """Tell which gaps part words.

    The gaps of a line fall into two heaps, within words and between them. The threshold is the
    one that parts them with the largest variance between the heaps (Otsu 1979,
    doi:10.1109/TSMC.1979.4310076), held near the usual one where a line has few gaps.

    Args:
        gaps: `(N,)` float, paper between neighbouring glyphs in pixels.
        letter_px: height of the line's letters in pixels.

    Returns:
        `(N,)` bool.
    """
    if len(gaps) == 0:
        return np.zeros(0, np.bool_)
    relative = np.clip(gaps / letter_px, -0.2, 2.0)
    return np.asarray(relative > _threshold(relative), np.bool_)


def _threshold(relative: Floats) -> float:
    ordered = np.sort(relative)
    best, best_score = _USUAL, 0.0
    for k in range(1, len(ordered)):
        cut = float(ordered[k - 1] + ordered[k]) / 2
        if not _LEAST <= cut <= _MOST:
            continue
        low, high = ordered[:k], ordered[k:]
        score = k * (len(ordered) - k) * float(high.mean() - low.mean()) ** 2
        if score > best_score:
            best, best_score = cut, score
    if best_score == 0.0:
        return _USUAL
    # Two heaps that hardly part say little about where to cut between them.
    low, high = relative[relative <= best], relative[relative > best]
    clearness = float(high.min() - low.max()) * len(relative)
    weight = clearness / (clearness + _PRIOR_WEIGHT * 0.3)
    return weight * best + (1 - weight) * _USUAL
