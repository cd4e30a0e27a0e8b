import pytest
from tools.bench.box_match import BoxCounts, match_boxes, overlaps

from inkwatch.reading import Box

FIRST, SECOND = Box(0, 0, 10, 10), Box(20, 0, 10, 10)


def test_overlap_is_intersection_over_union() -> None:
    (row,) = overlaps([FIRST], [FIRST, Box(5, 0, 10, 10), SECOND])
    assert row.tolist() == pytest.approx([1.0, 1 / 3, 0.0])


def test_the_right_boxes_give_1() -> None:
    assert match_boxes([FIRST, SECOND], [SECOND, FIRST]).f1 == 1.0


def test_two_characters_in_one_box_count_once_at_most() -> None:
    counts = match_boxes([FIRST, Box(10, 0, 9, 10)], [Box(0, 0, 19, 10)])
    assert counts == BoxCounts(true=2, found=1, matched=1)


def test_one_character_in_two_boxes_counts_once_at_most() -> None:
    counts = match_boxes([FIRST], [Box(0, 0, 6, 10), Box(0, 0, 7, 10)])
    assert counts == BoxCounts(true=1, found=2, matched=1)
    assert counts.f1 == pytest.approx(2 / 3)


def test_too_little_overlap_is_none() -> None:
    assert match_boxes([FIRST], [Box(6, 0, 10, 10)]).matched == 0


def test_nothing_found_gives_0() -> None:
    assert match_boxes([FIRST], []).f1 == 0.0
    assert match_boxes([], []).f1 == 0.0
