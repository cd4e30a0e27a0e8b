import string
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.language.context import Floats
from inkwatch.language.expectation import Expectation
from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.manner import Manner, page_manner
from inkwatch.language.patience import LONGEST_WORD
from inkwatch.language.pattern import Pattern, compile_pattern
from inkwatch.language.ways import Way, best_ways, only_way
from inkwatch.language.word_path import Vocabulary
from inkwatch.reading import Box
from inkwatch.recognise.lattice import Arc, WordLattice
from inkwatch.vision.page import GlyphCut

LABELS = "".join(sorted(string.digits + string.ascii_letters + ".,-/'"))
GLYPH = GlyphCut(Box(0, 0, 1, 1), Box(0, 0, 1, 1), np.zeros((7, 7), np.uint8), 0.0, 1.0)

Guess = dict[str, float]


@pytest.fixture(scope="module")
def english() -> Vocabulary:
    return Vocabulary(load_lexicon(find_lexicon("en")))


def rows_of(*glyphs: Guess) -> Floats:
    rows = np.full((len(glyphs), len(LABELS)), 1e-6)
    for row, guess in zip(rows, glyphs, strict=True):
        for character, probability in guess.items():
            row[LABELS.index(character)] = probability
    return rows


def lattice(*arcs: tuple[int, int, Guess, float]) -> WordLattice:
    arcs = tuple(sorted(arcs, key=lambda arc: arc[1]))
    return WordLattice(
        max(stop for _, stop, _, _ in arcs) + 1,
        tuple(Arc(start, stop, GLYPH, bits) for start, stop, _, bits in arcs),
        rows_of(*(guess for _, _, guess, _ in arcs)),
    )


def expected(
    words: Vocabulary | None, manner: Manner | None = None, pattern: Pattern | None = None
) -> Expectation:
    return Expectation(tuple(LABELS), words, pattern, manner or page_manner([], LABELS))


def best_way(word: WordLattice, scores: Floats, expected: Expectation) -> Way:
    (way,) = best_ways(word, scores, expected, [word.nodes - 1])
    return way


def read(word: WordLattice, words: Vocabulary | None, manner: Manner | None = None) -> str:
    way = best_way(word, word.probabilities, expected(words, manner))
    return "".join(LABELS[int(word.probabilities[arc].argmax())] for arc in way.arcs)


def numbers() -> Manner:
    pages = ["1953-12-08", "2004-03-27", "1987-10-30", "24.50"]
    return page_manner([rows_of(*({c: 1.0} for c in text)) for text in pages], LABELS)


def row(text: str) -> list[tuple[int, int, Guess, float]]:
    return [(k, k + 1, {c: 0.97}, 0.0) for k, c in enumerate(text)]


def test_where_there_is_one_way_it_is_taken(english: Vocabulary) -> None:
    word = lattice(*row("the"))
    for way in (only_way(word), best_way(word, word.probabilities, expected(english))):
        assert (way.arcs, way.share) == ((0, 1, 2), 1.0)


@pytest.mark.parametrize("known", [True, False])
def test_one_sure_character_beats_doubtful_parts(english: Vocabulary, *, known: bool) -> None:
    parts = [(0, 1, {"r": 0.3}, 0.6), (1, 2, {"i": 0.3}, 0.6)]
    word = lattice((0, 2, {"n": 0.6}, 0.0), *parts)
    assert read(word, english if known else None) == "n"


@pytest.mark.parametrize("known", [True, False])
def test_two_sure_characters_beat_a_doubtful_whole(english: Vocabulary, *, known: bool) -> None:
    parts = [(0, 1, {"o": 0.95}, 0.3), (1, 2, {"n": 0.95}, 0.3)]
    word = lattice((0, 2, {"m": 0.1}, 0.0), *parts)
    assert read(word, english if known else None) == "on"


def test_the_language_knows_which_cuts_make_a_word(english: Vocabulary) -> None:
    """`cl` may be `d`, and `rn` be `m`: the letters around them tell."""

    def either(before: str, whole: str, parts: str, after: str) -> WordLattice:
        at = len(before)
        head = row(before)
        first, second = parts[0], parts[1]
        middle = [
            (at, at + 2, {whole: 0.6}, 0.0),
            (at, at + 1, {first: 0.8}, 0.3),
            (at + 1, at + 2, {second: 0.8}, 0.3),
        ]
        tail = [(at + 2 + k, at + 3 + k, {c: 0.97}, 0.0) for k, c in enumerate(after)]
        return lattice(*head, *middle, *tail)

    assert read(either("be", "d", "cl", "room"), english) == "bedroom"
    assert read(either("", "d", "cl", "over"), english) == "clover"
    assert read(either("su", "m", "rn", "mer"), english) == "summer"
    assert read(either("mo", "m", "rn", "ing"), english) == "morning"


def test_dear_arcs_are_passed_over() -> None:
    same = {"n": 0.8}
    word = lattice((0, 1, same, 0.0), (1, 2, same, 0.0), (0, 2, {"m": 0.8}, 40.0))
    assert read(word, None) == "nn"


def test_dates_keep_digits_over_letters(english: Vocabulary) -> None:
    """On a page of dates `11` that looks like `ll`, or like one `u`, is a number."""
    one: Guess = {"1": 0.45, "l": 0.5}
    date = [*row("1953-"), (5, 6, one, 0.3), (6, 7, one, 0.3), (5, 7, {"u": 0.5}, 0.0)]
    tail = [(7 + k, 8 + k, {c: 0.97}, 0.0) for k, c in enumerate("-08")]
    word = lattice(*date, *tail)
    for words in (english, None):
        way = best_way(word, word.probabilities, expected(words, numbers()))
        assert len(way.arcs) == len("1953-11-08")


