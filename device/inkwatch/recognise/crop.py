"""One character, however it was photographed, in the one form that the models know.

This function stands at the heart of the project: training, conversion and the device all call
it, and a bundle carries the version it was trained with. Change what it gives for any picture,
and `CROP_VERSION` must rise and every bundle be trained anew.
"""

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.strays import InkPieces, ink_pieces, lift_shadow, without_strays

Grey = npt.NDArray[np.uint8]

CROP_VERSION = 2
CROP_SIZE = 32
"""Height and width of a normalised crop, in pixels."""

GLYPH_SIZE = 26
"""The glyph's longer side inside the crop, in pixels."""

MIN_CONTRAST = 10.0
"""Grey levels between paper and ink below which a crop counts as blank."""

_SMOOTH_FROM_PX = 40
_MIN_SLOPE_SIDE_PX = 8
_MIN_SLOPE_LEVELS = 6.0
_INK_FLOOR = 0.25
_INK_FULL = 0.85
_KERNEL = np.ones((3, 3), np.uint8)


def crop_glyph(grey: Grey) -> Grey:
    """Normalise the picture of one character.

    Ink is parted from paper (`extract_ink`), scaled to 26 pixels on its longer side with its
    aspect kept, made ink-bright with strokes near 255, and placed so that its centre of mass is
    the crop's centre, as far as the whole glyph stays inside (the way of MNIST, LeCun et al.
    1998, doi:10.1109/5.726791).

    Args:
        grey: `(H, W)` uint8, dark ink on light paper, any size from 1x1.

    Returns:
        `(32, 32)` uint8, ink bright on 0. All zeros where no ink can be told from paper.
    """
    out = np.zeros((CROP_SIZE, CROP_SIZE), np.uint8)
    bright = extract_ink(grey)
    if bright is None:
        return out
    height, width = bright.shape
    scale = GLYPH_SIZE / max(width, height)
    new_width = max(1, round(width * scale))
    new_height = max(1, round(height * scale))
    # INTER_AREA agrees to the last bit between x86 and ARM; it can only shrink.
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(bright, (new_width, new_height), interpolation=method)
    peak = int(small.max())
    if peak == 0:
        return out
    if peak < 255:
        # Hair-thin strokes grow faint when they shrink: bring the brightest back to full.
        small = cv2.convertScaleAbs(small, alpha=255.0 / peak)

    moments = cv2.moments(small)
    x = _place(moments["m10"] / moments["m00"], new_width)
    y = _place(moments["m01"] / moments["m00"], new_height)
    out[y : y + new_height, x : x + new_width] = small
    return out


def crop_glyphs(greys: Sequence[Grey]) -> Grey:
    """Normalise N pictures of one character each, as `crop_glyph` does.

    Returns:
        `(N, 32, 32)` uint8; N may be 0.
    """
    crops = np.empty((len(greys), CROP_SIZE, CROP_SIZE), np.uint8)
    for slot, grey in zip(crops, greys, strict=True):
        slot[:] = crop_glyph(grey)
    return crops


def extract_ink(grey: Grey) -> Grey | None:
    """Part ink from paper and cut to the ink's bounding box.

    The threshold is Otsu's (Otsu 1979, doi:10.1109/TSMC.1979.4310076); grey levels between the
    mean paper and the mean ink are stretched so that paper becomes 0 and a stroke's core 255.
    A shadow that would count as ink is lifted first; specks, and slivers of ruled lines and
    neighbours at the picture's edges, are left out (`recognise.strays`).

    Args:
        grey: `(H, W)` uint8, dark ink on light paper.

    Returns:
        `(h, w)` uint8, ink bright, at the picture's own scale; None where the means of the two
        sides of the threshold differ by less than `MIN_CONTRAST`.
    """
    grey = _level_light(grey)
    mask = _ink_mask(grey)
    pieces = ink_pieces(mask)
    if not pieces.is_lone:
        grey, mask = _cleaned(grey, mask, pieces)
        inked, (left, top, width, height) = cv2.countNonZero(mask), cv2.boundingRect(mask)
    else:
        left, top, width, height, inked = pieces.stats[1].tolist()
    # In a crop of one grey level Otsu may leave either side of the threshold empty.
    if inked in {0, grey.size}:
        return None
    ink = cv2.mean(grey, mask)[0]
    paper = (cv2.sumElems(grey)[0] - round(ink * inked)) / (grey.size - inked)
    if paper - ink < MIN_CONTRAST:
        return None
    patch = grey[top : top + height, left : left + width]
    gain = 255.0 / ((_INK_FULL - _INK_FLOOR) * (paper - ink))
    start = paper - _INK_FLOOR * (paper - ink)
    level = np.uint8(round(start))
    below = level - np.minimum(patch, level)
    # This saturates at 255, so no clipping of its own is needed.
    return np.asarray(cv2.convertScaleAbs(below, alpha=gain), np.uint8)


