from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.vision import ink as ink_room
from inkwatch.vision.ink import Grey, find_ink, flatten_light, to_grey


def ink_of(grey: Grey) -> Grey:
    return find_ink(flatten_light(grey))


def agreement(found: Grey, drawn: Grey) -> float:
    """Share of the pixels that either calls ink on which both agree."""
    both = (found > 0) & (drawn > 0)
    return float(both.sum() / max(1, ((found > 0) | (drawn > 0)).sum()))


@pytest.fixture
def text(write: Any) -> Grey:
    page: Grey = write("Hello World", "it is five", pen_px=3)
    return page


def test_colour_becomes_grey_and_grey_stays() -> None:
    blue = np.full((4, 5, 3), (200, 40, 20), np.uint8)
    grey = to_grey(blue)
    assert grey.shape == (4, 5)
    assert int(grey[0, 0]) == round(0.114 * 200 + 0.587 * 40 + 0.299 * 20)
    assert to_grey(grey) is grey


def test_ink_is_what_was_drawn(text: Grey) -> None:
    found = ink_of(text)
    assert found.shape == text.shape
    assert set(np.unique(found)) == {0, 255}
    assert agreement(found, (text < 137).astype(np.uint8)) > 0.8


def test_a_hard_shadow_adds_no_ink(text: Grey) -> None:
    shadowed = text.copy()
    shadowed[:, text.shape[1] // 2 :] //= 2
    assert agreement(ink_of(shadowed), ink_of(text)) > 0.85


def test_a_soft_fall_off_of_light_changes_little(text: Grey) -> None:
    light = np.linspace(1.0, 0.3, text.shape[1])
    assert agreement(ink_of((text * light).astype(np.uint8)), ink_of(text)) > 0.85


def test_flat_paper_is_near_white_in_the_light_and_in_the_dark(text: Grey) -> None:
    light = np.linspace(1.0, 0.3, text.shape[1])
    flat = flatten_light((text * light).astype(np.uint8))
    assert 240 <= int(np.median(flat[:, :30])) <= 255
    assert 240 <= int(np.median(flat[:, -30:])) <= 255


@pytest.mark.parametrize(
    "colour", [(30, 30, 30), (140, 60, 30), (135, 135, 135)], ids=["black", "blue", "pencil"]
)
def test_any_pen_is_ink(text: Grey, colour: tuple[int, int, int]) -> None:
    drawn = text < 137
    page = np.full((*text.shape, 3), (215, 228, 232), np.uint8)
    page[drawn] = colour
    assert agreement(ink_of(to_grey(page)), drawn.astype(np.uint8)) > 0.8


def test_noise_on_writing_leaves_the_writing(text: Grey) -> None:
    noise = np.random.default_rng(3).normal(0, 8, text.shape)
    noisy = np.clip(text + noise, 0, 255).astype(np.uint8)
    assert agreement(ink_of(noisy), ink_of(text)) > 0.7


@pytest.mark.parametrize("level", [*range(0, 256, 17), 1, 254])
@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 3), (120, 200)])
def test_one_grey_level_is_blank(level: int, shape: tuple[int, int]) -> None:
    assert not ink_of(np.full(shape, level, np.uint8)).any()


@pytest.mark.parametrize("paper", [40, 120, 200, 250])
@pytest.mark.parametrize("share", [0.02, 0.06])
def test_noisy_paper_is_blank(paper: int, share: float) -> None:
    """The camera's gain amplifies noise with the light that it lacks: a share of the paper."""
    noise = np.random.default_rng(paper).normal(0, share * paper, (400, 600))
    assert not ink_of(np.clip(paper + noise, 0, 255).astype(np.uint8)).any()


def test_a_covered_lens_sees_blank() -> None:
    noise = np.random.default_rng(0).normal(2, 2, (400, 600))
    assert not ink_of(np.clip(noise, 0, 255).astype(np.uint8)).any()


def test_uneven_light_on_blank_paper_is_blank() -> None:
    y, x = np.mgrid[0:400, 0:600]
    light = 220 - 0.15 * x - 60 * np.exp(-((x - 300) ** 2 + (y - 200) ** 2) / 2e4)
    assert not ink_of(light.astype(np.uint8)).any()


@pytest.mark.parametrize("pen_px", [2, 6, 14])
def test_thick_strokes_are_not_hollowed(write: Any, pen_px: int) -> None:
    page = write("ABC", scale=3.0, pen_px=pen_px)
    assert agreement(ink_of(page), (page < 137).astype(np.uint8)) > 0.75


def test_a_letter_that_fills_the_picture_is_ink() -> None:
    page = np.full((60, 60), 230, np.uint8)
    cv2.putText(page, "B", (8, 52), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 30, 7, cv2.LINE_AA)
    assert agreement(ink_of(page), (page < 130).astype(np.uint8)) > 0.7


@given(
    hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)),
    st.sampled_from([0, 90, 180]),
)
@settings(max_examples=60, deadline=None)
def test_any_picture_gives_a_mask_of_its_size(grey: Grey, floor: int) -> None:
    found = ink_of(np.maximum(grey, floor).astype(np.uint8))
    assert found.shape == grey.shape
    assert set(np.unique(found)) <= {0, 255}


@pytest.mark.parametrize("enlarge", [1, 3])
def test_bands_make_no_difference(
    text: Grey, enlarge: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = np.repeat(np.repeat(text, enlarge, axis=0), enlarge, axis=1)
    flat = flatten_light(large)
    in_bands = find_ink(flat)
    monkeypatch.setattr(ink_room, "_BAND_PX", 10_000)
    assert np.array_equal(find_ink(flat), in_bands)
