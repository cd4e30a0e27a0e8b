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
    bits = -np.log2(np.maximum(probabilities[:, states], _TINY)).astype(np.float64)
    # From a character straight to the next, unless it is the same one.
    skips = np.zeros(len(states), np.bool_)
    skips[3::2] = states[3::2] != states[1:-2:2]
    cost = np.full(len(states), np.inf)
    cost[:2] = bits[0, :2]
    moves = np.zeros((len(bits), len(states)), np.int8)
    one, two = np.full(len(states), np.inf), np.full(len(states), np.inf)
    for step in range(1, len(bits)):
        one[1:] = cost[:-1]
        two[2:] = np.where(skips[2:], cost[:-2], np.inf)
        ways = np.stack([cost, one, two])
        best = ways.argmin(axis=0)
        moves[step] = best
        cost = np.take_along_axis(ways, best[None], axis=0)[0] + bits[step]
    at = len(states) - 1 if cost[-1] <= cost[-2] else len(states) - 2
    if not np.isfinite(cost[at]):
        raise ValueError(f"{len(bits)} steps are too few for {count} characters")
    path = np.empty(len(bits), np.intp)
    for step in range(len(bits) - 1, -1, -1):
        path[step] = at
        at -= int(moves[step, at])
    spans = []
    for number in range(count):
        steps = np.flatnonzero(path == 2 * number + 1)
        spans.append((int(steps[0]), int(steps[-1]) + 1))
    return spans
