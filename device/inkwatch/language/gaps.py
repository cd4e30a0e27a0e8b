"""Where words part when the gap between them leaves it open: as the language has it.

A stretch is a row of words between gaps that surely part. In it every doubtful gap may part words
or not; the parting holds under which the gaps and the words together are likeliest.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import combinations, pairwise

import numpy as np

from inkwatch.recognise.lattice import LineLattice, WordLattice, joined_words

SURE_BITS = 7.0
"""From here on a gap is what it looks like."""

_MOST_DOUBTFUL = 4

Cost = Callable[[WordLattice], float]


def part_stretches(line: LineLattice, cost: Cost) -> list[WordLattice]:
    """Settle the doubtful gaps of a line.

    Args:
        line: the line, words parted as the gaps look.
        cost: what the best way through a word costs, in bits.

    Returns:
        The line's words.
    """
    words: list[WordLattice] = []
    first = 0
    for number in range(1, len(line.words) + 1):
        if line.words[number - 1].behind_bits >= SURE_BITS:
            words += _parted(line.words[first:number], cost)
            first = number
    return words


def _parted(words: Sequence[WordLattice], cost: Cost) -> Sequence[WordLattice]:
    inner = [bits for word in words for _, bits in word.gaps]
    inner += [word.before_bits for word in words[1:]]
    if all(abs(bits) >= SURE_BITS for bits in inner):
        return words
    whole = joined_words(words)
    doubtful = sorted(
        (gap for gap in whole.gaps if abs(gap[1]) < SURE_BITS), key=lambda gap: abs(gap[1])
    )[:_MOST_DOUBTFUL]
    chosen = {node for node, _ in doubtful}
    fixed = {node for node, bits in whole.gaps if bits > 0 and node not in chosen}
    bits_at = dict(doubtful)
    # Long words are dear to search: each span is looked at once, however many partings have it.
    span_cost = cache(lambda first, last: cost(whole.part(first, last)))
    best: tuple[int, ...] = ()
    best_bits = np.inf
    for count in range(len(doubtful) + 1):
        for parting in combinations(sorted(chosen), count):
            nodes = sorted({0, whole.nodes - 1, *fixed, *parting})
            bits = sum(span_cost(*span) for span in pairwise(nodes))
            bits += sum(_gap_bits(bits_at[node], parts=node in parting) for node in bits_at)
            if bits < best_bits:
                best, best_bits = tuple(nodes), bits
    return [whole.part(first, last) for first, last in pairwise(best)]


def _gap_bits(break_bits: float, *, parts: bool) -> float:
    """What it costs that a gap parts words, or does not."""
    return float(np.log2(1.0 + 2.0 ** (-break_bits if parts else break_bits)))
