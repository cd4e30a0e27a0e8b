import cv2
import numpy as np
import pytest

from inkwatch.vision.cells import facing_sides, sides_between
from inkwatch.vision.strips import PAPER, Rule


def line(page: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], left: int, right: int) -> Rule:
    """Draw a line from column 20 to 220, from row `left` to row `right`."""
    cv2.line(page, (20, left), (219, right), 0, 3)
    return Rule(20, 220, np.linspace(left, right, 200), 3.0)


def test_sides_of_a_frame_face_each_other() -> None:
    page = np.full((160, 260), PAPER, np.uint8)
    sides = [line(page, 40, 40), line(page, 110, 110)]
    assert facing_sides(sides, [], page) == []
    for x in (20, 219):
        cv2.line(page, (x, 40), (x, 110), 0, 3)
    assert facing_sides(sides, [], page) == sides


def test_strokes_that_cross_close_no_frame() -> None:
    page = np.full((160, 260), PAPER, np.uint8)
    cv2.line(page, (20, 40), (20, 80), 0, 3)
    assert facing_sides([line(page, 40, 100), line(page, 80, 60)], [], page) == []


@pytest.mark.parametrize("beyond", [(-2.0, 90.0), (210.0, 302.0)])
def test_a_cells_side_ends_at_the_page(beyond: tuple[float, float]) -> None:
    page = np.full((200, 300), PAPER, np.uint8)
    page[98:102] = 20
    side = Rule(0, 300, np.full(300, 99.5), 4.0)
    cross = [Rule(0, 200, np.full(200, x), 4.0) for x in beyond]
    (found,) = sides_between([side], [], cross, page)
    assert 0 <= found.start < found.stop <= 300
    assert len(found.middle) == found.stop - found.start
