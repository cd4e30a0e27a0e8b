"""How joined a line's writing is, by its looks: ink that holds together is wider than a letter."""

import numpy as np

from inkwatch.vision.components import Pieces
from inkwatch.vision.lines import letter_height
from inkwatch.vision.page import LineCut

_WIDE = 2.2
"""In x-heights: an m comes to 1.9, capitals to 2."""

_SMALL = 0.3
_LONG = 2.0
_BEYOND_DOUBT = 0.05
"""Most pages of joined writing come to 0.04 to 0.7, separate letters to 0.025 at the most."""


def joined_share(cut: LineCut) -> float:
    """Tell which share of a line's ink, by width, stands in pieces wider than any letter.

    Returns:
        From 0, where all letters stand apart, to 1.
    """
    widths = [glyph.place.width for glyph in cut.glyphs]
    wide = sum(width for width in widths if width > _WIDE * cut.x_height_px)
    return wide / max(1, sum(widths))


def looks_joined(pieces: Pieces) -> bool:
    """Tell of a page whose lines are not known yet whether its writing is joined, beyond doubt.

    Letters that stand apart, however they lean, are hardly ever twice as wide as they are tall.
    """
    usual = letter_height(pieces) if len(pieces.ids) else 0.0
    large = pieces.height > _SMALL * usual
    wide = large & (pieces.width > _LONG * np.maximum(pieces.height, usual))
    return float(pieces.width[wide].sum()) > _BEYOND_DOUBT * float(pieces.width[large].sum())
