import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.language.line_align import align

Floats = npt.NDArray[np.float64]

BLANK = 2


def tables(least: int, most: int) -> st.SearchStrategy[Floats]:
    shapes = st.tuples(st.integers(least, most), st.just(BLANK + 1))
    weights = hnp.arrays(np.float64, shapes, elements=st.floats(0.01, 1.0))
    return weights.map(lambda each: each / each.sum(axis=1, keepdims=True))


def needed(columns: Sequence[int]) -> int:
    return len(columns) + sum(a == b for a, b in itertools.pairwise(columns))


def collapsed(path: Sequence[int]) -> list[int]:
    return [a for a, _ in itertools.groupby(path) if a != BLANK]


def chance(rows: Floats, path: Sequence[int]) -> float:
    return math.prod(float(rows[step, column]) for step, column in enumerate(path))


def path_of(spans: Sequence[tuple[int, int]], columns: Sequence[int], steps: int) -> list[int]:
    path = [BLANK] * steps
    for (first, last), column in zip(spans, columns, strict=True):
        path[first:last] = [column] * (last - first)
    return path


@settings(max_examples=150, deadline=None)
@given(tables(1, 6), st.lists(st.integers(0, BLANK - 1), min_size=1, max_size=4))
def test_the_way_is_the_likeliest_of_all(rows: Floats, columns: list[int]) -> None:
    assume(needed(columns) <= len(rows))
    spans = align(rows, columns)
    path = path_of(spans, columns, len(rows))
    assert collapsed(path) == columns
    best = max(
        chance(rows, each)
        for each in itertools.product(range(BLANK + 1), repeat=len(rows))
        if collapsed(each) == columns
    )
    assert chance(rows, path) == pytest.approx(best)


@settings(max_examples=100, deadline=None)
@given(tables(1, 40), st.lists(st.integers(0, BLANK - 1), max_size=12))
def test_characters_follow_one_another_inside_the_line(rows: Floats, columns: list[int]) -> None:
    assume(needed(columns) <= len(rows))
    spans = align(rows, columns)
    assert len(spans) == len(columns)
    assert all(0 <= first < last <= len(rows) for first, last in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


@given(tables(1, 8), st.lists(st.integers(0, BLANK - 1), min_size=1, max_size=9))
def test_too_few_steps_are_told(rows: Floats, columns: list[int]) -> None:
    assume(needed(columns) > len(rows))
    with pytest.raises(ValueError, match=f"{len(rows)} steps are too few for {len(columns)} char"):
        align(rows, columns)


def test_alike_characters_have_a_blank_between_them() -> None:
    rows = np.tile([0.98, 0.01, 0.01], (3, 1))
    assert align(rows, [0, 0]) == [(0, 1), (2, 3)]


def test_what_is_impossible_is_still_laid() -> None:
    """A text that was found may stand where single steps say 0."""
    rows = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    assert align(rows, [1]) in ([(0, 1)], [(1, 2)])
