import numpy as np
import pytest

from inkwatch.vision.shrink import halved, shrunk


@pytest.mark.parametrize(
    ("shape", "factor", "small"),
    [((40, 60), 1.0, (40, 60)), ((40, 60), 4.0, (10, 15)), ((3, 900), 9.0, (1, 100))],
)
def test_the_size_is_that_part_and_at_least_a_pixel(
    shape: tuple[int, int], factor: float, small: tuple[int, int]
) -> None:
    assert shrunk(np.full(shape, 7, np.uint8), factor).shape == small


def test_a_pixel_is_the_mean_of_those_that_it_stands_for() -> None:
    grey = np.array([[0, 100], [100, 200]], np.uint8)
    assert shrunk(grey, 2.0).tolist() == [[100]]


@pytest.mark.parametrize(
    ("shape", "factor", "small", "by"),
    [
        ((41, 60), 1.0, (41, 60), 1.0),
        ((41, 60), 1.4, (41, 60), 1.0),
        ((41, 60), 1.92, (20, 30), 2.0),
        ((41, 60), 5.0, (10, 15), 4.0),
        ((1, 900), 8.0, (1, 112), 8.0),
    ],
)
def test_halving_takes_the_nearest_power_of_two(
    shape: tuple[int, int], factor: float, small: tuple[int, int], by: float
) -> None:
    halves, taken = halved(np.full(shape, 7, np.uint8), factor)
    assert halves.shape == small
    assert taken == by
    assert (halves == 7).all()
