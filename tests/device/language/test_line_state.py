import string
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language import line_state
from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.line_state import Expected, WordState
from inkwatch.language.own_words import OwnWords
from inkwatch.language.pattern import compile_pattern
from inkwatch.language.word_path import Vocabulary

LABELS = tuple(" " + string.ascii_letters + string.digits + ".,-'")
PLAIN = Expected(LABELS)


@pytest.fixture(scope="module")
def english() -> Expected:
    return Expected(LABELS, Vocabulary(load_lexicon(find_lexicon("en")), OwnWords([], LABELS)))


def state_of(word: str, expected: Expected) -> WordState | None:
    """A word's state; None where none begins so."""
    states = expected.states
    state = states.first()
    for character in word:
        column = expected.labels.index(character)
        if states.bits(state, column) == inf:
            return None
        state = states.then(state, column)
    return state


def bits(text: str, expected: Expected) -> float:
    """What a line of words costs."""
    total = 0.0
    for place, word in enumerate(text.split(" ")):
        state = state_of(word, expected)
        total += inf if state is None else expected.states.end(state, first=place == 0)
    return total


@given(st.lists(st.text(alphabet=LABELS[1:], min_size=1, max_size=6), min_size=1, max_size=4))
def test_codes_cost_what_they_cost_alone(words: list[str]) -> None:
    alone = sum(bits(word, PLAIN) for word in words)
    assert bits(" ".join(words), PLAIN) == pytest.approx(alone)


def test_known_words_are_cheaper_than_near_misses(english: Expected) -> None:
    for good, bad in (("house", "hoase"), ("the bread", "the brcad"), ("don't", "dom't")):
        assert bits(good, english) < bits(bad, english)


def test_a_capital_begins_a_line_more_cheaply_than_another_word(english: Expected) -> None:
    first = bits("Bread", english) - bits("bread", english)
    later = bits("the Bread", english) - bits("the bread", english)
    assert first < later


def test_what_is_no_word_costs_no_more_than_a_code(english: Expected) -> None:
    for text in ("X7Q4", "hx1", "-2a-"):
        assert bits(text, english) <= bits(text, PLAIN)


WORDS = st.text(alphabet=LABELS[1:], max_size=12)


@given(WORDS)
def test_the_cost_so_far_never_falls_while_a_word_grows(word: str) -> None:
    """What the search gains by a longer text must be its bonus alone."""
    state = PLAIN.states.first()
    for character in word:
        column = LABELS.index(character)
        assert PLAIN.states.bits(state, column) >= -1e-9
        state = PLAIN.states.then(state, column)


@given(WORDS)
def test_each_character_adds_the_bits_that_were_told_for_it(english: Expected, word: str) -> None:
    states = english.states
    state = states.first()
    for character in word:
        column = LABELS.index(character)
        told = states.bits(state, column)
        state, before = states.then(state, column), state.so_far
        assert state.so_far == pytest.approx(before + told)
        cheapest = min((path.so_far() for path in state.paths), default=inf)
        assert state.so_far <= state.code_bits + 1e-9
        assert state.so_far <= line_state._WORD_BITS + cheapest + 1e-9


@given(WORDS.filter(bool))
def test_what_is_kept_of_a_word_is_what_is_worked_out_anew(english: Expected, word: str) -> None:
    again = Expected(english.labels, english.vocabulary)
    assert bits(word, again) == bits(word, english)
    assert bits(word, again) == bits(word, english)


def test_beginnings_are_kept_until_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_state, "MOST_STATES", 5)
    expected = Expected(LABELS)
    first = expected.states.first()
    alone = bits("abcde", expected)
    assert expected.states.first() is first
    assert state_of("abcde", expected) is state_of("abcde", expected)
    assert bits("xyz", expected) < inf
    assert expected.states.first() is not first
    assert bits("abcde", expected) == alone


def test_a_word_must_have_a_character(english: Expected) -> None:
    for expected in (PLAIN, english):
        assert expected.states.end(expected.states.first(), first=True) == inf


def test_a_pattern_holds_for_each_word() -> None:
    labels = tuple(" ab1")
    expected = Expected(labels, pattern=compile_pattern("a1+", labels))
    assert bits("a1 a111", expected) == 0.0
    assert bits("a", expected) == inf
    assert state_of("b", expected) is None
    assert state_of("aa", expected) is None
