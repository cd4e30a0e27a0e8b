"""The cheapest way through a word's lattice that fits a pattern."""

import numpy as np
import numpy.typing as npt

from inkwatch.language.pattern import DEAD, Pattern
from inkwatch.recognise.lattice import WordLattice

Floats = npt.NDArray[np.float64]

_LEAST = 1e-6


def cheapest_fit(
    lattice: WordLattice, scores: Floats, pattern: Pattern
) -> list[tuple[tuple[int, ...], float]]:
    """Find the cheapest way that reads as a word of the pattern (Viterbi over its states).

    Args:
        lattice: the word.
        scores: `(N, L)` float64 for its N arcs.
        pattern: compiled for the same L labels.

    Returns:
        The way's arcs and its cost in bits, one or none: no way may fit.
    """
    states = len(pattern.ends)
    from_state, label = np.nonzero(pattern.steps != DEAD)
    to_state = pattern.steps[from_state, label]
    seen = -np.log2(np.maximum(scores, _LEAST))
    bits = np.full((lattice.nodes, states), np.inf)
    bits[0, 0] = 0.0
    back: dict[tuple[int, int], tuple[int, int]] = {}
    for number, arc in enumerate(lattice.arcs):
        cost = bits[arc.start][from_state] + seen[number, label] + arc.bits
        order = np.argsort(cost, kind="stable")
        reached, first = np.unique(to_state[order], return_index=True)
        for state, step in zip(reached.tolist(), order[first].tolist(), strict=True):
            if cost[step] < bits[arc.stop, state]:
                bits[arc.stop, state] = cost[step]
                back[arc.stop, state] = (number, int(from_state[step]))
    ended = np.where(pattern.ends, bits[-1], np.inf)
    state = int(ended.argmin())
    if not np.isfinite(ended[state]):
        return []
    total, node = float(ended[state]), lattice.nodes - 1
    arcs: list[int] = []
    while node > 0:
        number, state = back[node, state]
        arcs.append(number)
        node = lattice.arcs[number].start
    return [(tuple(arcs[::-1]), total)]
