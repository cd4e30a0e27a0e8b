from pathlib import Path

import numpy as np
import pytest
from tests.train.pages.conftest import DrawnSource

from inkwatch.errors import UsageError
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.hands import real_hands
from inkwatch_train.pages.one_pen import stroke_width_px
from inkwatch_train.pages.real_pen import RealPen
from inkwatch_train.pages.uneven import Unevenness

EVEN = Unevenness(slant_deg=0, turn_deg=0, size=0, wobble=0)
X_HEIGHT_PX = 40


def real_pen(font: Path, thickness: int = 6, stroke_px: float = 5) -> RealPen:
    hands = real_hands([DrawnSource(thickness=thickness)], ["val"], "abcipxAH0123456789")
    return RealPen(hands, Pen(font, X_HEIGHT_PX), X_HEIGHT_PX, stroke_px, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("character", "top", "bottom"), [("x", 1.0, 0.0), ("H", 1.62, 0.0), ("p", 1.0, -0.65)]
)
def test_each_character_comes_to_its_height_on_the_line(
    plain_font: Path, rng: np.random.Generator, character: str, top: float, bottom: float
) -> None:
    glyph = real_pen(plain_font).write(character, 0, EVEN, rng)
    assert -glyph.top == pytest.approx(top * X_HEIGHT_PX, abs=4)
    below = glyph.top + glyph.coverage.shape[0]
    assert below == pytest.approx(-bottom * X_HEIGHT_PX, abs=4)


@pytest.mark.parametrize("thickness", [3, 6])
def test_thick_and_thin_hands_get_the_same_stroke(
    plain_font: Path, rng: np.random.Generator, thickness: int
) -> None:
    coverage = real_pen(plain_font, thickness).write("H", 0, EVEN, rng).coverage
    assert stroke_width_px(np.pad(coverage, 2)) == pytest.approx(5, abs=1)


def test_marks_come_from_the_font(plain_font: Path, rng: np.random.Generator) -> None:
    comma = real_pen(plain_font).write(",", 0, EVEN, rng)
    assert comma.top > -X_HEIGHT_PX / 2
    assert comma.coverage.shape[0] < X_HEIGHT_PX


def test_letters_never_come_from_the_font(plain_font: Path, rng: np.random.Generator) -> None:
    with pytest.raises(UsageError, match="'z'"):
        real_pen(plain_font).write("z", 0, EVEN, rng)
