"""One character as a hand would write it this time: drawn large with a font, then made uneven."""

from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image, ImageDraw

from inkwatch.errors import UsageError
from inkwatch_train.fonts.draw import open_font
from inkwatch_train.pages.uneven import (
    OVERSAMPLE,
    InkedGlyph,
    LargeGlyph,
    Unevenness,
    unevenly,
)

_NOMINAL_PX = 200


class GlyphPen(Protocol):
    """Writes single characters: with a font, or with pictures of real ones."""

    def write(
        self, character: str, slant_deg: float, uneven: Unevenness, rng: np.random.Generator
    ) -> InkedGlyph:
        """Write one character, a little different each time.

        Args:
            character: one character that is not a space.
            slant_deg: by how much the whole page leans to the right, in degrees.
            uneven: how much this character may differ from that.
            rng: gives the differences.

        Raises:
            UsageError: this pen cannot write the character.
        """
        ...


class Pen:
    """Writes characters of one font at one size."""

    def __init__(self, path: Path, x_height_px: float, extra_stroke_px: float = 0.0) -> None:
        """Open a font.

        Args:
            path: a TrueType file.
            x_height_px: height of the letter 'x' on the sheet, in pixels.
            extra_stroke_px: how much thicker than the font's its strokes are to be.

        Raises:
            DataError: the file is missing or no font.
        """
        self._path = path
        self._x_height_px = x_height_px
        _, top, _, bottom = open_font(path, _NOMINAL_PX).getbbox("x", anchor="ls")
        size_px = _NOMINAL_PX * x_height_px / (bottom - top)
        self._font = open_font(path, round(size_px * OVERSAMPLE))
        self._stroke_px = round(extra_stroke_px * OVERSAMPLE / 2)

    def write(
        self, character: str, slant_deg: float, uneven: Unevenness, rng: np.random.Generator
    ) -> InkedGlyph:
        """Write one character, a little different each time.

        Args:
            character: one character that is not a space.
            slant_deg: by how much the whole page leans to the right, in degrees.
            uneven: how much this character may differ from that.
            rng: gives the differences.

        Raises:
            UsageError: the font has no such character, or draws nothing for it.
        """
        return unevenly(self.draw(character), self._x_height_px, slant_deg, uneven, rng)

    def draw(self, character: str) -> LargeGlyph:
        """Draw one character as the font has it.

        Raises:
            UsageError: the font has no such character, or draws nothing for it.
        """
        self._check(character)
        left, top, right, bottom = self._font.getbbox(
            character, anchor="ls", stroke_width=self._stroke_px
        )
        margin = round(0.3 * self._x_height_px * OVERSAMPLE)
        size = (round(right - left) + 2 * margin, round(bottom - top) + 2 * margin)
        origin = (margin - left, margin - top)
        canvas = Image.new("L", size, 0)
        ImageDraw.Draw(canvas).text(
            origin, character, fill=255, font=self._font, anchor="ls", stroke_width=self._stroke_px
        )
        image = np.asarray(canvas, np.uint8)
        if not image.any():
            raise UsageError(f"The font {self._path.stem} draws nothing for '{character}'.")
        return LargeGlyph(image, origin, self._font.getlength(character))

    def _check(self, character: str) -> None:
        if ord(character) not in _characters_of(self._path):
            raise UsageError(
                f"The font {self._path.stem} has no '{character}'. Take it out of the text or "
                "name another font."
            )


@lru_cache(maxsize=32)
def _characters_of(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return frozenset(int(code) for code in font.getBestCmap())
