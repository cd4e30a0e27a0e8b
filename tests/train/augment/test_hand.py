from collections.abc import Callable

import numpy as np
import pytest

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.canvas import CANVAS_SIZE
from inkwatch_train.augment.hand import add_neighbour, break_strokes, change_thickness, warp
from inkwatch_train.augment.settings import Affine, Broken, Elastic, Neighbours, Thickness

Draw = Callable[[str], Grey]
BLANK = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.uint8)


def ink(canvas: Grey) -> float:
    return float(canvas.sum())


def test_a_warp_of_strength_zero_changes_nothing(canvas_of: Draw) -> None:
    canvas = canvas_of("R")
    still = Affine(rotate_deg=0, slant=0, stretch=0)
    flat = Elastic(shift_px=0)
    for affine, elastic in ((still, flat), (still, None), (None, flat), (None, None)):
        same = warp(canvas, np.random.default_rng(1), affine, elastic)
        np.testing.assert_array_equal(same, canvas)


def test_turning_leans_a_bar_both_ways(canvas_of: Draw) -> None:
    canvas = canvas_of("I")
    leans = []
    for seed in range(40):
        turned = warp(
            canvas,
            np.random.default_rng(seed),
            Affine(rotate_deg=20, slant=0, stretch=0),
            None,
        )
        _, top = np.nonzero(turned[:24] > 128)
        _, bottom = np.nonzero(turned[40:] > 128)
        leans.append(top.mean() - bottom.mean())
    # 20 degrees are two standard deviations: a bar 30 pixels apart leans by 5 at one of them.
    assert 3 < np.std(leans) < 8
    assert min(leans) < 0 < max(leans)


def test_bending_moves_ink_by_pixels_and_not_by_the_whole_glyph(canvas_of: Draw) -> None:
    canvas = canvas_of("H")
    changed = 0
    for seed in range(20):
        bent = warp(canvas, np.random.default_rng(seed), None, Elastic())
        assert ink(bent) == pytest.approx(ink(canvas), rel=0.25)
        changed += int(not np.array_equal(bent, canvas))
    assert changed >= 18


def test_thickness_goes_both_ways_within_its_bounds(canvas_of: Draw) -> None:
    canvas = canvas_of("E")
    wide = Thickness(widen_px=4, thin_px=0)
    thin = Thickness(widen_px=0, thin_px=2)
    widened = [ink(change_thickness(canvas, np.random.default_rng(s), wide)) for s in range(30)]
    thinned = [ink(change_thickness(canvas, np.random.default_rng(s), thin)) for s in range(30)]
    assert len(set(widened)) == 5  # 0, 1, 2, 3 and 4 pixels
    assert len(set(thinned)) == 3
    assert min(widened) == max(thinned) == ink(canvas)
    rows, columns = np.nonzero(canvas > 128)
    widest = change_thickness(canvas, _rng_of_step(4, wide), wide)
    wide_rows, wide_columns = np.nonzero(widest > 128)
    assert np.ptp(wide_rows) == np.ptp(rows) + 4
    assert np.ptp(wide_columns) == np.ptp(columns) + 4


def test_a_hairline_is_not_thinned_away() -> None:
    hairline = BLANK.copy()
    hairline[10:54, 32] = 255
    thin = Thickness(widen_px=0, thin_px=20)
    for seed in range(20):
        left = change_thickness(hairline, np.random.default_rng(seed), thin)
        assert ink(left) >= 0.35 * ink(hairline)


def test_a_broken_stroke_loses_a_little_ink(canvas_of: Draw) -> None:
    canvas = canvas_of("O")
    kept = []
    for seed in range(40):
        before = canvas.copy()
        broken = break_strokes(canvas, np.random.default_rng(seed), Broken())
        np.testing.assert_array_equal(canvas, before)
        assert (broken <= canvas).all()
        kept.append(ink(broken) / ink(canvas))
    assert max(kept) < 1.0
    assert min(kept) > 0.7


def test_there_is_nothing_to_break_on_a_blank_canvas() -> None:
    assert not break_strokes(BLANK, np.random.default_rng(0), Broken()).any()


def test_a_neighbour_touches_from_either_side(canvas_of: Draw) -> None:
    canvas, other = canvas_of("I"), canvas_of("H")
    columns = np.nonzero(canvas.max(axis=0))[0]
    sides = set()
    for seed in range(40):
        joined = add_neighbour(canvas, np.random.default_rng(seed), Neighbours(), other)
        assert (joined >= canvas).all()
        added = np.nonzero((joined > canvas).any(axis=0))[0]
        assert 1 <= len(added) <= Neighbours().reach_px + 1
        sides.add("right" if added.mean() > columns.mean() else "left")
        assert min(abs(added - columns.min()).min(), abs(added - columns.max()).min()) <= 2
    assert sides == {"left", "right"}


def test_a_neighbour_of_a_glyph_that_fills_its_canvas_stays_inside(canvas_of: Draw) -> None:
    full = np.full((CANVAS_SIZE, CANVAS_SIZE), 200, np.uint8)
    for seed in range(20):
        joined = add_neighbour(full, np.random.default_rng(seed), Neighbours(), canvas_of("H"))
        assert joined.shape == full.shape


def test_without_ink_there_are_no_neighbours(canvas_of: Draw) -> None:
    canvas = canvas_of("A")
    rng = np.random.default_rng(0)
    assert not add_neighbour(BLANK, rng, Neighbours(), canvas).any()
    np.testing.assert_array_equal(add_neighbour(canvas, rng, Neighbours(), BLANK), canvas)


def _rng_of_step(step: int, thickness: Thickness) -> np.random.Generator:
    """A generator whose first draw asks for this step."""
    for seed in range(1000):
        first = int(
            np.random.default_rng(seed).integers(-thickness.thin_px, thickness.widen_px + 1)
        )
        if first == step:
            return np.random.default_rng(seed)
    raise AssertionError("no seed asks for it")
