from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from inkwatch.orientation import better_turn, longest_lines
from inkwatch.reading import Box, Candidate, Glyph, Line, Word
from inkwatch.vision.cut import cut_page


def lines(confidence: float, count: int = 10) -> tuple[Line, ...]:
    glyph = Glyph(Box(0, 0, 1, 1), (Candidate("x", confidence),))
    return (Line((Word((glyph,) * count),)),)


def trial(by_turn: dict[int, float], asked: list[int] | None = None):  # type: ignore[no-untyped-def]
    def read(turns: int) -> Sequence[Line]:
        if asked is not None:
            asked.append(turns)
        return lines(by_turn[turns])

    return read


def test_a_page_that_reads_well_is_not_tried() -> None:
    asked: list[int] = []
    assert better_turn(lines(0.95), trial({}, asked)) == 0
    assert asked == []


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_the_surest_way_is_taken(turns: int) -> None:
    by_turn = {0: 0.55, 1: 0.5, 2: 0.6, 3: 0.4} | {turns: 0.9}
    assert better_turn(lines(0.55), trial(by_turn)) == turns


def test_a_sure_one_ends_the_search() -> None:
    asked: list[int] = []
    assert better_turn(lines(0.5), trial({0: 0.5, 2: 0.95, 1: 0.9, 3: 0.9}, asked)) == 2
    assert asked == [0, 2]


def test_parts_are_compared_with_parts() -> None:
    """The whole may read worse than the part that is tried: that is no reason to turn it."""
    assert better_turn(lines(0.3), trial({0: 0.8, 1: 0.5, 2: 0.7, 3: 0.5})) == 0


def test_hardly_better_is_not_better() -> None:
    assert better_turn(lines(0.60), trial({0: 0.6, 1: 0.61, 2: 0.62, 3: 0.5})) == 0


@pytest.mark.parametrize("sureness", [(0.21, 0.23, 0.24, 0.32), (0.23, 0.27, 0.28, 0.22)])
def test_a_page_that_reads_badly_every_way_stays_as_it_is(sureness: tuple[float, ...]) -> None:
    """Two pages of a hand of which hardly a letter is read."""
    assert better_turn(lines(0.4), trial(dict(enumerate(sureness)))) == 0


def test_ways_up_that_are_not_worth_it_are_not_tried() -> None:
    asked: list[int] = []
    by_turn = {0: 0.5, 1: 0.9, 2: 0.6, 3: 0.4}
    assert better_turn(lines(0.5), trial(by_turn, asked), lambda turns: turns == 2) == 2
    assert asked == [0, 2]
    assert better_turn(lines(0.5), trial({}), lambda _: False) == 0


@pytest.mark.parametrize(
    ("here", "tried"), [(0.4, [0, 2, 1, 3]), (0.6, [0, 2]), (0.7, [0]), (0.9, [0])]
)
def test_whole_lines_that_read_well_stand_upright_or_on_their_head(
    here: float, tried: list[int]
) -> None:
    asked: list[int] = []
    by_turn = trial({0: here, 1: 0.2, 2: 0.3, 3: 0.2}, asked)
    assert better_turn(lines(0.5), by_turn, whole=True) == 0
    assert asked == tried


@pytest.mark.parametrize("sureness", [(0.31, 0.25, 0.49, 0.26), (0.33, 0.26, 0.49, 0.32)])
def test_whole_lines_that_read_badly_every_way_stay_as_they_are(
    sureness: tuple[float, ...],
) -> None:
    """Two pages of a hand of which hardly a word is read."""
    assert better_turn(lines(0.4), trial(dict(enumerate(sureness))), whole=True) == 0


def test_whole_lines_on_their_head_are_turned() -> None:
    assert better_turn(lines(0.7), trial({0: 0.6, 2: 0.75}), whole=True) == 2


def test_too_few_glyphs_tell_nothing() -> None:
    assert better_turn(lines(0.3, count=3), trial({})) == 0
    assert better_turn((), trial({})) == 0
    assert better_turn(lines(0.3, count=5000), trial({})) == 0


def test_the_longest_lines_stand_for_the_page() -> None:
    picture = np.full((1100, 900), 235, np.uint8)
    for row in range(9):
        text = "n" * (3 + row)
        cv2.putText(picture, text, (40, 100 + 110 * row), 0, 1.8, 40, 4, cv2.LINE_AA)
    page = cut_page(picture)
    few = longest_lines(page)
    assert len(few.lines) == 6
    assert [len(line.glyphs) for line in few.lines] == [6, 7, 8, 9, 10, 11]
