import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("keras", reason="needs pip install 'inkwatch[train]'")

from inkwatch_train.lines.skeleton import pen_paths, thin

pytestmark = pytest.mark.train

Mask = npt.NDArray[np.bool_]

SIDE = 90
PEN = 9


def drawn(*strokes: list[tuple[int, int]]) -> Mask:
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    for stroke in strokes:
        cv2.polylines(canvas, [np.array(stroke, np.int32)], False, 255, PEN)
    return np.asarray(canvas > 0)


def parts(mask: Mask) -> int:
    return int(cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0])


corners = st.tuples(*[st.sampled_from([15, 45, 75])] * 2)
points = st.tuples(st.integers(10, SIDE - 11), st.integers(10, SIDE - 11))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(points, min_size=2, max_size=5), min_size=1, max_size=3))
def test_thin_lines_are_as_connected_as_the_ink_and_inside_it(
    strokes: list[list[tuple[int, int]]],
) -> None:
    ink = drawn(*strokes)
    lines = thin(ink)
    assert not (lines & ~ink).any()
    assert parts(lines) == parts(ink)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.lists(corners, min_size=2, max_size=4, unique=True), min_size=1, max_size=3))
def test_a_pen_that_follows_the_paths_draws_the_ink_again(
    strokes: list[list[tuple[int, int]]],
) -> None:
    ink = drawn(*strokes)
    again = np.zeros(ink.shape, np.uint8)
    for path in pen_paths(ink):
        assert path.dtype == np.float32
        assert path.shape[1] == 2
        line = np.rint(path).astype(np.int32)
        cv2.polylines(again, [np.repeat(line, 2, axis=0)], False, 255, PEN + 6)
    assert (ink & (again == 0)).sum() <= 0.15 * ink.sum()


def test_a_straight_stroke_is_one_path_from_end_to_end() -> None:
    (path,) = pen_paths(drawn([(15, 45), (75, 45)]))
    assert sorted(path[[0, -1], 0].tolist()) == pytest.approx([17, 73], abs=6)
    assert np.abs(path[:, 1] - 45).max() <= 1


def test_strokes_that_cross_go_straight_on() -> None:
    paths = pen_paths(drawn([(15, 15), (75, 75)], [(15, 75), (75, 15)]))
    assert len(paths) == 2
    for path in paths:
        assert np.hypot(*(path[-1] - path[0])) > 70


def test_a_ring_ends_where_it_begins() -> None:
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(canvas, (45, 45), 25, 255, PEN)
    (path,) = pen_paths(np.asarray(canvas > 0))
    assert np.array_equal(path[0], path[-1])
    assert len(path) > 100


def test_a_dot_is_found() -> None:
    canvas = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(canvas, (45, 30), 4, 255, -1)
    (path,) = pen_paths(np.asarray(canvas > 0))
    assert np.abs(path - (45, 30)).max() <= 3


def test_a_blot_is_a_dot() -> None:
    """Thinned to a knot of a few pixels, it had no path at all."""
    (path,) = pen_paths(drawn([(20, 20), (22, 20), (20, 23)]))
    assert np.abs(path - (21, 21)).max() <= 3


def test_nothing_is_traced_where_nothing_is() -> None:
    assert pen_paths(np.zeros((20, 20), bool)) == []
