import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.patience import JOINED_SHARE, PATIENT, USUAL, doubted, is_joined


def test_joined_writing_is_told_by_its_cuts() -> None:
    assert is_joined([3, 2], [5, 5])
    assert not is_joined([1, 0], [5, 5])
    assert not is_joined([], [])
    assert not is_joined([0], [round(1 / JOINED_SHARE)])


def test_patience_looks_further() -> None:
    assert PATIENT.beam > USUAL.beam
    assert PATIENT.candidates > USUAL.candidates
    assert PATIENT.least < USUAL.least


def test_doubt_keeps_the_order_and_brings_rows_nearer_together() -> None:
    (row,) = doubted(np.array([[0.9, 0.05, 0.01]]), 1.4)
    assert row[0] > row[1] > row[2]
    assert row[0] < 0.9
    assert row[2] > 0.01
    assert doubted(np.array([[0.9, 0.05, 0.01]]), 1.0) == pytest.approx(
        np.array([[0.9, 0.05, 0.01]])
    )


@given(st.integers(1, 6), st.integers(1, 9), st.floats(1.0, 3.0), st.integers(0, 1 << 32))
def test_doubted_rows_stay_probabilities(count: int, labels: int, doubt: float, seed: int) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.full(labels + 1, 0.2), count)[:, :-1]
    told = doubted(rows, doubt)
    assert told.shape == rows.shape
    assert (told > 0).all()
    assert (told.sum(axis=1) <= 1 + 1e-6).all()


def test_no_page_holds_a_thousand_joined_letters() -> None:
    assert is_joined([500], [1000])
    assert not is_joined([501], [1001])
