import math
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.own_words import OwnWords
from inkwatch.language.word_path import Vocabulary, WordPath, ended, extended, least_bits

CHARACTERS = string.ascii_letters + string.digits + "!\"#%&'()*+,-./:;=?@"


@pytest.fixture(scope="module")
def english() -> Vocabulary:
    return Vocabulary(load_lexicon(find_lexicon("en")))


def paths_of(text: str, words: Vocabulary, seen_bits: float = 0.0) -> list[WordPath]:
    paths = [WordPath()]
    for number, character in enumerate(text):
        paths = [
            grown
            for path in paths
            for grown in extended(path, character, seen_bits, words, column=number, arc=number)
        ]
    return paths


def bits_of(text: str, words: Vocabulary, seen_bits: float = 0.0) -> float | None:
    ends = [ended(path, words) for path in paths_of(text, words, seen_bits)]
    return min((bits for bits in ends if bits is not None), default=None)


def cost(text: str, words: Vocabulary) -> float:
    bits = bits_of(text, words)
    assert bits is not None
    return bits


@pytest.mark.parametrize("text", ["", "(", '"', "7", "a1", "+", "-a", ".", "well-", "McLeod", "aB"])
def test_what_is_no_word_has_no_cost(english: Vocabulary, text: str) -> None:
    assert bits_of(text, english) is None


@pytest.mark.parametrize(
    "text", ["hello", "Hello", "HELLO", "(so", 'say."', "well-known", "don't", "I've", "who?!", "a"]
)
def test_words_with_case_and_marks_have_one(english: Vocabulary, text: str) -> None:
    assert cost(text, english) > 0


def test_known_words_are_cheaper_than_unknown_and_these_than_nonsense(english: Vocabulary) -> None:
    assert cost("house", english) < cost("hoase", english) < cost("hxqse", english)


def test_small_letters_are_cheaper_than_a_capital_and_that_than_capitals(
    english: Vocabulary,
) -> None:
    assert cost("bread", english) < cost("Bread", english) < cost("BREAD", english)


def test_an_end_without_marks_is_cheaper_than_with_them(english: Vocabulary) -> None:
    assert cost("bread", english) < cost("bread,", english) < cost("bread,'", english)


def test_what_is_seen_is_added_for_each_character(english: Vocabulary) -> None:
    assert bits_of("bread.", english, 2.5) == pytest.approx(cost("bread.", english) + 6 * 2.5)


def test_steps_lead_back_to_the_first_character(english: Vocabulary) -> None:
    for path in paths_of("(so)", english):
        assert path.steps() == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert WordPath().steps() == []


@given(st.text(CHARACTERS, max_size=12))
def test_a_path_never_gets_cheaper_and_keeps_its_beginning(text: str) -> None:
    words = Vocabulary(load_lexicon(find_lexicon("en")))
    for path in paths_of(text, words):
        assert len(path.steps()) == len(text)
        bits = ended(path, words)
        assert bits is None or bits >= path.bits
        before = path.parent
        assert before is None or path.bits >= before.bits


def test_own_words_are_cheaper_than_unknown_ones_and_may_hold_digits(english: Vocabulary) -> None:
    own = Vocabulary(english.lexicon, OwnWords(["Zbrth", "BX7-249", "McLeod"], CHARACTERS))
    assert cost("Zbrth", own) < cost("Zbrth", english)
    assert cost("ZBRTH", own) < cost("ZBRTH", english)
    for text in ("BX7-249", "McLeod", "MCLEOD,"):
        assert np.isfinite(cost(text, own))
    for text in ("BX7-24", "BX8-249", "mcLeod"):
        bits = bits_of(text, own)
        assert bits is None or not np.isfinite(bits)
    assert cost("bread", own) == cost("bread", english)


def test_what_costs_too_much_is_left_out_and_nothing_else(english: Vocabulary) -> None:
    for path in paths_of("bre", english):
        every = list(extended(path, "a", 1.0, english, column=0, arc=3))
        dearest = max(grown.so_far() for grown in every)
        for most, count in ((dearest, len(every)), (dearest - 0.1, len(every) - 1)):
            kept = list(extended(path, "a", 1.0, english, column=0, arc=3, most=most))
            assert len(kept) == count


@given(st.text(CHARACTERS, max_size=8), st.sampled_from(CHARACTERS))
def test_the_least_bits_are_those_of_the_cheapest_way_on(text: str, character: str) -> None:
    lexicon = load_lexicon(find_lexicon("en"))
    for own in (None, OwnWords(["BX7-249", "McLeod", "aB'c"], CHARACTERS)):
        words = Vocabulary(lexicon, own)
        for path in paths_of(text, words):
            ways = extended(path, character, 0.0, words, column=0, arc=0)
            cheapest = min((way.so_far() for way in ways), default=math.inf)
            assert least_bits(path, character, words) == pytest.approx(cheapest)