def _cleaned(grey: Grey, mask: Grey, pieces: InkPieces) -> tuple[Grey, Grey]:
    """Lift a shadow and paint strays over; give the picture and its mask anew."""
    lifted = lift_shadow(grey, mask)
    if lifted is not None:
        grey = lifted
        mask = _ink_mask(grey)
        pieces = ink_pieces(mask)
    kept = without_strays(pieces)
    if kept is None:
        return grey, mask
    # What was left out becomes paper, its soft edge along with it.
    gone = cv2.dilate(cv2.subtract(mask, kept), _KERNEL)
    return np.where((gone > 0) & (kept == 0), np.uint8(255), grey), kept


def _ink_mask(grey: Grey) -> Grey:
    """Threshold by Otsu: 255 where there is ink."""
    # Sensor noise in a large crop would widen the box; in a small one, blurring would cost strokes.
    smooth = cv2.blur(grey, (3, 3)) if min(grey.shape) >= _SMOOTH_FROM_PX else grey
    _, mask = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    return np.asarray(mask, np.uint8)


def _level_light(grey: Grey) -> Grey:
    """Take out a linear fall-off of the light across the crop.

    The brightest pixel of a column or row is nearly always paper, so the two profiles of maxima
    show how the paper's brightness runs; medians of their halves pass over the few columns or
    rows that a bar of ink fills from edge to edge.
    """
    height, width = grey.shape
    if min(height, width) < _MIN_SLOPE_SIDE_PX:
        return grey
    # Cuts of a page have a white margin: then a row and a column of it tell all.
    across = 0.0 if _is_white(grey[0]) else _rise(grey.max(axis=0))
    down = 0.0 if _is_white(grey[:, 0]) else _rise(grey.max(axis=1))
    if abs(across) + abs(down) < _MIN_SLOPE_LEVELS:
        return grey
    lift = np.add.outer(_lift(down, height), _lift(across, width))
    # What a byte cannot hold would wrap round on one processor and saturate on another.
    lift = np.minimum(lift, np.float32(255)).astype(np.uint8)
    return np.asarray(cv2.add(grey, lift), np.uint8)


def _is_white(row: Grey) -> bool:
    return row.tobytes().count(255) == len(row)


def _rise(profile: Grey) -> float:
    """How much a profile rises from end to end, in grey levels."""
    # Python sorts a few dozen bytes sooner than NumPy finds their median.
    levels = profile.tobytes()
    half = len(levels) // 2
    return 2.0 * (sorted(levels[-half:])[half // 2] - sorted(levels[:half])[half // 2])


def _lift(rise: float, length: int) -> npt.NDArray[np.float32]:
    """What to add along a side of `length` pixels to make a profile of this rise level."""
    ramp = _ramp(length)
    return np.float32(rise) * ramp[::-1] if rise > 0 else np.float32(-rise) * ramp


@lru_cache(maxsize=256)
def _ramp(length: int) -> npt.NDArray[np.float32]:
    return np.linspace(0.0, 1.0, length, dtype=np.float32)


def _place(centre: float, length: int) -> int:
    """Where a glyph of `length` starts so that `centre` comes to the middle, inside the crop."""
    wanted = round((CROP_SIZE - 1) / 2 - centre)
    return min(max(wanted, 0), CROP_SIZE - length)
