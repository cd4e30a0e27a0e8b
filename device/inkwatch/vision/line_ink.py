"""The ink of one line, put together from its glyphs: what a reader of whole lines looks at."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.vision.baselines import Curve
from inkwatch.vision.page import MARGIN_PX, LineCut

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class LineInk:
    """One line alone, with its neighbours painted out.

    `ink` is `(H, W)` uint8, bright on 0; its first pixel is at (`left`, `top`) of the straightened
    page. `baseline` is in the pixels of `ink`.
    """

    ink: Grey
    left: int
    top: int
    baseline: Curve


def line_ink(cut: LineCut) -> LineInk:
    """Put a line's glyphs where they stood, and nothing else."""
    places = [glyph.place for glyph in cut.glyphs]
    left = min(place.left for place in places) - MARGIN_PX
    top = min(place.top for place in places) - MARGIN_PX
    right = max(place.right for place in places) + MARGIN_PX
    bottom = max(place.bottom for place in places) + MARGIN_PX
    ink = np.zeros((bottom - top, right - left), np.uint8)
    for glyph in cut.glyphs:
        height, width = glyph.grey.shape
        row, column = glyph.place.top - MARGIN_PX - top, glyph.place.left - MARGIN_PX - left
        inside = ink[row : row + height, column : column + width]
        # Glyphs may lie over one another: the darker holds.
        np.maximum(inside, 255 - glyph.grey, out=inside)
    curve = cut.baseline
    moved = Curve(curve.middle - left, curve.half, curve.terms).moved(-top)
    return LineInk(ink, left, top, moved)
