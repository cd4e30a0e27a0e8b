"""The form in which glyphs wait for augmentation: clean ink, one size, room to move in."""

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.crop import Grey, extract_ink

CANVAS_SIZE = 64
GLYPH_SIZE = 44
"""The glyph's longer side on the canvas: enough to bend it, with room on all sides to turn."""

Rng = np.random.Generator
Floats = npt.NDArray[np.float32]


def to_canvas(grey: Grey) -> Grey | None:
    """Cut the ink out of a picture and centre it on a canvas.

    Args:
        grey: `(H, W)` uint8, dark ink on light paper.

    Returns:
        `(64, 64)` uint8, ink bright on 0, the glyph's longer side 44 pixels; None where the
        picture holds no ink.
    """
    ink = extract_ink(grey)
    return None if ink is None else fit_canvas(ink)


def fit_canvas(ink: Grey) -> Grey:
    """Scale ink, bright and cut to its box, to 44 pixels and centre it: `(64, 64)` uint8."""
    height, width = ink.shape
    scale = GLYPH_SIZE / max(height, width)
    new = (max(2, round(width * scale)), max(2, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(ink, new, interpolation=method)
    canvas = np.zeros((CANVAS_SIZE, CANVAS_SIZE), np.uint8)
    top, left = (CANVAS_SIZE - new[1]) // 2, (CANVAS_SIZE - new[0]) // 2
    canvas[top : top + new[1], left : left + new[0]] = small
    return canvas
