"""Writes with pictures of real characters: each brought to its height, all to one stroke."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from inkwatch.errors import UsageError
from inkwatch.language.shapes import shape_of
from inkwatch_train.pages.fit import MakePen
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.hands import Picture, RealHand
from inkwatch_train.pages.one_pen import with_stroke_width
from inkwatch_train.pages.uneven import (
    OVERSAMPLE,
    InkedGlyph,
    LargeGlyph,
    Unevenness,
    unevenly,
)

_SHAPES_A_PAGE = 3
"""So many pictures of a character on one page: nobody writes the same letter in ten ways."""

_WIDEST = 2.2
"""In x-heights: what is wider was cut wrongly, or drawn flat; it is squeezed."""

_BEARING = 0.07
"""Room at either side of a character, in x-heights."""


class RealPen:
    """Writes letters and digits of real hands, and marks of a font, with strokes of one width."""

    def __init__(
        self,
        hands: Sequence[RealHand],
        marks: Pen,
        x_height_px: float,
        stroke_px: float,
        rng: np.random.Generator,
    ) -> None:
        """Choose the characters of a page.

        Args:
            hands: asked in this order; the first that has a character gives it.
            marks: writes what no hand has, at the same x-height.
            x_height_px: height of the letter 'x' on the sheet, in pixels.
            stroke_px: width of all strokes on the sheet, in pixels.
            rng: chooses which pictures of a character the page has.
        """
        self._marks = marks
        self._x_height_px = x_height_px
        self._stroke_px = stroke_px * OVERSAMPLE
        self._pictures: dict[str, tuple[Picture, ...]] = {}
        for hand in hands:
            for character, pictures in hand.pictures.items():
                if character not in self._pictures:
                    order = rng.permutation(len(pictures))[:_SHAPES_A_PAGE]
                    self._pictures[character] = tuple(pictures[index] for index in order)

    def write(
        self, character: str, slant_deg: float, uneven: Unevenness, rng: np.random.Generator
    ) -> InkedGlyph:
        """Write one character. See `GlyphPen.write`.

        Raises:
            UsageError: it is a letter or digit that no hand has, or a mark that the font lacks.
        """
        pictures = self._pictures.get(character)
        if pictures is not None:
            large = self._sized(character, pictures[rng.integers(len(pictures))])
        elif character.isalnum():
            raise UsageError(f"No hand has '{character}'. Take it out of the text.")
        else:
            large = self._mark(character)
        return unevenly(large, self._x_height_px, slant_deg, uneven, rng)

    def _sized(self, character: str, picture: Picture) -> LargeGlyph:
        """Bring a picture to its character's height, standing on the baseline."""
        unit = self._x_height_px * OVERSAMPLE
        shape = shape_of(character)
        height = round((shape.top - shape.bottom) * unit)
        scale = height / picture.shape[0]
        width = max(1, round(min(picture.shape[1] * scale, _WIDEST * unit)))
        # Data sets have few pixels a character: what was a pixel's corner becomes a curve.
        large = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
        large = cv2.GaussianBlur(_with_margin(np.asarray(large, np.uint8), unit), (0, 0), scale / 2)
        inked = with_stroke_width(np.asarray(large, np.uint8), self._stroke_px)
        margin = _margin(unit)
        bearing = _BEARING * unit
        origin = (margin - bearing, margin + shape.top * unit)
        return LargeGlyph(inked, origin, width + 2 * bearing)

    def _mark(self, character: str) -> LargeGlyph:
        drawn = self._marks.draw(character)
        unit = self._x_height_px * OVERSAMPLE
        margin = _margin(unit)
        inked = with_stroke_width(_with_margin(drawn.coverage, unit), self._stroke_px)
        return LargeGlyph(
            inked, (drawn.origin[0] + margin, drawn.origin[1] + margin), drawn.advance
        )


def real_pen_maker(
    hands: Sequence[RealHand], marks_font: Path, rng: np.random.Generator
) -> MakePen:
    """A pen of real hands with the strokes of one pen, whatever size it is asked for."""
    stroke, seed = rng.uniform(0.10, 0.15), int(rng.integers(1 << 32))

    def make(x_height_px: float) -> RealPen:
        return RealPen(
            hands,
            Pen(marks_font, x_height_px),
            x_height_px,
            stroke * x_height_px,
            np.random.default_rng(seed),
        )

    return make


def _margin(unit: float) -> int:
    return round(0.3 * unit)


def _with_margin(coverage: Picture, unit: float) -> Picture:
    margin = _margin(unit)
    padded = cv2.copyMakeBorder(coverage, *(margin,) * 4, cv2.BORDER_CONSTANT, value=0)
    return np.asarray(padded, np.uint8)
