from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.canvas import CANVAS_SIZE, GLYPH_SIZE
from inkwatch_train.augment.wrong_cuts import KINDS, wrong_cut

CanvasOf = Callable[[str], Grey]


def picker(canvas_of: CanvasOf, letters: str, seed: int = 0) -> Callable[[], Grey]:
    canvases = [canvas_of(letter) for letter in letters]
    rng = np.random.default_rng(seed)
    return lambda: canvases[int(rng.integers(len(canvases)))]


def pieces_of(canvas: Grey) -> int:
    return cv2.connectedComponents((canvas > 128).astype(np.uint8))[0] - 1


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_ink_on_a_canvas(canvas_of: CanvasOf, kind: str) -> None:
    pick = picker(canvas_of, "ABHMOWkm8")
    for seed in range(20):
        canvas = wrong_cut(pick, np.random.default_rng(seed), kind)
        assert canvas.shape == (CANVAS_SIZE, CANVAS_SIZE)
        assert canvas.dtype == np.uint8
        _, _, width, height = cv2.boundingRect((canvas > 64).astype(np.uint8))
        assert max(width, height) == pytest.approx(GLYPH_SIZE, abs=3)


def test_half_of_a_letter_is_not_the_letter(canvas_of: CanvasOf) -> None:
    whole = canvas_of("H").astype(np.float64)
    for seed in range(10):
        half = wrong_cut(picker(canvas_of, "H"), np.random.default_rng(seed), "half")
        assert np.corrcoef(whole.ravel(), half.ravel().astype(np.float64))[0, 1] < 0.9


def test_narrow_letters_are_not_halved(canvas_of: CanvasOf) -> None:
    """Half an l is an l. Two of them stand there instead, or at the least more than one piece."""
    cuts = [
        wrong_cut(picker(canvas_of, "l"), np.random.default_rng(seed), "half") for seed in range(12)
    ]
    wide = [cv2.boundingRect((cut > 64).astype(np.uint8))[2] >= 8 for cut in cuts]
    assert np.mean(wide) > 0.6


def test_a_pair_is_wider_than_a_letter(canvas_of: CanvasOf) -> None:
    for seed in range(10):
        pair = wrong_cut(picker(canvas_of, "E"), np.random.default_rng(seed), "pair")
        _, _, width, height = cv2.boundingRect((pair > 64).astype(np.uint8))
        assert width > 0.6 * height


def test_specks_are_several(canvas_of: CanvasOf) -> None:
    counts = [
        pieces_of(wrong_cut(picker(canvas_of, "a"), np.random.default_rng(seed), "specks"))
        for seed in range(20)
    ]
    assert np.mean(np.array(counts) > 1) > 0.7


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 32))
def test_the_same_chance_gives_the_same_cut(seed: int) -> None:
    blank = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.uint8)
    blank[20:40, 24:36] = 255
    first, again = (wrong_cut(lambda: blank, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(first, again)


def test_canvases_without_ink_do_no_harm() -> None:
    empty = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.uint8)
    for kind in KINDS:
        assert wrong_cut(lambda: empty, np.random.default_rng(1), kind).any()
