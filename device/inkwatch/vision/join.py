"""Several pieces of ink as one glyph: a letter that a light pen broke."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inkwatch.reading import Box
from inkwatch.vision.page import MARGIN_PX, GlyphCut, Page


def join_glyphs(glyphs: Sequence[GlyphCut], page: Page) -> GlyphCut:
    """Lay neighbouring glyphs of a line into one picture, each where it stands.

    Args:
        glyphs: at least one, cut from `page`.
        page: tells where the joint is in the picture.
    """
    place = Box.around(glyph.place for glyph in glyphs)
    grey = np.full((place.height + 2 * MARGIN_PX, place.width + 2 * MARGIN_PX), 255, np.uint8)
    for glyph in glyphs:
        x, y = glyph.place.left - place.left, glyph.place.top - place.top
        height, width = glyph.grey.shape
        under = grey[y : y + height, x : x + width]
        np.minimum(under, glyph.grey, out=under)
    return replace(
        glyphs[0],
        place=place,
        box=page.box_in_picture(place),
        grey=grey,
        top=min(glyph.top for glyph in glyphs),
        bottom=max(glyph.bottom for glyph in glyphs),
    )
