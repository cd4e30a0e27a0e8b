from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.gaps import SURE_BITS, part_stretches
from inkwatch.language.ways import Way
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


def words_of(parted: Sequence[tuple[WordLattice, Way]]) -> list[WordLattice]:
    return [word for word, _ in parted]


def lengths_of(words: Sequence[WordLattice]) -> list[int]:
    return [len(word.arcs) for word in words]


class Costs:
    """A search where a word's length tells what it costs; keeps what it is asked."""

    def __init__(self, of_length: Callable[[int], float]) -> None:
        self.of_length = of_length
        self.asked: list[tuple[int, ...]] = []

    def __call__(self, word: WordLattice, ends: Sequence[int]) -> list[Way]:
        self.asked.append(tuple(ends))
        return [Way(tuple(range(end)), 1.0, self.of_length(end)) for end in ends]


def cheap(*lengths: int) -> Costs:
    """Words of these lengths cost a bit, all others 20."""
    return Costs(lambda length: 1.0 if length in lengths else 20.0)


def lengths_parted(whole: LineLattice, search: Costs) -> list[int]:
    return lengths_of(words_of(part_stretches(whole, search)))


def test_a_doubtful_gap_goes_as_the_words_have_it() -> None:
    two = line([2, 3], [1.0])
    assert lengths_parted(two, cheap(5)) == [5]
    assert lengths_parted(two, cheap(2, 3)) == [2, 3]
    assert lengths_parted(line([5], [], within=-2.0), cheap(2, 3)) == [2, 3]


def test_sure_gaps_are_not_asked_about() -> None:
    cost = cheap(5)
    assert lengths_parted(line([2, 3], [SURE_BITS + 1]), cost) == [2, 3]
    assert not cost.asked


def test_spans_that_begin_together_are_found_in_one_search() -> None:
    search = cheap(2)
    lengths_parted(line([2, 3, 4, 2], [1.0, SURE_BITS, -1.0]), search)
    assert search.asked == [(2, 5), (3,), (4, 6), (2,)]


def test_parted_words_come_with_their_ways() -> None:
    parted = part_stretches(line([5], [], within=-2.0), cheap(2, 3))
    assert [way for _, way in parted] == [Way((0, 1), 1.0, 1.0), Way((0, 1, 2), 1.0, 1.0)]


def test_without_reason_gaps_stay_as_they_look() -> None:
    assert lengths_parted(line([2, 3, 1], [2.0, 0.5]), Costs(float)) == [2, 3, 1]


def test_parted_words_know_their_gaps() -> None:
    (first, second) = words_of(part_stretches(line([5], [], within=-2.0), cheap(2, 3)))
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

    def any_cost(length: int) -> float:
        return costs.setdefault(length, float(rng.uniform(0, 30)))

    whole = line(lengths, breaks, within=float(rng.uniform(-9, -0.1)))
    words = words_of(part_stretches(whole, Costs(any_cost)))
    lefts = [arc.glyph.place.left for word in words for arc in word.arcs]
    assert lefts == [10 * k for k in range(sum(lengths))]
    assert all(word.settled for word in words)
    assert lengths_of([joined_words(whole.words)]) == [sum(lengths)]


def test_joined_words_know_where_their_gaps_were() -> None:
    joined = joined_words(line([2, 1, 2], [1.0, 2.0]).words)
    assert dict(joined.gaps)[2] == pytest.approx(1.0)
    assert dict(joined.gaps)[3] == pytest.approx(2.0)
