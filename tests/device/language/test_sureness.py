import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.sureness import WordCuts, word_sureness

CLEAR = WordCuts()


def sureness(product: float = 0.9, cuts: WordCuts = CLEAR, *, known: bool = True) -> float:
    return word_sureness(product, 5, cuts, known=known, page_product=0.7)


def test_what_speaks_against_a_word_makes_it_less_sure() -> None:
    clear = sureness()
    assert sureness(0.5) < clear
    assert sureness(known=False) < clear
    assert sureness(cuts=WordCuts(cuts=3)) < clear
    assert sureness(cuts=WordCuts(before_bits=1.0)) < clear
    assert sureness(cuts=WordCuts(behind_bits=1.0)) < clear
    assert sureness(cuts=WordCuts(within_bits=-1.0)) < clear
    assert word_sureness(0.9, 5, CLEAR, known=True, page_product=0.2) < clear
    assert word_sureness(0.9, 1, CLEAR, known=True, page_product=0.7) < clear


def test_a_word_that_fits_no_pattern_stays_hopeless() -> None:
    assert sureness(1e-9) == 1e-9


@given(
    st.floats(0, 1),
    st.integers(1, 40),
    st.builds(
        WordCuts,
        st.integers(0, 40),
        st.floats(0, 1),
        st.floats(-50, 50),
        st.floats(-50, 50),
        st.floats(-50, 50),
    ),
    st.booleans(),
    st.floats(0, 1),
)
def test_sureness_is_a_probability(
    product: float, length: int, cuts: WordCuts, known: bool, page_product: float
) -> None:
    told = word_sureness(product, length, cuts, known=known, page_product=page_product)
    assert 0 <= told <= 1


def test_the_surer_the_glyphs_the_surer_the_word() -> None:
    told = [sureness(product) for product in (0.0, 1e-5, 0.1, 0.5, 0.9, 0.99, 1.0)]
    assert told == sorted(told)
    assert told[-1] == pytest.approx(sureness(0.9999), abs=1e-6)
