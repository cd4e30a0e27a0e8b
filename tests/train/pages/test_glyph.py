from pathlib import Path

import numpy as np
import pytest

from inkwatch.errors import DataError, UsageError
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.uneven import Unevenness

EVEN = Unevenness(slant_deg=0, turn_deg=0, size=0, wobble=0)


def test_the_x_is_as_high_as_asked_and_stands_on_the_baseline(
    plain_font: Path, rng: np.random.Generator
) -> None:
    glyph = Pen(plain_font, 40).write("x", 0, EVEN, rng)
    assert glyph.coverage.shape[0] == pytest.approx(40, abs=1.5)
    assert glyph.top == pytest.approx(-40, abs=1.5)
    assert glyph.coverage.max() == 255


def test_descenders_reach_below_the_baseline(plain_font: Path, rng: np.random.Generator) -> None:
    glyph = Pen(plain_font, 40).write("p", 0, EVEN, rng)
    assert glyph.top + glyph.coverage.shape[0] > 10


def test_the_coverage_is_cut_to_the_ink(plain_font: Path, rng: np.random.Generator) -> None:
    ink = Pen(plain_font, 30).write("S", 5, Unevenness(), rng).coverage > 0
    assert ink[0].any()
    assert ink[-1].any()
    assert ink[:, 0].any()
    assert ink[:, -1].any()


def test_slant_leans_to_the_right(plain_font: Path, rng: np.random.Generator) -> None:
    ink = Pen(plain_font, 40).write("I", 20, EVEN, rng).coverage > 127
    top, bottom = np.flatnonzero(ink[3]).mean(), np.flatnonzero(ink[-4]).mean()
    height = ink.shape[0] - 7
    assert np.rad2deg(np.arctan2(top - bottom, height)) == pytest.approx(20, abs=1.5)


def test_a_broader_pen_leaves_thicker_strokes(plain_font: Path, rng: np.random.Generator) -> None:
    thin = Pen(plain_font, 40).write("I", 0, EVEN, rng).coverage
    thick = Pen(plain_font, 40, extra_stroke_px=3).write("I", 0, EVEN, rng).coverage
    assert thick.shape[1] - thin.shape[1] == pytest.approx(3, abs=1)


def test_no_two_letters_are_the_same(plain_font: Path, rng: np.random.Generator) -> None:
    pen = Pen(plain_font, 30)
    first, second = (pen.write("g", 0, Unevenness(), rng).coverage for _ in range(2))
    assert not np.array_equal(first, second)


def test_the_same_numbers_give_the_same_letter(plain_font: Path) -> None:
    pen = Pen(plain_font, 30)
    first, second = (
        pen.write("g", 3, Unevenness(), np.random.default_rng(5)).coverage for _ in range(2)
    )
    assert np.array_equal(first, second)


def test_a_character_that_the_font_lacks_is_named(
    plain_font: Path, rng: np.random.Generator
) -> None:
    with pytest.raises(UsageError, match="'Ж'"):
        Pen(plain_font, 30).write("Ж", 0, EVEN, rng)


def test_a_missing_font_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.ttf"):
        Pen(tmp_path / "none.ttf", 30)
