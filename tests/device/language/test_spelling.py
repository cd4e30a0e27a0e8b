import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.language.context import read_codes
from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.manner import Manner, page_manner
from inkwatch.language.spelling import Floats, weigh_word
from inkwatch.language.word_path import Vocabulary

LABELS = "".join(sorted(string.digits + string.ascii_letters + "!\"#$%&'()*+,-./:;=?@"))

Guess = dict[str, float]

USUAL = page_manner([], LABELS)
"""That of a page of which nothing is known."""


@pytest.fixture(scope="module")
def english() -> Vocabulary:
    return Vocabulary(load_lexicon(find_lexicon("en")))


def guesses(*glyphs: str | Guess) -> Floats:
    rows = np.full((len(glyphs), len(LABELS)), 1e-5)
    for row, glyph in zip(rows, glyphs, strict=True):
        for character, value in (glyph if isinstance(glyph, dict) else {glyph: 1.0}).items():
            row[LABELS.index(character)] = value
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), np.float64)


def weigh(rows: Floats, words: Vocabulary, manner: Manner = USUAL) -> Floats:
    (code,) = read_codes([rows], LABELS, manner.kinds)
    return weigh_word(rows, LABELS, words, manner, code)


def read(english: Vocabulary, *glyphs: str | Guess, manner: Manner = USUAL) -> str:
    weighed = weigh(guesses(*glyphs), english, manner)
    return "".join(LABELS[k] for k in weighed.argmax(axis=1))


ONE: Guess = {"1": 0.35, "l": 0.3, "I": 0.35}
OH: Guess = {"0": 0.4, "o": 0.3, "O": 0.3}


def test_a_word_settles_what_its_shapes_leave_open(english: Vocabulary) -> None:
    assert read(english, "h", {"c": 0.8, "e": 0.2}, ONE, ONE, OH) == "hello"
    assert read(english, "t", {"n": 0.8, "h": 0.2}, "e") == "the"


def test_case_and_marks_around_a_word(english: Vocabulary) -> None:
    assert read(english, {"S": 0.4, "s": 0.6}, "H", OH, "P") == "SHOP"
    assert read(english, "M", OH, "n", "d", "a", "y", {",": 0.6, "'": 0.4}) == "Monday,"
    assert read(english, "(", "s", OH, ")") == "(so)"
    assert read(english, ONE, "'", "v", "e") == "I've"
    assert read(english, "w", "e", ONE, ONE, "-", "k", "n", OH, "w", "n") == "well-known"


@pytest.mark.parametrize("text", ["X7K2", "17:42", "12.5.2031", "AB-1234", "3.14", "#42", "Q"])
def test_codes_and_numbers_stay(english: Vocabulary, text: str) -> None:
    assert read(english, *text) == text


@pytest.mark.parametrize("text", ["Zbrth", "Inkwatch", "Xyzzy", "qwfp", "Nguyen's"])
def test_words_that_are_in_no_lexicon_stay(english: Vocabulary, text: str) -> None:
    assert read(english, *text) == text


def test_a_number_beside_letters_keeps_its_digits(english: Vocabulary) -> None:
    assert read(english, "2", OH, "2", "6") == "2026"


ELL: Guess = {"1": 0.5, "l": 0.5}
ROUND: Guess = {"0": 0.5, "o": 0.5}


def test_the_page_tells_a_number_from_a_word(english: Vocabulary) -> None:
    numbers = page_manner([guesses(*text) for text in ("24.50", "7", "1953", "316", "82")], LABELS)
    prose = page_manner([guesses(*text) for text in ("from", "the", "lake", "we", "saw")], LABELS)
    assert read(english, ELL, ROUND, manner=numbers) == "10"
    assert read(english, ELL, ROUND, manner=prose) == "lo"


def test_dates_keep_their_digits_over_letters_that_make_words(english: Vocabulary) -> None:
    unsure: Guess = {"1": 0.4, "l": 0.6}
    dates = page_manner([guesses(*text) for text in ("1953-12-08", "2004-03-27")], LABELS)
    date = (unsure, "9", "5", "3", "-", unsure, unsure, "-", ROUND, "8")
    for manner in (dates, USUAL):
        assert read(english, *date, manner=manner) == "1953-11-08"


def test_what_is_sure_is_not_rewritten(english: Vocabulary) -> None:
    """`tbe` is no word, but a b that is certain is not read as an h."""
    assert read(english, "t", {"b": 1.0, "h": 1e-6}, "e") == "tbe"


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(0, 1 << 32))
def test_posteriors_are_probabilities(length: int, seed: int) -> None:
    words = Vocabulary(load_lexicon(find_lexicon("en")))
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet(np.full(len(LABELS), 0.05), length) + 1e-9
    rows /= rows.sum(axis=1, keepdims=True)
    weighed = weigh(rows, words)
    assert weighed.shape == rows.shape
    assert (weighed >= 0).all()
    assert weighed.sum(axis=1) == pytest.approx(1.0)


def test_without_a_word_near_it_the_kinds_decide(english: Vocabulary) -> None:
    rows = guesses("7", "9", OH, "%")
    (code,) = read_codes([rows], LABELS)
    assert weigh(rows, english) == pytest.approx(code.weighed, abs=0.02)


@pytest.mark.parametrize("text", [".-" * 90, "Aa1." * 60, "n" * 400])
def test_very_long_words_stay_probabilities(english: Vocabulary, text: str) -> None:
    weighed = weigh(guesses(*text), english)
    assert np.isfinite(weighed).all()
    assert weighed.sum(axis=1) == pytest.approx(1.0)
