import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.recognise.crop import Grey, crop_glyph, extract_ink
from inkwatch.recognise.strays import ink_pieces, lift_shadow, without_strays


def page(size: int = 64, level: int = 210) -> Grey:
    return np.full((size, size), level, np.uint8)


def letter(grey: Grey, character: str = "A", ink: int = 40) -> Grey:
    out = grey.copy()
    cv2.putText(out, character, (18, 46), 0, 1.2, ink, 3, cv2.LINE_AA)
    return out


def mask_of(grey: Grey) -> Grey:
    return np.where(grey < 120, np.uint8(255), np.uint8(0))


CLEAN = crop_glyph(letter(page()))


def likeness(one: Grey, other: Grey) -> float:
    return float(
        np.corrcoef(one.ravel().astype(np.float64), other.ravel().astype(np.float64))[0, 1]
    )


def test_a_lone_glyph_is_left_as_it_is() -> None:
    assert without_strays(ink_pieces(mask_of(letter(page())))) is None


def test_only_a_single_piece_free_of_the_edges_is_lone() -> None:
    mask = mask_of(letter(page()))
    assert ink_pieces(mask).is_lone
    assert not ink_pieces(mask[:, 20:]).is_lone
    assert not ink_pieces(mask_of(letter(page(), "i"))).is_lone
    assert not ink_pieces(np.zeros((9, 9), np.uint8)).is_lone


def test_no_ink_at_all_is_left_as_it_is() -> None:
    assert without_strays(ink_pieces(np.zeros((9, 9), np.uint8))) is None


def test_a_ruled_line_along_the_edge_is_left_out() -> None:
    ruled = letter(page())
    ruled[60:62] = 60
    assert likeness(crop_glyph(ruled), CLEAN) > 0.98


def test_the_sliver_of_a_neighbour_is_left_out() -> None:
    beside = letter(page())
    cv2.circle(beside, (68, 40), 10, 40, 3)
    assert likeness(crop_glyph(beside), CLEAN) > 0.98


def test_specks_are_left_out() -> None:
    dusty = letter(page())
    for x, y in ((4, 5), (58, 9), (6, 57)):
        dusty[y, x] = 40
    assert likeness(crop_glyph(dusty), CLEAN) > 0.98


@pytest.mark.parametrize("character", list('ij!?:;=%"'))
def test_what_belongs_to_a_character_stays(character: str) -> None:
    mask = mask_of(letter(page(), character))
    assert without_strays(ink_pieces(mask)) is None


def test_a_tightly_cut_i_keeps_its_dot() -> None:
    tight = page(40)[:, :9].copy()
    tight[0:6, 2:7] = 40
    tight[14:40, 3:6] = 40
    assert without_strays(ink_pieces(mask_of(tight))) is None


def test_two_pieces_that_both_reach_the_edge_stay() -> None:
    equals = page(24)
    equals[5:9] = 40
    equals[15:19] = 40
    assert without_strays(ink_pieces(mask_of(equals))) is None


def test_a_shadow_in_the_corner_is_lifted() -> None:
    rows, columns = np.mgrid[0:64, 0:64]
    shade = np.clip((rows - columns + 8) * 4.0, 0, 150)
    shaded = np.clip(letter(page(), ink=20).astype(np.float64) - shade * (page() / 210), 5, 255)
    picture = np.where(letter(page()) < 120, 8, shaded).astype(np.uint8)
    assert likeness(crop_glyph(picture), CLEAN) > 0.85


def test_even_light_is_no_shadow() -> None:
    grey = letter(page())
    assert lift_shadow(grey, mask_of(grey)) is None


def test_a_tiny_picture_has_no_shadow() -> None:
    grey = np.zeros((5, 5), np.uint8)
    assert lift_shadow(grey, mask_of(grey)) is None


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_any_picture_can_be_asked_about(grey: Grey) -> None:
    kept = without_strays(ink_pieces(mask_of(grey)))
    if kept is not None:
        assert kept.shape == grey.shape
        assert kept.any()
        assert not (kept > mask_of(grey)).any()
    ink = extract_ink(grey)
    assert ink is None or ink.size


def test_a_picture_with_very_many_pieces_can_be_asked_about() -> None:
    """More pieces than 16 bits count: every other pixel of every other row is one."""
    grid = np.zeros((600, 600), np.uint8)
    grid[::2, ::2] = 255
    kept = without_strays(ink_pieces(grid))
    assert kept is not None
    assert np.array_equal(kept[2:-2, 2:-2], grid[2:-2, 2:-2])
