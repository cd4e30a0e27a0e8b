from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.gaps import SURE_BITS, part_stretches
from inkwatch.places import Box
from inkwatch.recognise.lattice import AT_LINE_END, Arc, LineLattice, WordLattice, joined_words
from inkwatch.vision.baselines import Curve
from inkwatch.vision.page import GlyphCut, LineCut, WordCut


def glyph(number: int) -> GlyphCut:
    place = Box(10 * number, 0, 8, 8)
    return GlyphCut(place, place, np.zeros((14, 14), np.uint8), -8.0, 0.0)


def line(lengths: Sequence[int], breaks: Sequence[float], within: float = -9.0) -> LineLattice:
    """Words of so many glyphs, with these bits between them."""
    words, cuts, at = [], [], 0
    ends = [AT_LINE_END, *breaks, AT_LINE_END]
    bits: list[float] = []
    for number, length in enumerate(lengths):
        glyphs = tuple(glyph(k) for k in range(at, at + length))
        at += length
        words.append(
            WordLattice(
                length + 1,
                tuple(Arc(k, k + 1, each) for k, each in enumerate(glyphs)),
                np.ones((length, 1)),
                tuple((node, within) for node in range(1, length)),
                ends[number],
                ends[number + 1],
            )
        )
        cuts.append(WordCut(glyphs))
        bits += [within] * (length - 1) + list(breaks[number : number + 1])
    return LineLattice(
        tuple(words), LineCut(tuple(cuts), Curve(0.0, 1.0, (0.0,)), 8.0, tuple(bits))
    )


def lengths_of(words: Sequence[WordLattice]) -> list[int]:
    return [len(word.arcs) for word in words]


def cheap(*lengths: int) -> "Cost":
    return Cost(lengths)


class Cost:
    """Words of the cheap lengths cost a bit, all others 20."""

    def __init__(self, lengths: tuple[int, ...]) -> None:
        self.lengths = lengths
        self.asked = 0

    def __call__(self, word: WordLattice) -> float:
        self.asked += 1
        return 1.0 if len(word.arcs) in self.lengths else 20.0


def test_a_doubtful_gap_goes_as_the_words_have_it() -> None:
    two = line([2, 3], [1.0])
    assert lengths_of(part_stretches(two, cheap(5))) == [5]
    assert lengths_of(part_stretches(two, cheap(2, 3))) == [2, 3]
    assert lengths_of(part_stretches(line([5], [], within=-2.0), cheap(2, 3))) == [2, 3]


def test_sure_gaps_are_not_asked_about() -> None:
    cost = cheap(5)
    assert lengths_of(part_stretches(line([2, 3], [SURE_BITS + 1]), cost)) == [2, 3]
    assert cost.asked == 0


def test_without_reason_gaps_stay_as_they_look() -> None:
    def same(word: WordLattice) -> float:
        return float(len(word.arcs))

    assert lengths_of(part_stretches(line([2, 3, 1], [2.0, 0.5]), same)) == [2, 3, 1]


def test_parted_words_know_their_gaps() -> None:
    (first, second) = part_stretches(line([5], [], within=-2.0), cheap(2, 3))
    assert first.before_bits == AT_LINE_END
    assert first.behind_bits == second.before_bits == -2.0
    assert second.gaps[0] == (1, -2.0)


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=6),
    st.integers(0, 1 << 32),
)
def test_no_glyph_is_lost_or_moved(lengths: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    breaks = rng.uniform(0.1, 9.0, len(lengths) - 1).tolist()
    costs: dict[int, float] = {}

    def any_cost(word: WordLattice) -> float:
        return costs.setdefault(len(word.arcs), float(rng.uniform(0, 30)))

    whole = line(lengths, breaks, within=float(rng.uniform(-9, -0.1)))
    words = part_stretches(whole, any_cost)
    lefts = [arc.glyph.place.left for word in words for arc in word.arcs]
    assert lefts == [10 * k for k in range(sum(lengths))]
    assert all(word.settled for word in words)
    assert lengths_of([joined_words(whole.words)]) == [sum(lengths)]


def test_joined_words_know_where_their_gaps_were() -> None:
    joined = joined_words(line([2, 1, 2], [1.0, 2.0]).words)
    assert dict(joined.gaps)[2] == pytest.approx(1.0)
    assert dict(joined.gaps)[3] == pytest.approx(2.0)
