import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.places import Box, Shares


def test_corners_run_clockwise_from_the_top_left() -> None:
    assert Box(2, 3, 10, 5).corners == ((2, 3), (12, 3), (12, 8), (2, 8))


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        (Box(2, 3, 4, 5), Box(2, 3, 4, 5)),
        (Box(-2, -3, 10, 10), Box(0, 0, 8, 7)),
        (Box(15, 5, 90, 90), Box(15, 5, 5, 5)),
        (Box(20, 0, 5, 5), None),
        (Box(-5, 0, 5, 5), None),
    ],
)
def test_what_of_a_box_lies_in_a_picture(box: Box, inside: Box | None) -> None:
    assert box.within(20, 10) == inside


def test_shares_become_pixels() -> None:
    assert Shares(0.25, 0.5, 0.5, 0.25).of(200, 80) == Box(50, 40, 100, 20)
    assert Shares(0, 0, 1, 1).of(7, 5) == Box(0, 0, 7, 5)
    assert Shares(0.7, 0.7, 0.3, 0.3).of(10, 10) == Box(7, 7, 3, 3)


@pytest.mark.parametrize(
    "shares", [(-0.1, 0, 0.5, 0.5), (0, 0, 1.1, 1), (0, 0, 1, 0), (1, 0, 1, 1)]
)
def test_shares_lie_in_the_picture(shares: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Shares(*shares)


shares = st.tuples(*(st.floats(0, 0.99),) * 2, *(st.floats(0.001, 1),) * 2)


@given(shares, st.integers(1, 5000), st.integers(1, 5000))
def test_shares_of_any_picture_lie_in_it(
    four: tuple[float, float, float, float], width: int, height: int
) -> None:
    left, top, right, bottom = four
    box = Shares(left, top, right * (1 - left), bottom * (1 - top)).of(width, height)
    assert box.within(width, height) == box
