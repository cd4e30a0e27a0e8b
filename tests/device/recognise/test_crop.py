import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.recognise.crop import (
    CROP_SIZE,
    CROP_VERSION,
    GLYPH_SIZE,
    MIN_CONTRAST,
    Grey,
    crop_glyph,
    extract_ink,
)


def draw(character: str, scale: float = 2.0, pen_px: int = 5, size: int = 120) -> Grey:
    page = np.full((size, size), 220, np.uint8)
    (width, height), _ = cv2.getTextSize(character, 0, scale, pen_px)
    at = ((size - width) // 2, (size + height) // 2)
    cv2.putText(page, character, at, 0, scale, 40, pen_px, cv2.LINE_AA)
    return page


def box_of(crop: Grey) -> tuple[int, int, int, int]:
    """Left, top, width, height of what is not black."""
    left, top, width, height = cv2.boundingRect(crop)
    return left, top, width, height


def difference(one: Grey, other: Grey) -> float:
    """Mean difference over the pixels that either uses, in grey levels.

    A hair more or less may round a glyph's place by a pixel: the best of the places next to it.
    """
    used = (one > 0) | (other > 0)
    places = [np.roll(other, (y, x), (0, 1)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return min(float(np.abs(one.astype(np.float64) - moved)[used].mean()) for moved in places)


CHARACTERS = list("AgWi8S-?")


def test_the_version_is_told() -> None:
    """What follows describes version 2. A change of the crop makes a new version."""
    assert (CROP_VERSION, CROP_SIZE, GLYPH_SIZE) == (2, 32, 26)


@pytest.mark.parametrize("character", CHARACTERS)
def test_a_drawn_character_is_bright_on_black(character: str) -> None:
    crop = crop_glyph(draw(character))
    assert crop.shape == (CROP_SIZE, CROP_SIZE)
    assert crop.dtype == np.dtype(np.uint8)
    assert int(crop.max()) == 255
    assert 0.02 < (crop > 127).mean() < 0.5
    assert not crop[0].any()
    assert not crop[:, -1].any()


@pytest.mark.parametrize("character", CHARACTERS)
def test_the_longer_side_fills_the_frame_and_the_aspect_is_kept(character: str) -> None:
    page = draw(character)
    _, _, page_width, page_height = cv2.boundingRect((page < 130).astype(np.uint8))
    _, _, width, height = box_of(crop_glyph(page))
    assert max(width, height) == pytest.approx(GLYPH_SIZE, abs=1)
    assert width / height == pytest.approx(page_width / page_height, rel=0.25)


@pytest.mark.parametrize("character", CHARACTERS)
def test_the_centre_of_mass_is_the_middle_where_the_frame_allows(character: str) -> None:
    crop = crop_glyph(draw(character))
    moments = cv2.moments(crop)
    left, top, width, height = box_of(crop)
    for name, start, length in (("m10", left, width), ("m01", top, height)):
        centre = moments[name] / moments["m00"]
        held = start <= 1 or start + length >= CROP_SIZE - 1
        assert held or abs(centre - (CROP_SIZE - 1) / 2) <= 0.75


def test_a_glyph_stays_whole_where_its_mass_lies_at_one_end() -> None:
    """Centred by mass alone, the long tail of this tadpole would leave the frame."""
    page = np.full((120, 120), 220, np.uint8)
    cv2.circle(page, (25, 60), 14, 40, -1)
    cv2.line(page, (25, 60), (110, 60), 40, 2)
    left, _, width, _ = box_of(crop_glyph(page))
    assert left >= 0
    assert width == pytest.approx(GLYPH_SIZE, abs=1)
    assert left + width <= CROP_SIZE


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (5, 5), (8, 8), (40, 40), (64, 48)])
@pytest.mark.parametrize("level", range(0, 256, 15))
def test_one_grey_level_is_blank(shape: tuple[int, int], level: int) -> None:
    crop = crop_glyph(np.full(shape, level, np.uint8))
    assert crop.shape == (CROP_SIZE, CROP_SIZE)
    assert not crop.any()


def test_too_little_contrast_is_blank() -> None:
    page = draw("A")
    faint = np.where(page < 130, np.uint8(200), np.uint8(201 + MIN_CONTRAST))
    assert crop_glyph(faint).any()
    assert not crop_glyph(np.maximum(faint, np.uint8(203))).any()
    assert extract_ink(np.maximum(faint, np.uint8(203))) is None


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize(("gain", "offset"), [(0.25, 10), (0.5, 0), (0.5, 100), (0.8, 40)])
def test_contrast_and_brightness_do_not_matter(character: str, gain: float, offset: int) -> None:
    page = draw(character)
    other = np.rint(page * gain + offset).astype(np.uint8)
    assert difference(crop_glyph(page), crop_glyph(other)) < 12


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize(("across", "down"), [(-60, 0), (60, 0), (0, 50), (-40, 40), (30, 30)])
def test_light_that_falls_off_does_not_matter(character: str, across: int, down: int) -> None:
    page = draw(character)
    y, x = np.mgrid[0:120, 0:120] / 119.0 - 0.5
    shaded = np.clip(page * 0.8 + across * x + down * y, 0, 255).astype(np.uint8)
    assert difference(crop_glyph(page), crop_glyph(shaded)) < 30


@pytest.mark.parametrize("character", CHARACTERS)
@pytest.mark.parametrize("factor", [0.5, 2.0, 4.0])
def test_scale_does_not_matter(character: str, factor: float) -> None:
    page = draw(character, scale=3.0, pen_px=8, size=200)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    other = np.asarray(cv2.resize(page, None, fx=factor, fy=factor, interpolation=method), np.uint8)
    assert difference(crop_glyph(page), crop_glyph(other)) < 45


def test_where_the_glyph_lies_does_not_matter() -> None:
    page = draw("R")
    moved = np.full((150, 190), 220, np.uint8)
    moved[25:145, 60:180] = page
    assert difference(crop_glyph(page), crop_glyph(moved)) < 6


def test_noise_changes_little() -> None:
    page = draw("R")
    noise = np.random.default_rng(0).normal(0, 8, page.shape)
    noisy = np.clip(page + noise, 0, 255).astype(np.uint8)
    assert difference(crop_glyph(page), crop_glyph(noisy)) < 40


def test_hair_thin_strokes_reach_full_brightness() -> None:
    page = np.full((600, 600), 220, np.uint8)
    cv2.line(page, (30, 30), (570, 570), 40, 2)
    assert int(crop_glyph(page).max()) == 255


def test_light_that_falls_off_by_more_than_a_byte_does_not_wrap_round() -> None:
    """Half black, half white is taken for a slope of 510 levels; lifted, nothing is left."""
    page = np.full((60, 60), 255, np.uint8)
    page[:, :31] = 0
    assert extract_ink(page) is None
    assert extract_ink(np.ascontiguousarray(page.T)) is None


def test_views_and_read_only_pictures() -> None:
    page = draw("R")
    page.setflags(write=False)
    expected = crop_glyph(page)
    assert np.array_equal(crop_glyph(np.asfortranarray(page)), expected)
    assert np.array_equal(crop_glyph(np.ascontiguousarray(page[:, ::-1])[:, ::-1]), expected)
    assert np.array_equal(crop_glyph(np.dstack([page] * 3)[..., 1]), expected)


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=70)))
@settings(max_examples=150, deadline=None)
def test_any_picture_gives_a_crop(grey: Grey) -> None:
    before = grey.copy()
    crop = crop_glyph(grey)
    assert crop.shape == (CROP_SIZE, CROP_SIZE)
    assert crop.dtype == np.dtype(np.uint8)
    assert not crop.any() or int(crop.max()) >= 250
    assert max(box_of(crop)[2:]) <= GLYPH_SIZE
    assert np.array_equal(grey, before)


@given(st.integers(1, 4000), st.integers(1, 40), st.booleans(), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_long_strips_give_a_crop(long: int, short: int, upright: bool, seed: int) -> None:
    shape = (long, short) if upright else (short, long)
    grey = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    assert crop_glyph(grey).shape == (CROP_SIZE, CROP_SIZE)
