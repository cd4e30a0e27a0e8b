import numpy as np
import pytest

from inkwatch.camera.rubbish import Patience, rubbish_in
from inkwatch.frames.frame import Image


def scene(level: int, height: int = 360, width: int = 640) -> Image:
    """A page in even light through a sensor with a little noise."""
    noise = np.random.default_rng(5).integers(0, 5, (height, width), np.uint8)
    page = np.full((height, width), level, np.uint8)
    page[height // 4 : height // 3, width // 8 : width // 2] = level // 4
    return np.asarray(page + noise, np.uint8)


@pytest.mark.parametrize("level", [0, 3, 60, 200, 250])
def test_what_a_sensor_sees_is_a_picture_in_any_light(level: int) -> None:
    assert rubbish_in(scene(level)) == ""


def test_a_page_that_is_too_bright_in_its_lower_part_is_a_picture() -> None:
    burnt = scene(249)
    burnt[200:] = 255
    assert rubbish_in(burnt) == ""


def test_a_black_desk_below_a_page_that_does_not_fill_the_view_is_a_picture() -> None:
    desk = np.zeros((360, 640), np.uint8)
    desk[:200, 100:500] = scene(200)[:200, 100:500]
    assert rubbish_in(desk) == ""


@pytest.mark.parametrize(("value", "what"), [(0, "black"), (128, "one even grey (128 of 255)")])
def test_one_value_to_the_last_bit_is_none(value: int, what: str) -> None:
    assert rubbish_in(np.full((360, 640), value, np.uint8)) == what
    assert rubbish_in(np.full((360, 640, 3), value, np.uint8)) == what


@pytest.mark.parametrize("filling", [0, 128])
@pytest.mark.parametrize("part", [slice(180, None), slice(300, None), slice(None, 100)])
def test_a_part_that_was_filled_up_is_torn(filling: int, part: slice) -> None:
    torn = scene(200)
    torn[part] = filling
    assert rubbish_in(torn).startswith("torn")


def test_tiny_pictures_are_looked_at_too() -> None:
    assert rubbish_in(np.array([[7]], np.uint8)) != ""
    assert rubbish_in(np.arange(63, dtype=np.uint8).reshape(7, 9)) == ""


def test_rubbish_is_a_fault_only_where_it_lasts() -> None:
    patience = Patience(lasts_s=2.0, pictures=3)
    assert not any(patience.bad(now_s) for now_s in (0.0, 1.0, 1.9))
    patience.good()
    assert not any(patience.bad(now_s) for now_s in (2.5, 3.0, 4.4))
    assert patience.bad(4.5)


def test_two_bad_pictures_far_apart_are_no_fault() -> None:
    patience = Patience(lasts_s=2.0, pictures=3)
    assert not patience.bad(0.0)
    assert not patience.bad(10.0)
    assert patience.bad(20.0)
