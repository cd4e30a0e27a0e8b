from collections.abc import Callable

import msgspec
import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'inkwatch[train]'")

from inkwatch.recognise.crop import CROP_SIZE, Grey, crop_glyph
from inkwatch_train.alphabet import ALPHANUMERIC, PUNCTUATION
from inkwatch_train.augment.pipeline import augment_glyph, photograph_glyph
from inkwatch_train.augment.settings import Augment

Draw = Callable[[str], Grey]
WAYS = [field.name for field in msgspec.structs.fields(Augment)]


def only(*ways: str) -> Augment:
    """These ways on every glyph, and no others."""
    return msgspec.convert({way: {"probability": float(way in ways)} for way in WAYS}, Augment)


def test_with_everything_off_a_glyph_stays_as_it_is(canvas_of: Draw) -> None:
    canvas, other = canvas_of("g"), canvas_of("M")
    grey = photograph_glyph(canvas, other, np.random.default_rng(5), only())
    np.testing.assert_array_equal(grey, 255 - canvas)
    crop = augment_glyph(canvas, other, np.random.default_rng(5), only())
    np.testing.assert_array_equal(crop, crop_glyph(np.asarray(255 - canvas, np.uint8)))


@pytest.mark.parametrize("way", WAYS)
def test_each_way_alone_changes_the_picture(canvas_of: Draw, way: str) -> None:
    canvas, other = canvas_of("g"), canvas_of("M")
    changed = 0
    for seed in range(10):
        grey = photograph_glyph(canvas, other, np.random.default_rng(seed), only(way))
        changed += int(not np.array_equal(grey, 255 - canvas))
    # A step of no pixels, or a bend of hardly any, may be drawn.
    assert changed >= 6


def test_ways_come_as_often_as_their_probability(canvas_of: Draw) -> None:
    canvas = canvas_of("g")
    often = msgspec.structs.replace(
        only(), broken=msgspec.structs.replace(Augment().broken, probability=0.3)
    )
    rng = np.random.default_rng(11)
    changed = sum(
        not np.array_equal(photograph_glyph(canvas, canvas, rng, often), 255 - canvas)
        for _ in range(1000)
    )
    assert 250 < changed < 350


@pytest.mark.parametrize("settings", [Augment(), *(only(way) for way in WAYS)])
def test_the_same_state_gives_the_same_picture(canvas_of: Draw, settings: Augment) -> None:
    canvas, other = canvas_of("R"), canvas_of("e")
    for seed in range(5):
        first, second = (
            augment_glyph(canvas, other, np.random.default_rng(seed), settings) for _ in range(2)
        )
        np.testing.assert_array_equal(first, second)


def test_other_states_give_other_pictures(canvas_of: Draw) -> None:
    canvas, other = canvas_of("R"), canvas_of("e")
    rng = np.random.default_rng(1)
    made = {augment_glyph(canvas, other, rng, Augment()).tobytes() for _ in range(50)}
    assert len(made) == 50


def test_the_canvases_are_left_alone(canvas_of: Draw) -> None:
    canvas, other = canvas_of("R"), canvas_of("e")
    before = canvas.copy(), other.copy()
    rng = np.random.default_rng(1)
    for _ in range(30):
        augment_glyph(canvas, other, rng, only(*WAYS))
    np.testing.assert_array_equal(canvas, before[0])
    np.testing.assert_array_equal(other, before[1])


def test_ink_survives(canvas_of: Draw) -> None:
    rng = np.random.default_rng(2)
    other = canvas_of("M")
    crops = []
    for character in ALPHANUMERIC + PUNCTUATION:
        canvas = canvas_of(character)
        crops += [augment_glyph(canvas, other, rng, Augment()) for _ in range(12)]
    for crop in crops:
        assert crop.shape == (CROP_SIZE, CROP_SIZE)
        assert crop.dtype == np.uint8
    blank = sum(int(crop.max()) == 0 for crop in crops)
    # Faint ink in strong noise is lost to the device's crop too: measured, 3 in 1000.
    assert blank < 0.01 * len(crops)


def test_no_ink_is_lost_by_hand_and_pen(canvas_of: Draw) -> None:
    rng = np.random.default_rng(2)
    other = canvas_of("M")
    for character in ALPHANUMERIC + PUNCTUATION:
        for _ in range(4):
            made = only("affine", "elastic", "thickness", "broken", "neighbours")
            assert augment_glyph(canvas_of(character), other, rng, made).max() == 255


def test_a_picture_still_resembles_its_glyph_more_than_another(canvas_of: Draw) -> None:
    glyphs = {c: canvas_of(c) for c in "TOLX"}
    plain = {
        c: augment_glyph(g, g, np.random.default_rng(0), only()).astype(np.float32).ravel()
        for c, g in glyphs.items()
    }
    rng = np.random.default_rng(4)
    right = 0
    for character, glyph in glyphs.items():
        for _ in range(50):
            crop = augment_glyph(glyph, glyphs["X"], rng, Augment()).astype(np.float32).ravel()
            likeness = {c: float(np.corrcoef(crop, p)[0, 1]) for c, p in plain.items()}
            right += int(max(likeness, key=lambda c: likeness[c]) == character)
    assert right > 150  # of 200; by chance it would be 50
