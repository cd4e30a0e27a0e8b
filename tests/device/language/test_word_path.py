import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.lexicon import Lexicon, find_lexicon, load_lexicon
from inkwatch.language.word_path import WordPath, ended, extended

CHARACTERS = string.ascii_letters + string.digits + "!\"#%&'()*+,-./:;=?@"


@pytest.fixture(scope="module")
def english() -> Lexicon:
    return load_lexicon(find_lexicon("en"))


def paths_of(text: str, lexicon: Lexicon, seen_bits: float = 0.0) -> list[WordPath]:
    paths = [WordPath()]
    for number, character in enumerate(text):
        paths = [
            grown
            for path in paths
            for grown in extended(path, character, seen_bits, lexicon, column=number, arc=number)
        ]
    return paths


def bits_of(text: str, lexicon: Lexicon, seen_bits: float = 0.0) -> float | None:
    ends = [ended(path, lexicon) for path in paths_of(text, lexicon, seen_bits)]
    return min((bits for bits in ends if bits is not None), default=None)


def cost(text: str, lexicon: Lexicon) -> float:
    bits = bits_of(text, lexicon)
    assert bits is not None
    return bits


@pytest.mark.parametrize("text", ["", "(", '"', "7", "a1", "+", "-a", ".", "well-", "McLeod", "aB"])
def test_what_is_no_word_has_no_cost(english: Lexicon, text: str) -> None:
    assert bits_of(text, english) is None


@pytest.mark.parametrize(
    "text", ["hello", "Hello", "HELLO", "(so", 'say."', "well-known", "don't", "I've", "who?!", "a"]
)
def test_words_with_case_and_marks_have_one(english: Lexicon, text: str) -> None:
    assert cost(text, english) > 0


def test_known_words_are_cheaper_than_unknown_and_these_than_nonsense(english: Lexicon) -> None:
    assert cost("house", english) < cost("hoase", english) < cost("hxqse", english)


def test_small_letters_are_cheaper_than_a_capital_and_that_than_capitals(english: Lexicon) -> None:
    assert cost("bread", english) < cost("Bread", english) < cost("BREAD", english)


def test_an_end_without_marks_is_cheaper_than_with_them(english: Lexicon) -> None:
    assert cost("bread", english) < cost("bread,", english) < cost("bread,'", english)


def test_what_is_seen_is_added_for_each_character(english: Lexicon) -> None:
    assert bits_of("bread.", english, 2.5) == pytest.approx(cost("bread.", english) + 6 * 2.5)


def test_steps_lead_back_to_the_first_character(english: Lexicon) -> None:
    for path in paths_of("(so)", english):
        assert path.steps() == [(0, 0), (1, 1), (2, 2), (3, 3)]
    assert WordPath().steps() == []


@given(st.text(CHARACTERS, max_size=12))
def test_a_path_never_gets_cheaper_and_keeps_its_beginning(text: str) -> None:
    lexicon = load_lexicon(find_lexicon("en"))
    for path in paths_of(text, lexicon):
        assert len(path.steps()) == len(text)
        bits = ended(path, lexicon)
        assert bits is None or bits >= path.bits
        before = path.parent
        assert before is None or path.bits >= before.bits
