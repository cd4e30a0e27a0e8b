import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inkwatch.recognise.line_slant import line_slant, set_upright

Grey = npt.NDArray[np.uint8]


def strokes(lean: float, width: int = 3) -> Grey:
    """Long and short strokes that lean by dx / dy, and bars across."""
    ink = np.zeros((48, 400), np.uint8)
    for k, x in enumerate(range(50, 360, 18)):
        top = 8 if k % 3 == 0 else 20
        cv2.line(ink, (x, 32), (round(x + lean * (32 - top)), top), 255, width, cv2.LINE_AA)
    cv2.line(ink, (60, 20), (90, 20), 255, width, cv2.LINE_AA)
    return ink


@pytest.mark.parametrize("lean", [-0.5, -0.25, 0.0, 0.2, 0.45, 0.7, 1.0])
@pytest.mark.parametrize("width", [2, 3, 5])
def test_the_lean_of_strokes_is_measured(lean: float, width: int) -> None:
    assert line_slant(strokes(lean, width)) == pytest.approx(lean, abs=0.13)


def test_paper_does_not_lean() -> None:
    assert line_slant(np.zeros((48, 100), np.uint8)) == 0.0


def test_what_was_set_upright_stands_upright() -> None:
    upright, _ = set_upright(strokes(0.6), 0.6, 25.0)
    assert abs(line_slant(upright)) <= 0.1


def test_the_row_stays_where_it_is() -> None:
    ink = strokes(0.6)
    upright, grown = set_upright(ink, 0.6, 25.0)
    there, here = ink[25].astype(int), upright[25, grown : grown + ink.shape[1]].astype(int)
    assert np.abs(there - here).max() <= 2


def test_upright_lines_are_given_back_as_they_are() -> None:
    ink = strokes(0.0)
    upright, grown = set_upright(ink, 0.0, 25.0)
    assert grown == 0
    assert np.array_equal(upright, ink)


@settings(max_examples=60, deadline=None)
@given(
    line=arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 90))),
    row=st.floats(0.0, 60.0),
)
def test_any_line_is_measured_and_no_ink_is_lost(line: Grey, row: float) -> None:
    slant = line_slant(line)
    assert -1.0 <= slant <= 1.2
    upright, grown = set_upright(line, slant, min(row, line.shape[0]))
    assert upright.shape == (line.shape[0], line.shape[1] + 2 * grown)
    assert int(upright.sum(dtype=np.int64)) == pytest.approx(
        int(line.sum(dtype=np.int64)), rel=0.02, abs=2 * line.shape[0] * line.shape[1]
    )
