"""Where along a line each character of its text stands: the likeliest way through CTC's steps.

Viterbi's algorithm over the text with blanks between (Graves et al. 2006,
doi:10.1145/1143844.1143891).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

_TINY = 1e-12


def align(probabilities: Floats, columns: Sequence[int]) -> list[tuple[int, int]]:
    """Lay a text along a line's steps.

    Args:
        probabilities: `(T, L + 1)`, the last column for the blank.
        columns: those of the text's N characters; T must be N at least, and one more for every two
            that are alike and follow one another.

    Returns:
        For each character the first of its steps and the one behind its last.

    Raises:
        ValueError: the line has too few steps for the text.
    """
    if not columns:
        return []
    count = len(columns)
    blank = probabilities.shape[1] - 1
    states = np.full(2 * count + 1, blank, np.intp)
    states[1::2] = columns
    bits = -np.log2(np.maximum(probabilities[:, states], _TINY)).astype(np.float32)
    # From a character straight to the next, unless it is the same one.
    skip = np.full(len(states), np.inf, np.float32)
    skip[3::2] = np.where(states[3::2] != states[1:-2:2], 0.0, np.inf)
    # Two states before the first, in which no way ever is, spare all steps their ends.
    costs = np.full((len(bits), len(states) + 2), np.inf, np.float32)
    costs[0, 2:4] = bits[0, :2]
    stay, one, two = costs[:, 2:], costs[:, 1:-1], costs[:, :-2]
    least = np.empty(len(states), np.float32)
    for step in range(1, len(bits)):
        last = step - 1
        np.add(two[last], skip, out=least)
        np.minimum(least, one[last], out=least)
        np.minimum(least, stay[last], out=least)
        np.add(least, bits[step], out=stay[step])
    at = len(states) - 1 if stay[-1, -1] <= stay[-1, -2] else len(states) - 2
    if not np.isfinite(stay[-1, at]):
        raise ValueError(f"{len(bits)} steps are too few for {count} characters")
    return _spans(costs, skip.tolist(), at)


def _spans(costs: Floats, skip: Sequence[float], at: int) -> list[tuple[int, int]]:
    """Follow the cheapest way back from a state at the last step."""
    spans: list[tuple[int, int]] = []
    stop = len(costs)
    for step in range(len(costs) - 1, -1, -1):
        two, one, stay = costs[step - 1, at : at + 3].tolist() if step else (0.0, 0.0, 0.0)
        two += skip[at]
        before = at if stay <= min(one, two) else at - 1 if one <= two else at - 2
        if step == 0 or before != at:
            if at % 2:
                spans.append((step, stop))
            stop = step
        at = before
    return spans[::-1]
