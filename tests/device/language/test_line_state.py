import string
from math import inf, isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.line_state import Expected, LineState
from inkwatch.language.own_words import OwnWords
from inkwatch.language.pattern import compile_pattern
from inkwatch.language.word_path import Vocabulary

LABELS = tuple(" " + string.ascii_letters + string.digits + ".,-'")
PLAIN = Expected(LABELS)


@pytest.fixture(scope="module")
def english() -> Expected:
    return Expected(LABELS, Vocabulary(load_lexicon(find_lexicon("en")), OwnWords([], LABELS)))


def after(text: str, expected: Expected) -> LineState | None:
    state: LineState | None = LineState()
    for character in text:
        if state is None:
            return None
        state = state.then(expected.labels.index(character), expected)
    return state


def bits(text: str, expected: Expected) -> float:
    state = after(text, expected)
    return inf if state is None else state.end(expected)


def test_a_line_begins_with_no_space_and_has_none_twice() -> None:
    assert after(" a", PLAIN) is None
    assert after("a  b", PLAIN) is None
    assert after("a b", PLAIN) is not None


def test_a_line_cannot_end_with_a_space_but_may_be_empty() -> None:
    assert bits("a ", PLAIN) == inf
    assert bits("", PLAIN) == 0.0


@given(st.text(alphabet=LABELS, max_size=20))
def test_every_line_of_words_has_a_cost_and_others_have_none(text: str) -> None:
    assert isfinite(bits(text, PLAIN)) == (text == " ".join(text.split()))


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


@given(st.text(alphabet=LABELS, max_size=12))
def test_the_cost_so_far_never_falls_while_a_word_grows(text: str) -> None:
    """What the search gains by a longer text must be its bonus alone."""
    state: LineState | None = LineState()
    for character in text:
        if state is None:
            return
        longer = state.then(LABELS.index(character), PLAIN)
        if longer is not None:
            assert longer.so_far >= state.so_far - 1e-9
        state = longer


def test_a_pattern_holds_for_each_word() -> None:
    labels = tuple(" ab1")
    expected = Expected(labels, pattern=compile_pattern("a1+", labels))
    assert bits("a1 a111", expected) == 0.0
    assert bits("a", expected) == inf
    assert after("b", expected) is None
    assert after("a a1", expected) is None
