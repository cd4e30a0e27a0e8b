import numpy as np
import pytest

from inkwatch.vision.ground import Grey, dark_ground


def view(ground: int) -> Grey:
    small = np.full((100, 160), ground, np.uint8)
    small[20:100, 40:120] = 220
    return small


def test_dark_ground_is_found_and_the_sheet_is_not() -> None:
    ground = dark_ground(view(60))
    assert ground is not None
    assert ground[5, 5] == ground[50, 10] == 255
    assert ground[50, 80] == 0


@pytest.mark.parametrize("level", [110, 150, 220])
def test_a_shadow_or_a_light_table_is_no_ground(level: int) -> None:
    assert dark_ground(view(level)) is None


def test_something_dark_within_the_sheet_is_no_ground() -> None:
    small = np.full((100, 160), 220, np.uint8)
    small[40:60, 40:80] = 30
    assert dark_ground(small) is None
