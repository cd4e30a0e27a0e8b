"""How joined a line's writing is, by its looks: ink that holds together is wider than a letter."""

from inkwatch.vision.page import LineCut

_WIDE = 2.2
"""In x-heights: an m comes to 1.9, capitals to 2."""


def joined_share(cut: LineCut) -> float:
    """Tell which share of a line's ink, by width, stands in pieces wider than any letter.

    Returns:
        From 0, where all letters stand apart, to 1.
    """
    widths = [glyph.place.width for glyph in cut.glyphs]
    wide = sum(width for width in widths if width > _WIDE * cut.x_height_px)
    return wide / max(1, sum(widths))
