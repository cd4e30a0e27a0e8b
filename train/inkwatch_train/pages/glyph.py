"""One character as a hand would write it this time: drawn large, made uneven, brought to size."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from inkwatch.errors import UsageError
from inkwatch_train.fonts.draw import open_font

Coverage = npt.NDArray[np.uint8]
"""`(H, W)` uint8: how much of each pixel the ink covers, 0 to 255."""

_OVERSAMPLE = 4
_NOMINAL_PX = 200
_FAINT = 32


@dataclass(frozen=True, slots=True)
class Unevenness:
    """How much one character differs from the next; each value is a standard deviation.

    `slant_deg` and `turn_deg` in degrees, `size` as a share of the size, `wobble` (the bending
    of strokes) as a share of the x-height.
    """

    slant_deg: float = 1.5
    turn_deg: float = 1.2
    size: float = 0.03
    wobble: float = 0.018


@dataclass(frozen=True, slots=True, eq=False)
class InkedGlyph:
    """One character's ink: its `coverage`, cut to the ink, and where it stands.

    `left` and `top` are the coverage's first column and row seen from the pen's place on the
    baseline, in pixels; `advance` is how far the pen moves on.
    """

    coverage: Coverage
    left: int
    top: int
    advance: float


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
        self._font = open_font(path, round(size_px * _OVERSAMPLE))
        self._stroke_px = round(extra_stroke_px * _OVERSAMPLE / 2)

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
        self._check(character)
        large, origin = self._draw(character)
        large = _bend(large, uneven.wobble * self._x_height_px * _OVERSAMPLE, rng)
        scale = 1.0 + uneven.size * _bounded_normal(rng)
        matrix = _affine(
            scale,
            slant_deg + uneven.slant_deg * _bounded_normal(rng),
            uneven.turn_deg * _bounded_normal(rng),
        )
        coverage, left, top = _place(large, origin, matrix)
        advance = self._font.getlength(character) / _OVERSAMPLE * scale
        return InkedGlyph(coverage, left, top, advance)

    def _check(self, character: str) -> None:
        if ord(character) not in _characters_of(self._path):
            raise UsageError(
                f"The font {self._path.stem} has no '{character}'. Take it out of the text or "
                "name another font."
            )

    def _draw(self, character: str) -> tuple[Coverage, tuple[float, float]]:
        """Ink of a character at `_OVERSAMPLE`, and where in it the pen's place is."""
        left, top, right, bottom = self._font.getbbox(
            character, anchor="ls", stroke_width=self._stroke_px
        )
        margin = round(0.3 * self._x_height_px * _OVERSAMPLE)
        size = (round(right - left) + 2 * margin, round(bottom - top) + 2 * margin)
        origin = (margin - left, margin - top)
        canvas = Image.new("L", size, 0)
        ImageDraw.Draw(canvas).text(
            origin, character, fill=255, font=self._font, anchor="ls", stroke_width=self._stroke_px
        )
        image = np.asarray(canvas, np.uint8)
        if not image.any():
            raise UsageError(f"The font {self._path.stem} draws nothing for '{character}'.")
        return image, origin


@lru_cache(maxsize=32)
def _characters_of(path: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return frozenset(int(code) for code in font.getBestCmap())


def _bounded_normal(rng: np.random.Generator) -> float:
    """A normal number without the rare large ones that would look like a fault."""
    return float(np.clip(rng.standard_normal(), -2.0, 2.0))


def _bend(image: Coverage, strength_px: float, rng: np.random.Generator) -> Coverage:
    """Move the ink by a smooth random field, so that no two letters are the same."""
    height, width = image.shape
    grid = rng.standard_normal((2, 4, 4)).astype(np.float32) * np.float32(strength_px)
    x_shift, y_shift = (
        cv2.resize(each, (width, height), interpolation=cv2.INTER_CUBIC) for each in grid
    )
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    bent = cv2.remap(image, x + x_shift, y + y_shift, cv2.INTER_LINEAR)
    return np.asarray(bent, np.uint8)


def _affine(scale: float, slant_deg: float, turn_deg: float) -> npt.NDArray[np.float64]:
    """`(2, 2)`: lean to the right, then turn counter-clockwise, then scale; y goes down."""
    slant = np.array([[1.0, -np.tan(np.deg2rad(slant_deg))], [0.0, 1.0]])
    cos, sin = np.cos(np.deg2rad(turn_deg)), np.sin(np.deg2rad(turn_deg))
    turn = np.array([[cos, sin], [-sin, cos]])
    return np.asarray(scale * turn @ slant, np.float64)


def _place(
    large: Coverage, origin: tuple[float, float], matrix: npt.NDArray[np.float64]
) -> tuple[Coverage, int, int]:
    """Take the large drawing through `matrix` about its origin, shrink it, cut it to its ink."""
    height, width = large.shape
    corners = np.array([(x, y) for x in (0, width) for y in (0, height)], np.float64) - origin
    mapped = corners @ matrix.T
    # The patch begins on a whole pixel of the sheet, so that shrinking keeps the position.
    first = np.floor(mapped.min(axis=0) / _OVERSAMPLE).astype(int)
    last = np.ceil(mapped.max(axis=0) / _OVERSAMPLE).astype(int)
    columns, rows = (int(value) for value in last - first)
    shift = -(matrix @ np.array(origin)) - first * _OVERSAMPLE
    full = cv2.warpAffine(
        large,
        np.column_stack([matrix, shift]),
        (columns * _OVERSAMPLE, rows * _OVERSAMPLE),
        flags=cv2.INTER_LINEAR,
    )
    small = cv2.resize(full, (columns, rows), interpolation=cv2.INTER_AREA)
    x, y, w, h = cv2.boundingRect((small > _FAINT).astype(np.uint8))
    cut = np.ascontiguousarray(small[y : y + h, x : x + w], np.uint8)
    return cut, int(first[0]) + x, int(first[1]) + y
