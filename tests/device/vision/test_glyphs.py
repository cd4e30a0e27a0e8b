from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.vision.components import Pieces, find_pieces
from inkwatch.vision.glyphs import group_glyphs
from inkwatch.vision.ink import find_ink, flatten_light
from inkwatch.vision.lines import find_lines

Rectangle = tuple[int, int, int, int]
"""Left, top, width, height."""

LETTER_PX = 30.0


def pieces_at(rectangles: Sequence[Rectangle]) -> Pieces:
    """Pieces as they would be found, without a picture."""
    left, top, width, height = np.array(rectangles, np.int32).reshape(-1, 4).T
    return Pieces(
        labels=np.zeros((1, 1), np.int32),
        ids=np.arange(1, len(left) + 1, dtype=np.int32),
        left=left,
        top=top,
        right=left + width,
        bottom=top + height,
        area=(width * height + 1) // 2,
        stroke_px=4.0,
    )


def groups_of(*rectangles: Rectangle) -> list[list[int]]:
    groups = group_glyphs(range(len(rectangles)), pieces_at(rectangles), LETTER_PX)
    return [sorted(group) for group in groups]


STEM = (100, 100, 6, 30)
LETTER = (100, 100, 22, 30)


@pytest.mark.parametrize("text", [*"ij=:;!?%\"E'a8.", "ij", "jig", "!?", "E=mc", "50%", "b:"])
@pytest.mark.parametrize("pen_px", [2, 3])
def test_each_drawn_character_is_one_glyph(write: Any, text: str, pen_px: int) -> None:
    pieces = find_pieces(find_ink(flatten_light(write("N" + text + "N", scale=1.6, pen_px=pen_px))))
    (line,) = find_lines(pieces)
    groups = group_glyphs(line.members.tolist(), pieces, line.letter_px)
    # The quotes' two strokes stand side by side: each is a mark of its own.
    assert len(groups) == len(text) + 2 + text.count('"')


@pytest.mark.parametrize("dx", [-3, 0, 3, 6])
def test_a_dot_joins_its_stem_though_set_aside(dx: int) -> None:
    assert groups_of(STEM, (100 + dx, 86, 6, 6)) == [[0, 1]]


@pytest.mark.parametrize(
    "apart",
    [
        (100, 60, 6, 6),  # far above: another line's full stop
        (118, 86, 6, 6),  # beside: another letter's dot
        (100, 60, 6, 24),  # no dot but a stroke
    ],
)
def test_what_is_no_dot_of_a_stem_stays_apart(apart: Rectangle) -> None:
    assert len(groups_of(STEM, apart)) == 2


def test_two_dots_go_to_their_own_stems() -> None:
    groups = groups_of(STEM, (112, 100, 6, 30), (101, 88, 5, 5), (114, 88, 5, 5))
    assert groups == [[0, 2], [1, 3]]


def test_loose_bars_join_their_letter() -> None:
    """An E whose middle and lower bars are strokes of their own."""
    assert groups_of((100, 98, 22, 34), (106, 113, 12, 4), (104, 126, 18, 4)) == [[0, 1, 2]]
    assert groups_of((100, 98, 20, 10), (100, 113, 18, 4), (100, 126, 20, 6)) == [[0, 1, 2]]


def test_the_dot_below_a_mark_joins_it_and_a_full_stop_does_not() -> None:
    assert groups_of((100, 100, 16, 22), (106, 126, 5, 5)) == [[0, 1]]
    assert groups_of((100, 100, 16, 30), (122, 126, 5, 5)) == [[0], [1]]
    # The dot of a question mark may stand right of the middle.
    assert groups_of((100, 100, 20, 22), (111, 126, 5, 5)) == [[0, 1]]


def test_a_full_stop_before_a_one_with_a_foot_stays_apart() -> None:
    foot = (100, 100, 30, 30)
    assert groups_of((96, 132, 5, 5), foot) == [[0], [1]]
    assert groups_of((103, 131, 5, 5), foot) == [[0], [1]]


def test_a_comma_under_an_apostrophe_is_not_lost_in_a_letter() -> None:
    assert groups_of(LETTER, (124, 96, 5, 10), (124, 126, 5, 10)) != [[0, 1, 2]]


def test_a_tail_under_the_next_letter_does_not_swallow_it() -> None:
    """The tail of a y reaches under the whole of a narrow letter from the line's right."""
    tail, narrow = (100, 100, 40, 50), (122, 70, 14, 28)
    assert groups_of(tail, narrow) == [[0], [1]]


def test_a_bar_over_the_next_letter_does_not_swallow_it() -> None:
    """The T's bar covers a third of the o beside its stem."""
    assert groups_of((100, 100, 30, 30), (122, 114, 18, 16)) == [[0], [1]]


def test_glyphs_come_in_order_of_their_middles() -> None:
    assert groups_of((150, 100, 20, 30), (100, 100, 20, 30), (120, 100, 24, 30)) == [[1], [2], [0]]


rectangles = st.tuples(
    st.integers(0, 200), st.integers(0, 60), st.integers(1, 40), st.integers(1, 40)
)


@given(st.lists(rectangles, min_size=1, max_size=25), st.floats(1.0, 60.0))
@settings(max_examples=150, deadline=None)
def test_every_piece_is_in_exactly_one_glyph(boxes: list[Rectangle], letter_px: float) -> None:
    pieces = pieces_at(boxes)
    groups = group_glyphs(range(len(boxes)), pieces, letter_px)
    assert sorted(index for group in groups for index in group) == list(range(len(boxes)))
    middles = [pieces.left[group].min() + pieces.right[group].max() for group in groups]
    assert middles == sorted(middles)
