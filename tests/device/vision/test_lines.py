from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.vision.components import Pieces, find_pieces
from inkwatch.vision.ink import Grey, find_ink, flatten_light
from inkwatch.vision.lines import FoundLine, find_lines

Rectangle = tuple[int, int, int, int]
"""Left, top, width, height."""


def pieces_of(page: Grey) -> Pieces:
    return find_pieces(find_ink(flatten_light(page)))


def pieces_at(rectangles: Sequence[Rectangle]) -> Pieces:
    """Pieces as they would be found, without a picture."""
    left, top, width, height = np.array(rectangles, np.int32).reshape(-1, 4).T
    labels = np.zeros(
        (max((top + height).max(initial=0), 1), (left + width).max(initial=1)), np.int32
    )
    for k, (x, y, w, h) in enumerate(rectangles):
        labels[y : y + h, x : x + w] = k + 1
    return Pieces(
        labels=labels,
        ids=np.arange(1, len(left) + 1, dtype=np.int32),
        left=left,
        top=top,
        right=left + width,
        bottom=top + height,
        area=(width * height + 1) // 2,
        stroke_px=3.0,
    )


def turned(page: Grey, degrees: float) -> Grey:
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    out = cv2.warpAffine(page, matrix, (width, height), borderValue=235.0)
    return np.asarray(out, np.uint8)


def middles(lines: list[FoundLine], pieces: Pieces) -> list[float]:
    middle = (pieces.top + pieces.bottom) / 2
    return [float(np.median(middle[line.members])) for line in lines]


@pytest.fixture(scope="session")
def page(write: Any) -> Grey:
    """Four lines of letters that are one piece each, but for a colon."""
    lines = ("over the lamps", "next to bread", "sunflower seeds x", "can: or cup")
    drawn: Grey = write(*lines, scale=1.4, pen_px=3, gap_px=80)
    return np.asarray(cv2.copyMakeBorder(drawn, 60, 60, 60, 60, 1, None, 235), np.uint8)


COUNTS = [12, 11, 15, 10]


def test_nothing_gives_no_lines() -> None:
    assert find_lines(pieces_at([])) == []


def test_lines_come_from_top_to_bottom_and_pieces_from_left_to_right(page: Grey) -> None:
    pieces = pieces_of(page)
    lines = find_lines(pieces)
    assert [len(line.members) for line in lines] == COUNTS
    assert middles(lines, pieces) == sorted(middles(lines, pieces))
    for line in lines:
        middle = (pieces.left + pieces.right)[line.members]
        assert (np.diff(middle) >= 0).all()


@pytest.mark.parametrize("degrees", [-5, -3, -1, 0.5, 2, 4, 5])
def test_slanted_pages(page: Grey, degrees: float) -> None:
    lines = find_lines(pieces_of(turned(page, degrees)))
    assert [len(line.members) for line in lines] == COUNTS
    for line in lines:
        assert line.slope == pytest.approx(-np.tan(np.radians(degrees)), abs=0.02)


@pytest.mark.parametrize("narrow", ["left", "right", "top"])
def test_pages_in_perspective(page: Grey, narrow: str) -> None:
    height, width = page.shape
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    seen = corners.copy()
    dx, dy = 0.06 * width, 0.06 * height
    if narrow == "left":
        seen[[0, 3]] += np.array([(0, dy), (0, -dy)], np.float32)
    elif narrow == "right":
        seen[[1, 2]] += np.array([(0, dy), (0, -dy)], np.float32)
    else:
        seen[[0, 1]] += np.array([(dx, 0), (-dx, 0)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    view = cv2.warpPerspective(page, matrix, (width, height), borderValue=235.0)
    lines = find_lines(pieces_of(np.asarray(view, np.uint8)))
    assert [len(line.members) for line in lines] == COUNTS


def test_letter_height_is_told(page: Grey) -> None:
    pieces = pieces_of(page)
    for line in find_lines(pieces):
        heights = pieces.height[line.members]
        assert heights.min() < line.letter_px <= heights.max()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("it's five o'clock, isn't it?", 29),
        ("don't", 5),
        ("i j i j i j", 12),
        ("a, b. c; d: e!", 13),
        ("x = 5 - 3", 6),
        ('"so be it" he said', 18),
    ],
)
def test_marks_and_dots_stay_on_their_line(write: Any, text: str, count: int) -> None:
    pieces = pieces_of(write(text, scale=1.4, pen_px=3))
    assert [len(line.members) for line in find_lines(pieces)] == [count]


def test_marks_between_close_lines_go_to_their_own(write: Any) -> None:
    pieces = pieces_of(write("don't, can't,", "it's; he's.", "I'm, we're,", gap_px=50))
    lines = find_lines(pieces)
    assert [len(line.members) for line in lines] == [12, 12, 10]


@pytest.mark.parametrize("text", ["Hello", "A", "l", ".", "-", "on"])
def test_a_word_or_a_character_alone_is_a_line(write: Any, text: str) -> None:
    pieces = pieces_of(write(text))
    assert [len(line.members) for line in find_lines(pieces)] == [len(text)]


@pytest.mark.parametrize("texts", [("an", "ox"), ("A", "B"), ("Hi", "you"), ("12", "no")])
def test_two_short_lines(write: Any, texts: tuple[str, str]) -> None:
    pieces = pieces_of(write(*texts, gap_px=55))
    lines = find_lines(pieces)
    assert len(lines) == 2
    assert middles(lines, pieces)[0] < middles(lines, pieces)[1]


def test_dirt_far_from_any_letter_is_on_no_line() -> None:
    letters = [(100 + 30 * k, 100, 20, 30) for k in range(8)]
    (line,) = find_lines(pieces_at([*letters, (700, 400, 4, 4)]))
    assert sorted(line.members.tolist()) == list(range(8))


def test_a_descender_into_the_next_line_stays_on_its_own() -> None:
    upper = [(100 + 30 * k, 100, 20, 30) for k in range(8)]
    lower = [(100 + 30 * k, 150, 20, 30) for k in range(8)]
    lines = find_lines(pieces_at([*upper, *lower, (340, 100, 20, 55)]))
    assert [len(line.members) for line in lines] == [9, 8]
    assert 16 in lines[0].members


rectangles = st.tuples(
    st.integers(0, 400), st.integers(0, 400), st.integers(1, 60), st.integers(1, 60)
)


@given(st.lists(rectangles, max_size=40))
@settings(max_examples=150, deadline=None)
def test_no_piece_is_on_two_lines(boxes: list[Rectangle]) -> None:
    lines = find_lines(pieces_at(boxes))
    members = [int(index) for line in lines for index in line.members]
    assert len(members) == len(set(members))
    assert set(members) <= set(range(len(boxes)))
    assert all(len(line.members) > 0 and line.letter_px > 0 for line in lines)
    # A few pieces far apart may as well be a steep line.
    assert all(abs(line.slope) < 0.5 for line in lines)
    assert bool(lines) == bool(boxes)


@given(st.lists(rectangles, min_size=1, max_size=20), st.integers(0, 500), st.integers(0, 500))
@settings(max_examples=60, deadline=None)
def test_lines_do_not_depend_on_where_the_page_lies(
    boxes: list[Rectangle], right: int, down: int
) -> None:
    moved = [(x + right, y + down, w, h) for x, y, w, h in boxes]
    before, after = find_lines(pieces_at(boxes)), find_lines(pieces_at(moved))
    if all(line.slope == 0 for line in before):
        expected = [line.members.tolist() for line in before]
        assert [line.members.tolist() for line in after] == expected
