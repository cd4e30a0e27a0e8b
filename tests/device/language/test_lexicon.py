from pathlib import Path

import pytest

from inkwatch.errors import BundleError
from inkwatch.language.lexicon import (
    NOWHERE,
    ROOT,
    SYMBOLS,
    Lexicon,
    find_lexicon,
    load_lexicon,
    symbol_of,
)


@pytest.fixture(scope="module")
def english() -> Lexicon:
    return load_lexicon(find_lexicon("en"))


def test_common_words_cost_least(english: Lexicon) -> None:
    the, hello, boiler = (english.cost(word) for word in ("the", "hello", "boiler"))
    assert the is not None
    assert hello is not None
    assert boiler is not None
    assert 3 < the < 6 < hello < boiler < 26


@pytest.mark.parametrize("word", ["zzxq", "hcllo", "th", "thé", "a1", ""])
def test_what_is_no_word_has_no_cost(english: Lexicon, word: str) -> None:
    # wordfreq has odd words; these it has not, or they are not written in its letters.
    if word == "th":
        assert english.cost(word) is not None
    else:
        assert english.cost(word) is None


def test_case_is_ignored(english: Lexicon) -> None:
    assert english.cost("The") == english.cost("THE") == english.cost("the")


def test_apostrophes_are_part_of_words(english: Lexicon) -> None:
    assert english.cost("don't") is not None


def test_words_are_walked_letter_by_letter(english: Lexicon) -> None:
    node, place = ROOT, 0
    for letter in "pump":
        node, place = english.step(node, place, symbol_of(letter))
        assert node != NOWHERE
    assert english.cost_at(node, place) == english.cost("pump")
    assert english.step(node, place, symbol_of("x"))[0] == NOWHERE


def test_letters_follow_as_in_the_language(english: Lexicon) -> None:
    size = len(SYMBOLS)
    after_th = symbol_of("t") * size + symbol_of("h")
    likely, unlikely = (english.letter_bits(after_th, symbol_of(c)) for c in "eq")
    assert likely < 4
    assert unlikely > 8
    bits = [english.letter_bits(after_th, symbol) for symbol in range(size)]
    assert sum(2.0**-b for b in bits) == pytest.approx(1.0, abs=0.06)


def test_an_unknown_language_says_how_to_get_it() -> None:
    with pytest.raises(BundleError, match="inkwatch-convert lexicon --language xx"):
        find_lexicon("xx")


@pytest.mark.parametrize("keep", [0, 10, 60, 500, 20_000])
def test_a_damaged_file_is_told(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "cut.lexicon"
    path.write_bytes(find_lexicon("en").read_bytes()[:keep])
    with pytest.raises(BundleError, match=r"cut\.lexicon"):
        load_lexicon(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="cannot be read"):
        load_lexicon(tmp_path / "none.lexicon")
