from collections.abc import Callable

import numpy as np
import pytest

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.camera import add_noise, compress, defocus, photograph
from inkwatch_train.augment.canvas import CANVAS_SIZE, GLYPH_SIZE
from inkwatch_train.augment.settings import Blur, Camera, Jpeg, Noise

Draw = Callable[[str], Grey]


def test_a_photograph_has_the_size_paper_and_contrast_it_was_told(canvas_of: Draw) -> None:
    camera = Camera(height_px=(22, 22), paper=(200, 200), contrast=(0.5, 0.5), slope=0)
    grey = photograph(canvas_of("X"), np.random.default_rng(1), camera)
    assert grey.dtype == np.uint8
    assert grey.shape == (CANVAS_SIZE // 2, CANVAS_SIZE // 2)
    assert grey[0, 0] == 200
    assert int(grey.min()) == pytest.approx(100, abs=12)
    rows, _ = np.nonzero(grey < 160)
    assert np.ptp(rows) + 1 == pytest.approx(22, abs=2)


def test_sizes_are_drawn_over_the_whole_range(canvas_of: Draw) -> None:
    camera = Camera(height_px=(14, 64))
    rng = np.random.default_rng(3)
    sides = [photograph(canvas_of("X"), rng, camera).shape[0] for _ in range(300)]
    heights = np.array(sides) * GLYPH_SIZE / CANVAS_SIZE
    assert heights.min() >= 13
    assert heights.max() <= 65
    # Log-uniform: the median lies at the geometric mean.
    assert np.median(heights) == pytest.approx(30, abs=4)


def test_light_falls_off_across_the_paper() -> None:
    blank = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.uint8)
    camera = Camera(height_px=(44, 44), paper=(200, 200), slope=0.2)
    falls = []
    for seed in range(50):
        grey = photograph(blank, np.random.default_rng(seed), camera).astype(float)
        falls.append((grey[:, -1].mean() - grey[:, 0].mean()) / 2 / 200)
    assert -0.2 <= min(falls) < -0.1
    assert 0.1 < max(falls) <= 0.2


def test_blur_softens_edges_and_keeps_the_paper(canvas_of: Draw) -> None:
    sharp = np.asarray(255 - canvas_of("L"), np.uint8)
    soft = defocus(sharp, np.random.default_rng(0), Blur(sigma_px=(1.0, 1.0)))
    assert soft.shape == sharp.shape
    assert soft.dtype == np.uint8
    assert soft[0, 0] == 255
    steepest = [int(np.abs(np.diff(g.astype(int), axis=1)).max()) for g in (sharp, soft)]
    assert steepest[1] < 0.7 * steepest[0]


def test_noise_is_as_strong_as_told_at_the_most_and_not_the_same_twice() -> None:
    grey = np.full((64, 64), 128, np.uint8)
    strengths = [
        float(add_noise(grey, np.random.default_rng(seed), Noise(sigma=6)).std())
        for seed in range(100)
    ]
    assert max(strengths) == pytest.approx(6, abs=0.4)
    assert min(strengths) < 1
    assert np.mean(strengths) == pytest.approx(3, abs=0.5)
    silent = add_noise(grey, np.random.default_rng(0), Noise(sigma=0))
    np.testing.assert_array_equal(silent, grey)


def test_noise_stays_between_black_and_white() -> None:
    for level in (0, 255):
        grey = np.full((16, 16), level, np.uint8)
        noisy = add_noise(grey, np.random.default_rng(1), Noise(sigma=128))
        # Half of the noise points outwards; what ran over would come in at the other end.
        assert 0.4 < float((noisy == level).mean()) < 0.65


def test_jpeg_leaves_a_picture_like_the_one_it_was_given(canvas_of: Draw) -> None:
    grey = np.asarray(255 - canvas_of("S"), np.uint8)
    errors = {}
    for quality in (10, 95):
        jpeg = Jpeg(quality=(quality, quality))
        out = compress(grey, np.random.default_rng(0), jpeg)
        assert out.shape == grey.shape
        assert out.dtype == np.uint8
        errors[quality] = float(np.abs(out.astype(int) - grey).mean())
    assert 0 < errors[95] < errors[10] < 20


def test_the_largest_and_smallest_glyph_that_settings_allow(canvas_of: Draw) -> None:
    for height in (4, 256):
        camera = Camera(height_px=(height, height))
        grey = photograph(canvas_of("W"), np.random.default_rng(2), camera)
        noisy = add_noise(grey, np.random.default_rng(2), Noise())
        assert noisy.shape == grey.shape
