import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.reading import Box
from inkwatch_train.pages.truth import TrueCharacter, TrueLine, Truth, map_box

BOXES = st.builds(
    Box, st.integers(0, 900), st.integers(0, 900), st.integers(1, 90), st.integers(1, 90)
)


@given(BOXES)
def test_the_identity_keeps_a_box(box: Box) -> None:
    assert map_box(box, np.eye(3)) == box


@given(BOXES, st.integers(-50, 50), st.integers(-50, 50))
def test_a_shift_moves_a_box(box: Box, x: int, y: int) -> None:
    shift = np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])
    assert map_box(box, shift) == Box(box.left + x, box.top + y, box.width, box.height)


@given(BOXES)
def test_a_factor_on_the_whole_homography_changes_nothing(box: Box) -> None:
    matrix = np.array([[1.02, 0.01, 3], [-0.02, 0.99, 4], [1e-5, -2e-5, 1]])
    assert map_box(box, 2.0 * matrix) == map_box(box, matrix)


def test_perspective_divides() -> None:
    matrix = np.array([[1.0, 0, 0], [0, 1, 0], [0, 0.01, 1]])
    # At row 0 nothing changes; at row 100 everything shrinks to a half.
    assert map_box(Box(100, 0, 100, 100), matrix) == Box(50, 0, 150, 50)


def test_a_truth_moves_with_all_its_boxes() -> None:
    line = TrueLine(
        "a b", (TrueCharacter("a", Box(1, 2, 3, 4)), TrueCharacter("b", Box(9, 2, 3, 5)))
    )
    moved = Truth((line, line)).moved(np.array([[2.0, 0, 0], [0, 2, 0], [0, 0, 1]]))
    assert moved.text == "a b\na b"
    assert [each.box for each in moved.characters[:2]] == [Box(2, 4, 6, 8), Box(18, 4, 6, 10)]
    assert moved.lines[1].box == Box(2, 4, 22, 10)
