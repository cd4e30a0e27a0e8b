"""What makes one character differ from the next of its kind: bent, slanted, turned, resized."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Coverage = npt.NDArray[np.uint8]
"""`(H, W)` uint8: how much of each pixel the ink covers, 0 to 255."""

OVERSAMPLE = 4
"""Characters are drawn this much larger than they come to stand on the sheet."""

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


@dataclass(frozen=True, slots=True, eq=False)
class LargeGlyph:
    """A character at `OVERSAMPLE`, before it is made uneven.

    `coverage` has paper around its ink; `origin` is the pen's place on the baseline in it, as
    (x, y), and `advance` how far the pen moves on, all in its own pixels.
    """

    coverage: Coverage
    origin: tuple[float, float]
    advance: float


def unevenly(
    glyph: LargeGlyph,
    x_height_px: float,
    slant_deg: float,
    uneven: Unevenness,
    rng: np.random.Generator,
) -> InkedGlyph:
    """Bring a large character to its size on the sheet, a little different each time.

    Args:
        glyph: the character.
        x_height_px: height of the letter 'x' on the sheet, in pixels.
        slant_deg: by how much the whole page leans to the right, in degrees.
        uneven: how much this character may differ from that.
        rng: gives the differences.
    """
    large = _bend(glyph.coverage, uneven.wobble * x_height_px * OVERSAMPLE, rng)
    scale = 1.0 + uneven.size * _bounded_normal(rng)
    matrix = _affine(
        scale,
        slant_deg + uneven.slant_deg * _bounded_normal(rng),
        uneven.turn_deg * _bounded_normal(rng),
    )
    coverage, left, top = _place(large, glyph.origin, matrix)
    return InkedGlyph(coverage, left, top, glyph.advance / OVERSAMPLE * scale)


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
    first = np.floor(mapped.min(axis=0) / OVERSAMPLE).astype(int)
    last = np.ceil(mapped.max(axis=0) / OVERSAMPLE).astype(int)
    columns, rows = (int(value) for value in last - first)
    shift = -(matrix @ np.array(origin)) - first * OVERSAMPLE
    full = cv2.warpAffine(
        large,
        np.column_stack([matrix, shift]),
        (columns * OVERSAMPLE, rows * OVERSAMPLE),
        flags=cv2.INTER_LINEAR,
    )
    small = cv2.resize(full, (columns, rows), interpolation=cv2.INTER_AREA)
    x, y, w, h = cv2.boundingRect((small > _FAINT).astype(np.uint8))
    cut = np.ascontiguousarray(small[y : y + h, x : x + w], np.uint8)
    return cut, int(first[0]) + x, int(first[1]) + y
