"""What `vision/` hands on: a page cut into lines, words and glyph pictures."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.places import Box
from inkwatch.vision.baselines import Curve
from inkwatch.vision.left_out import NOTHING, LeftOut
from inkwatch.vision.straighten import Straightened

Grey = npt.NDArray[np.uint8]

MARGIN_PX = 3
"""Paper around a glyph in its picture: the threshold cuts inside a stroke's soft edge."""


@dataclass(frozen=True, slots=True, eq=False)
class GlyphCut:
    """One glyph's ink: where it is, and its picture alone.

    `box` is in the picture's pixels, `place` in those of the straightened page. `grey` is `(h, w)`
    uint8, dark ink on white, neighbours painted out, with a margin of `MARGIN_PX`. `top` and
    `bottom` are in pixels of the straightened page, counted downwards from the line's baseline:
    they can be compared along a line that slants or bends, however the sheet was held.
    """

    box: Box
    place: Box
    grey: Grey
    top: float
    bottom: float

    @property
    def ink(self) -> npt.NDArray[np.bool_]:
        """Where in `place` there is ink, roughly: `(height, width)` bool."""
        inside = self.grey[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
        # Halfway between the paper and the darkest ink: a pencil leaves nothing darker than grey.
        return np.asarray(inside < (255.0 + float(inside.min())) / 2, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class WordCut:
    """Glyphs without a word gap between them, from left to right; at least one."""

    glyphs: tuple[GlyphCut, ...]


@dataclass(frozen=True, slots=True, eq=False)
class LineCut:
    """Words on one line, from left to right; at least one.

    `baseline` is the curve on which its letters stand and `x_height_px` the height of their bodies
    (of the capitals, where there are no others), in pixels of the straightened page.
    """

    words: tuple[WordCut, ...]
    baseline: Curve
    x_height_px: float

    @property
    def glyphs(self) -> tuple[GlyphCut, ...]:
        """All glyphs of the line, from left to right."""
        return tuple(glyph for word in self.words for glyph in word.glyphs)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Lines from top to bottom; `width` and `height` of the picture in pixels.

    `straightened` is the page that was cut, and leads back to the picture; `left_out` the ink that
    stands in no line.
    """

    lines: tuple[LineCut, ...]
    width: int
    height: int
    straightened: Straightened
    left_out: LeftOut = NOTHING

    def box_in_picture(self, place: Box) -> Box:
        """Take a box of the straightened page to the picture."""
        return self.straightened.box_in_picture(place, self.width, self.height)