def test_the_share_is_less_where_another_way_is_as_likely() -> None:
    def share(whole: float) -> float:
        parts = [(0, 1, {"o": 0.9}, 0.3), (1, 2, {"n": 0.9}, 0.3)]
        word = lattice((0, 2, {"m": whole}, 0.0), *parts)
        words = Vocabulary(load_lexicon(find_lexicon("en")))
        return best_way(word, word.probabilities, expected(words)).share

    assert share(0.01) > 0.99
    assert share(0.01) > share(0.5)


@st.composite
def lattices(draw: st.DrawFn) -> WordLattice:
    """Any that holds one way at least: a random one laid first, then other arcs."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    nodes = draw(st.integers(2, 9))
    inner = [k for k in range(1, nodes - 1) if rng.random() < 0.5]
    ends = [0, *inner, nodes - 1]
    spans = set(pairwise(ends))
    for _ in range(draw(st.integers(0, 12))):
        start, stop = sorted(int(k) for k in rng.choice(nodes, 2, replace=False))
        spans.add((start, stop))
    ordered = sorted(spans, key=lambda span: span[1])
    rows = rng.dirichlet(np.full(len(LABELS), 0.05), len(ordered)) * rng.random((len(ordered), 1))
    if draw(st.booleans()):
        rows[rng.random(len(rows)) < 0.3] = 0.0
    arcs = tuple(Arc(a, b, GLYPH, float(rng.uniform(0, 9))) for a, b in ordered)
    return WordLattice(nodes, arcs, np.asarray(rows, np.float64))


@given(lattices(), st.booleans())
@settings(max_examples=120, deadline=None)
def test_every_way_leads_from_end_to_end(word: WordLattice, known: bool) -> None:
    words = Vocabulary(load_lexicon(find_lexicon("en"))) if known else None
    way = best_way(word, word.probabilities, expected(words))
    check_way(word, way.arcs)
    assert 0.0 < way.share <= 1.0 + 1e-12
    assert np.isfinite(way.bits)


def expectations() -> list[Expectation]:
    english = Vocabulary(load_lexicon(find_lexicon("en")))
    return [
        expected(english),
        expected(None),
        expected(None, pattern=compile_pattern("..", LABELS)),
    ]


@given(lattices())
@settings(max_examples=60, deadline=None)
def test_one_search_finds_what_a_search_for_each_end_does(word: WordLattice) -> None:
    ends = sorted({arc.stop for arc in word.arcs if arc.start == 0} | {word.nodes - 1})
    for language in expectations():
        together = best_ways(word, word.probabilities, language, ends)
        for end, way in zip(ends, together, strict=True):
            alone = word.part(0, end)
            by_itself = best_way(alone, alone.probabilities, language)
            assert way.arcs == by_itself.arcs
            assert (way.share, way.bits) == pytest.approx((by_itself.share, by_itself.bits))


def test_a_word_is_found_though_it_is_followed_by_more_than_any_word_is(
    english: Vocabulary,
) -> None:
    word = lattice(*row("the" * LONGEST_WORD))
    short, long = best_ways(word, word.probabilities, expected(english), [3, word.nodes - 1])
    as_code = best_way(word, word.probabilities, expected(None))
    assert short.bits < best_ways(word, word.probabilities, expected(None), [3])[0].bits
    assert long == as_code


@given(lattices())
@settings(max_examples=60, deadline=None)
def test_a_pattern_chooses_a_way_that_it_fits_where_there_is_one(word: WordLattice) -> None:
    two = compile_pattern("..", LABELS)
    way = best_way(word, word.probabilities, expected(None, pattern=two))
    check_way(word, way.arcs)
    middles = {arc.stop for arc in word.arcs if arc.start == 0}
    last = word.nodes - 1
    if any(arc.start in middles and arc.stop == last for arc in word.arcs):
        assert word.settled or len(way.arcs) == 2


def test_a_pattern_counts_more_than_looks() -> None:
    parts = [(0, 1, {"1": 0.3, "l": 0.6}, 0.3), (1, 2, {"1": 0.3, "l": 0.6}, 0.3)]
    word = lattice((0, 2, {"u": 0.9}, 0.0), *parts)
    assert read(word, None) == "u"
    digits = compile_pattern("digits", LABELS)
    assert best_way(word, word.probabilities, expected(None, pattern=digits)).arcs == (0, 2)
    assert word.arcs[0].stop == 1


def check_way(word: WordLattice, arcs: Sequence[int]) -> None:
    taken = [word.arcs[k] for k in arcs]
    assert taken[0].start == 0
    assert taken[-1].stop == word.nodes - 1
    assert all(a.stop == b.start for a, b in pairwise(taken))


def test_where_all_effort_is_spent_a_word_is_read_as_a_code(english: Vocabulary) -> None:
    word = lattice(*row("the"), (0, 2, {"m": 0.01}, 0.0))
    whole, spent = expected(english), expected(english)
    before = whole.effort.paths
    best_way(word, word.probabilities, whole)
    assert whole.effort.paths < before
    spent.effort.paths = 0
    as_code = best_way(word, word.probabilities, expected(None))
    assert best_way(word, word.probabilities, spent) == as_code
    assert spent.effort.paths == 0
