from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.vision.cut import cut_page
from inkwatch.vision.words import break_bits


def breaks_of(*lines: list[float]) -> list[list[bool]]:
    return [(bits > 0).tolist() for bits in break_bits([np.array(gaps) for gaps in lines])]


def test_no_lines_and_no_gaps() -> None:
    assert break_bits([]) == []
    assert breaks_of([]) == [[]]
    assert breaks_of([], [0.1, 0.9, 0.1]) == [[], [False, True, False]]


@pytest.mark.parametrize("within", [0.0, 0.1, 0.25])
@pytest.mark.parametrize("between", [0.65, 0.9, 1.4])
def test_wide_gaps_part_words(within: float, between: float) -> None:
    gaps = [within, within, between, within, between, within]
    assert breaks_of(gaps) == [[gap == between for gap in gaps]]


def test_a_line_of_one_word_stays_whole() -> None:
    gaps = [0.15, 0.2, 0.12, 0.25, 0.18, 0.22]
    assert breaks_of(gaps) == [[False] * 6]
    assert breaks_of(gaps, [0.2, 0.2, 0.9, 0.15, 0.2]) == [
        [False] * 6,
        [False, False, True, False, False],
    ]


def test_a_wide_hand_is_told_from_the_page() -> None:
    """Capitals set widely: 0.45 is no word gap where word gaps are 1.2."""
    wide = [0.4, 0.45, 1.2, 0.42, 0.44, 0.4, 1.25, 0.43]
    assert breaks_of(wide, wide, [0.42, 0.47]) == [
        [gap > 1 for gap in wide],
        [gap > 1 for gap in wide],
        [False, False],
    ]


def test_a_narrow_hand_is_told_from_the_page() -> None:
    narrow = [0.02, 0.0, 0.4, -0.05, 0.03, 0.42, 0.0, 0.01, 0.45]
    assert breaks_of(*[narrow] * 4)[0] == [gap > 0.3 for gap in narrow]


def test_overlapping_letters_are_no_gaps() -> None:
    assert breaks_of([-0.5, -0.2, 0.9, -0.3]) == [[False, False, True, False]]


@pytest.mark.parametrize(
    "text",
    ["Hello World", "one two three", "HELLO", "METER CARD", "A B", "a b c", "12 eggs", "bread"],
)
def test_drawn_words(write: Any, text: str) -> None:
    (line,) = cut_page(write(text, scale=1.4, pen_px=3)).lines
    assert [len(word.glyphs) for word in line.words] == [len(word) for word in text.split()]


@given(st.lists(st.lists(st.floats(-3, 30), max_size=30), max_size=6))
@settings(max_examples=150, deadline=None)
def test_wider_gaps_never_join_what_narrower_ones_part(lines: list[list[float]]) -> None:
    for gaps, found in zip(lines, breaks_of(*lines), strict=True):
        assert len(found) == len(gaps)
        narrowest = min((gap for gap, parts in zip(gaps, found, strict=True) if parts), default=99)
        assert all(parts for gap, parts in zip(gaps, found, strict=True) if gap > narrowest)
        assert not any(parts for gap, parts in zip(gaps, found, strict=True) if gap <= 0.1)
        assert all(parts for gap, parts in zip(gaps, found, strict=True) if gap >= 1.6)
