import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.vision.polarity import Grey, with_dark_ink


def page(paper: int = 220, ink: int = 40) -> Grey:
    grey = np.full((600, 900), paper, np.uint8)
    for row in range(4):
        cv2.putText(grey, "Dear Martha, 12", (40, 120 + 130 * row), 0, 2.4, ink, 6, cv2.LINE_AA)
    return grey


def test_paper_stays_as_it_is() -> None:
    grey = page()
    assert with_dark_ink(grey) is grey


@pytest.mark.parametrize("light", [0.5, 0.3])
def test_paper_in_the_dark_stays_as_it_is(light: float) -> None:
    grey = (page() * light).astype(np.uint8)
    assert with_dark_ink(grey) is grey


@pytest.mark.parametrize(("board", "chalk"), [(40, 220), (90, 240), (20, 120)])
def test_a_dark_board_is_turned_into_paper(board: int, chalk: int) -> None:
    grey = page(board, chalk)
    assert np.array_equal(with_dark_ink(grey), 255 - grey)


def test_a_large_dark_letter_is_no_board() -> None:
    grey = np.full((200, 200), 230, np.uint8)
    cv2.putText(grey, "B", (5, 190), 0, 8.0, 30, 50)
    assert with_dark_ink(grey) is grey


def test_an_even_picture_stays_as_it_is() -> None:
    grey = np.full((50, 60), 30, np.uint8)
    assert with_dark_ink(grey) is grey


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 50), st.integers(1, 50))))
def test_any_picture_stays_or_is_inverted(grey: Grey) -> None:
    result = with_dark_ink(grey)
    assert result is grey or np.array_equal(result, 255 - grey)
