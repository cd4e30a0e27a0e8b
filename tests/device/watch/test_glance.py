"""Glances at drawn pages through the tests' own camera."""

from dataclasses import replace

import numpy as np
import pytest
from tests.device.watch.desk import Desk

from inkwatch.watch.gate import MOTION_SHARE
from inkwatch.watch.glance import Glancer, look_at, sharpness

CHANGE_SHARE = 0.002
DESK = Desk(page=0)


def changed(before: Desk, after: Desk) -> float:
    """How much of the view is told to have changed, noise and all."""
    glancer = Glancer()
    glancer.look(replace(before, seed=1).small())
    glancer.mark_read()
    glancer.look(replace(after, seed=2).small())
    return glancer.look(replace(after, seed=3).small()).change


@pytest.mark.parametrize("noise", [0.0, 4.0, 12.0])
@pytest.mark.parametrize(
    "light",
    [(1.0, 0.0), (1.15, 0.0), (0.7, 0.0), (1.0, 0.25), (0.8, -0.2)],
)
def test_light_and_noise_are_no_change(noise: float, light: tuple[float, float]) -> None:
    lit = replace(DESK, noise=noise, light=light[0], slope=light[1])
    assert changed(replace(DESK, noise=noise), lit) < CHANGE_SHARE / 2


@pytest.mark.parametrize("noise", [0.0, 4.0])
@pytest.mark.parametrize(
    "other",
    [{"word": "milk"}, {"word": "tea"}, {"page": 1}, {"page": None}, {"moved_px": 12}],
    ids=str,
)
def test_writing_is_a_change(noise: float, other: dict[str, object]) -> None:
    before = replace(DESK, noise=noise)
    assert changed(before, replace(before, **other)) >= CHANGE_SHARE  # type: ignore[arg-type]


def test_a_camera_that_shakes_by_a_pixel_does_not_move() -> None:
    glancer = Glancer()
    glancer.look(DESK.small())
    assert glancer.look(replace(DESK, moved_px=1, seed=1).small()).motion <= MOTION_SHARE


def test_a_page_that_is_pushed_moves() -> None:
    glancer = Glancer()
    glancer.look(DESK.small())
    assert glancer.look(replace(DESK, moved_px=10, seed=1).small()).motion > MOTION_SHARE


def test_a_hand_over_the_page_moves() -> None:
    glancer = Glancer()
    small = DESK.small()
    glancer.look(small)
    hand = small.copy()
    hand[120:, 150:190] = 140
    assert glancer.look(hand).motion > MOTION_SHARE


def test_the_first_view_is_all_new() -> None:
    glance = Glancer().look(DESK.small())
    assert (glance.motion, glance.change) == (1.0, 1.0)


def test_a_view_of_another_size_is_another_view() -> None:
    glancer = Glancer()
    glancer.look(DESK.small())
    glancer.mark_read()
    glance = glancer.look(DESK.small()[:90])
    assert (glance.motion, glance.change) == (1.0, 1.0)


@pytest.mark.parametrize("page", [0, 1, 2])
def test_writing_in_focus_is_sharper_than_out_of_it(page: int) -> None:
    desk = replace(DESK, page=page)
    told = [sharpness(look_at(replace(desk, blur_px=blur).small())) for blur in (0, 2, 4)]
    assert told[0] is not None
    assert told[1] is not None
    assert told[2] is not None
    assert told[0] > 0.5 > told[2]
    assert told[0] > told[1] > told[2]


@pytest.mark.parametrize("light", [0.5, 1.1])
def test_sharpness_does_not_go_by_the_light(light: float) -> None:
    usual, lit = (sharpness(look_at(replace(DESK, light=f).small())) for f in (1.0, light))
    assert lit == pytest.approx(usual, rel=0.2)


def test_a_bare_page_has_no_sharpness() -> None:
    assert sharpness(look_at(np.full((180, 320), 200, np.uint8))) is None


@pytest.mark.parametrize("shape", [(1, 1), (3, 320), (180, 7), (17, 33)])
def test_small_pictures_of_any_shape_are_looked_at(shape: tuple[int, int]) -> None:
    glancer = Glancer()
    for level in (0, 255):
        glancer.look(np.full(shape, level, np.uint8))
    assert glancer.look(np.full(shape, 255, np.uint8)).motion == 0.0


def test_brightness_is_the_mean() -> None:
    assert Glancer().look(np.full((18, 32), 7, np.uint8)).brightness == 7.0
