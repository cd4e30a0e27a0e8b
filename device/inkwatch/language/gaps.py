"""Where words part when the gap between them leaves it open: as the language has it.

A stretch is a row of words between gaps that surely part. In it every doubtful gap may part words
or not; the parting holds under which the gaps and the words together are likeliest.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations, pairwise

import numpy as np

from inkwatch.language.ways import Way, only_way
from inkwatch.recognise.lattice import LineLattice, WordLattice, joined_words

SURE_BITS = 7.0
"""From here on a gap is what it looks like."""

_MOST_DOUBTFUL = 4

Search = Callable[[WordLattice, Sequence[int]], list[Way]]
"""Gives the best way through a lattice to each of some nodes, as `best_ways` does."""

_Parted = list[tuple[WordLattice, Way]]


def part_stretches(line: LineLattice, search: Search) -> _Parted:
    """Settle the doubtful gaps of a line.

    Args:
        line: the line, words parted as the gaps look.
        search: finds the ways through words, and what they cost.

    Returns:
        The line's words, and the best way through each.
    """
    words: _Parted = []
    first = 0
    for number in range(1, len(line.words) + 1):
        if line.words[number - 1].behind_bits >= SURE_BITS:
            words += _parted(line.words[first:number], search)
            first = number
    return words


def _parted(words: Sequence[WordLattice], search: Search) -> _Parted:
    inner = [bits for word in words for _, bits in word.gaps]
    inner += [word.before_bits for word in words[1:]]
    if all(abs(bits) >= SURE_BITS for bits in inner):
        return [(word, _way_through(word, search)) for word in words]
    whole = joined_words(words)
    doubtful = sorted(
        (gap for gap in whole.gaps if abs(gap[1]) < SURE_BITS), key=lambda gap: abs(gap[1])
    )[:_MOST_DOUBTFUL]
    chosen = {node for node, _ in doubtful}
    fixed = {node for node, bits in whole.gaps if bits > 0 and node not in chosen}
    bits_at = dict(doubtful)
    ways = _span_ways(whole, chosen, {*fixed, whole.nodes - 1}, search)
    best: tuple[int, ...] = ()
    best_bits = np.inf
    for count in range(len(doubtful) + 1):
        for parting in combinations(sorted(chosen), count):
            nodes = sorted({0, whole.nodes - 1, *fixed, *parting})
            bits = sum(ways[span].bits for span in pairwise(nodes))
            bits += sum(_gap_bits(bits_at[node], parts=node in parting) for node in bits_at)
            if bits < best_bits:
                best, best_bits = tuple(nodes), bits
    return [(whole.part(*span), ways[span]) for span in pairwise(best)]


def _way_through(word: WordLattice, search: Search) -> Way:
    return only_way(word) if word.settled else search(word, [word.nodes - 1])[0]


def _span_ways(
    whole: WordLattice, chosen: AbstractSet[int], ends: AbstractSet[int], search: Search
) -> dict[tuple[int, int], Way]:
    """The best way through every span that may be a word.

    Long spans are dear to search: all that begin at a node are found in one search, to the first
    of the nodes `ends`, where words surely end.
    """
    ways: dict[tuple[int, int], Way] = {}
    for first in sorted({0, *chosen, *ends} - {whole.nodes - 1}):
        furthest = min(end for end in ends if end > first)
        lasts = [node for node in sorted(chosen) if first < node < furthest] + [furthest]
        found = search(whole.part(first, furthest), [last - first for last in lasts])
        ways |= {(first, last): way for last, way in zip(lasts, found, strict=True)}
    return ways


def _gap_bits(break_bits: float, *, parts: bool) -> float:
    """What it costs that a gap parts words, or does not."""
    return float(np.log2(1.0 + 2.0 ** (-break_bits if parts else break_bits)))
