from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.likeliest import likeliest
from inkwatch.language.patience import USUAL

FEW = replace(USUAL, candidates=3, least=0.01)


def test_they_come_cheapest_first_and_equal_ones_in_order() -> None:
    rows = np.array([[0.25, 0.5, 0.25, 0.0], [0.005, 0.0, 0.0, 0.0], [0.1, 0.2, 0.3, 0.4]])
    first, second, third = likeliest(rows, FEW)
    assert first == [(1, 1.0), (0, 2.0), (2, 2.0)]
    assert second == []
    assert [column for column, _ in third] == [3, 2, 1]
    assert [bits for _, bits in third] == pytest.approx(-np.log2([0.4, 0.3, 0.2]))


@given(st.integers(0, 9), st.integers(0, 1 << 32), st.floats(0.02, 3.0))
def test_they_are_those_that_sorting_all_would_give(count: int, seed: int, spread: float) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.full(12, spread), count).reshape(count, 12)
    chosen = likeliest(rows, FEW)
    assert len(chosen) == count
    for row, found in zip(rows, chosen, strict=True):
        wanted = [k for k in np.argsort(-row, kind="stable")[:3].tolist() if row[k] >= 0.01]
        assert [column for column, _ in found] == wanted
