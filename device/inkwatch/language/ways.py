"""The way through a word's lattice: which cuts hold, by shape, height and language together.

Every way reads the same ink as one row of characters. As in `spelling`, a word may be a code, of
which only the kinds of character are known, or a word of the language; the way that is cheapest
in bits holds, and how much likelier it is than ways with other cuts is its share.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.language.context import STATES, by_kind
from inkwatch.language.expectation import Expectation
from inkwatch.language.likeliest import likeliest
from inkwatch.language.patience import LONGEST_WORD
from inkwatch.language.pattern import Pattern
from inkwatch.language.ways_by_pattern import cheapest_fit
from inkwatch.language.word_path import Vocabulary, WordPath, ended, extended
from inkwatch.recognise.lattice import WordLattice

Floats = npt.NDArray[np.float64]

_CODE_CHARACTER_BITS = 4.9
_UNFIT_BITS = 30.0
"""What it costs that a word fits no pattern: gaps are settled so that words do."""


_Found = list[tuple[tuple[int, ...], float]]
"""Arcs of some ways through a word, and what each costs in bits."""


@dataclass(frozen=True, slots=True)
class Way:
    """Arcs from a word's left end to its right, and their share among all ways, 0 to 1.

    `bits` is what the cheapest way through the word costs, where ways were sought.
    """

    arcs: tuple[int, ...]
    share: float
    bits: float = 0.0


def only_way(lattice: WordLattice) -> Way:
    """The way through a lattice that has no other."""
    return Way(tuple(range(len(lattice.arcs))), 1.0)


def best_ways(
    lattice: WordLattice, scores: Floats, expected: Expectation, ends: Sequence[int]
) -> list[Way]:
    """Find the likeliest way through a word, and through words that end sooner.

    One search passes all ends, so the shorter words cost hardly anything.

    Args:
        lattice: the longest word.
        scores: `(N, L)` float64 for its N arcs: probability times how well the height fits.
        expected: what the words may be.
        ends: the nodes where words end, none of them 0.

    Returns:
        A way for each of `ends`, as though the lattice ended there.
    """
    return [_likeliest_way(found) for found in _readings(lattice, scores, expected, ends)]


def _likeliest_way(found: _Found) -> Way:
    least = min(bits for _, bits in found)
    shares: dict[tuple[int, ...], float] = {}
    for arcs, bits in found:
        shares[arcs] = shares.get(arcs, 0.0) + 2.0 ** (least - bits)
    best = max(shares, key=lambda arcs: shares[arcs])
    return Way(best, shares[best] / sum(shares.values()), least)


def _readings(
    lattice: WordLattice, scores: Floats, expected: Expectation, ends: Sequence[int]
) -> list[_Found]:
    codes = _codes(lattice, scores, expected, ends)
    if expected.pattern is not None:
        return [
            _fitting(lattice.part(0, end), scores, expected.pattern)
            or [(arcs, bits + _UNFIT_BITS) for arcs, bits in code]
            for end, code in zip(ends, codes, strict=True)
        ]
    if expected.words is None:
        return codes
    words = _words(lattice, scores, expected, expected.words, ends)
    return [code + word for code, word in zip(codes, words, strict=True)]


def _fitting(word: WordLattice, scores: Floats, pattern: Pattern) -> _Found:
    # Arcs are ordered by where they stop: those of a word that ends sooner come first.
    return cheapest_fit(word, scores[: len(word.arcs)], pattern)


def _codes(
    lattice: WordLattice, scores: Floats, expected: Expectation, ends: Sequence[int]
) -> list[_Found]:
    """The cheapest way to each end as a code (Viterbi)."""
    manner, labels = expected.manner, expected.labels
    with np.errstate(divide="ignore"):
        start, step = -np.log2(manner.kinds.start), -np.log2(manner.kinds.steps)
    seen = (
        -np.log2(np.maximum(by_kind(scores, labels), 1e-12))
        + _CODE_CHARACTER_BITS
        - expected.patience.bonus_bits
    )
    of_state = seen[:, STATES]
    bits = np.full((lattice.nodes, len(STATES)), np.inf)
    back: dict[tuple[int, int], tuple[int, int]] = {}
    for number, arc in enumerate(lattice.arcs):
        if arc.start == 0:
            reach, came = start + manner.code_bits, np.full(len(STATES), -1)
        else:
            onward = bits[arc.start][:, None] + step
            came = onward.argmin(axis=0)
            reach = onward[came, np.arange(len(STATES))]
        cost = reach + of_state[number] + arc.bits
        for k in np.flatnonzero(cost < bits[arc.stop]).tolist():
            bits[arc.stop, k] = cost[k]
            back[arc.stop, k] = (number, int(came[k]))
    found: list[_Found] = []
    for end in ends:
        node, state = end, int(bits[end].argmin())
        total = float(bits[end, state])
        arcs: list[int] = []
        while state >= 0:
            number, state = back[node, state]
            arcs.append(number)
            node = lattice.arcs[number].start
        found.append([(tuple(arcs[::-1]), total)])
    return found


def _words(
    lattice: WordLattice,
    scores: Floats,
    expected: Expectation,
    words: Vocabulary,
    ends: Sequence[int],
) -> list[_Found]:
    """The cheapest readings as words of the language that end at each of `ends`."""
    labels, patience = expected.labels, expected.patience
    reached: list[list[WordPath]] = [[] for _ in range(lattice.nodes)]
    reached[0] = [WordPath()]
    guesses = likeliest(scores, patience)
    number = 0
    longest = max((end for end in ends if end < LONGEST_WORD), default=0)
    for node in range(1, longest + 1):
        if expected.effort.paths <= 0:
            break
        grown: list[WordPath] = []
        most = math.inf
        while number < len(lattice.arcs) and lattice.arcs[number].stop == node:
            arc = lattice.arcs[number]
            paths = reached[arc.start]
            for column, seen in guesses[number]:
                cost = seen + arc.bits - patience.bonus_bits
                for path in paths:
                    # They come cheapest first, and hardly anything makes one cheaper again.
                    if path.bits + path.spelt + cost > most:
                        break
                    for longer in extended(
                        path, labels[column], cost, words, column=column, arc=number, most=most
                    ):
                        grown.append(longer)
                        most = min(most, longer.bits + longer.spelt + patience.window_bits)
            number += 1
        grown.sort(key=WordPath.so_far)
        expected.effort.paths -= len(grown)
        if grown:
            most = grown[0].bits + grown[0].spelt + patience.window_bits
            reached[node] = [
                path for path in grown[: patience.beam] if path.bits + path.spelt <= most
            ]
    return [
        [
            (tuple(arc for arc, _ in path.steps()), expected.manner.word_bits + bits)
            for path in reached[end]
            for bits in [ended(path, words)]
            if bits is not None and np.isfinite(bits)
        ]
        for end in ends
    ]
