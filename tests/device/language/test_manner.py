import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.context import STATES, USUAL_START, Floats
from inkwatch.language.manner import DIGIT_STATE, Manner, page_manner

LABELS = "".join(sorted(string.digits + string.ascii_letters + ".,-"))


def words(*texts: str, sure: float = 1.0) -> list[Floats]:
    each = []
    for text in texts:
        rows = np.full((len(text), len(LABELS)), (1.0 - sure) / (len(LABELS) - 1))
        rows[range(len(text)), [LABELS.index(c) for c in text]] = sure
        each.append(rows)
    return each


def digits(manner: Manner) -> float:
    return float(manner.kinds.start[DIGIT_STATE])


def test_a_page_of_which_nothing_is_known_is_usual() -> None:
    manner = page_manner([], LABELS)
    assert manner.kinds.start == pytest.approx(USUAL_START)
    assert manner.word_bits < manner.code_bits


def test_numbers_make_numbers_and_codes_likelier_and_prose_makes_words() -> None:
    usual = page_manner([], LABELS)
    numbers = page_manner(words("1953", "24.50", "7", "316", "82"), LABELS)
    prose = page_manner(words("from", "the", "lake", "we", "saw"), LABELS)
    assert digits(prose) < digits(usual) < digits(numbers)
    assert prose.code_bits > usual.code_bits > numbers.code_bits
    assert prose.word_bits < usual.word_bits < numbers.word_bits


def test_one_number_says_less_than_many() -> None:
    shares = [digits(page_manner(words(*["1953"] * count), LABELS)) for count in (1, 3, 9)]
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]


def test_a_few_letters_taken_for_digits_tell_nothing() -> None:
    """One glyph in ten may be o for 0 in any prose."""
    doubted = words("remembered")
    doubted[0][0] = words("0")[0][0]
    assert digits(page_manner(doubted, LABELS)) == digits(page_manner(words("remembered"), LABELS))


@given(st.lists(st.integers(1, 7), max_size=30), st.integers(0, 1 << 32), st.floats(0.01, 5.0))
def test_all_are_probabilities(lengths: list[int], seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    page = [rng.dirichlet(np.full(len(LABELS), spread), length) for length in lengths]
    manner = page_manner(page, LABELS)
    assert manner.kinds.start.shape == (len(STATES),)
    assert manner.kinds.start.sum() == pytest.approx(1.0)
    assert (manner.kinds.start >= 0).all()
    assert 2.0**-manner.code_bits + 2.0**-manner.word_bits == pytest.approx(1.0)


def test_glyphs_that_hold_no_character_say_nothing() -> None:
    manner = page_manner([np.zeros((3, len(LABELS)))], LABELS)
    assert np.isfinite([*manner.kinds.start, manner.code_bits, manner.word_bits]).all()
