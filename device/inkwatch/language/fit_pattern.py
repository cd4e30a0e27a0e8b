"""A word's glyphs under a pattern: what each is, given that the word fits."""

import numpy as np
import numpy.typing as npt

from inkwatch.language.pattern import DEAD, Pattern

Floats = npt.NDArray[np.float64]

_LEAST = 1e-6


def weigh_by_pattern(probabilities: Floats, pattern: Pattern) -> Floats:
    """Weigh one word's guesses by a pattern that the word is to fit.

    The posteriors come from the forward-backward algorithm over the pattern's states. A glyph is
    then no surer than it was one of the characters that can stand there: the pattern chooses
    among guesses, it does not vouch for them.

    Args:
        probabilities: `(N, L)` float64, rows summing to 1, N at least 1.
        pattern: compiled for the same L labels.

    Returns:
        `(N, L)` float64: rows sum to at most 1; to 0 where no word of N characters fits.
    """
    count, states = len(probabilities), len(pattern.ends)
    seen = np.maximum(probabilities, _LEAST)
    alive = pattern.steps != DEAD
    target = np.where(alive, pattern.steps, 0)
    before = np.zeros((count + 1, states))
    before[0, 0] = 1.0
    for t in range(count):
        flow = before[t][:, None] * seen[t][None, :] * alive
        before[t + 1] = np.bincount(target.ravel(), flow.ravel(), minlength=states)
        before[t + 1] /= max(before[t + 1].sum(), np.finfo(np.float64).tiny)
    after = pattern.ends.astype(np.float64)
    weighed = np.zeros_like(probabilities)
    for t in range(count - 1, -1, -1):
        onward = after[target] * alive
        joint = before[t][:, None] * seen[t][None, :] * onward
        total = joint.sum()
        if total <= 0.0:
            return np.zeros_like(probabilities)
        can_stand = (before[t][:, None] * onward > 0).any(axis=0)
        weighed[t] = joint.sum(axis=0) / total * probabilities[t][can_stand].sum()
        after = (seen[t][None, :] * onward).sum(axis=1)
        after /= max(after.max(), np.finfo(np.float64).tiny)
    return np.asarray(weighed, np.float64)
