"""A line cut where its characters were found: by where they stand along it, not by its ink."""

from collections.abc import Sequence

import numpy as np

from inkwatch.places import Box
from inkwatch.vision.line_ink import LineInk
from inkwatch.vision.page import MARGIN_PX, GlyphCut, LineCut, Page, WordCut

_INKED = 64


def cut_by_spans(
    cut: LineCut, ink: LineInk, words: Sequence[Sequence[tuple[float, float]]], page: Page
) -> LineCut:
    """Cut a line anew.

    Args:
        cut: the line as it was found.
        ink: its ink.
        words: for each word, from where to where each of its characters stands, in columns of
            `ink`, from left to right; at least one word of at least one.
        page: the page, which leads back to the picture.

    Returns:
        The line with these glyphs. Where no ink is in a span, its glyph is as tall as an x and
        blank.
    """
    glyphs = [tuple(_glyph(cut, ink, span, page) for span in word) for word in words]
    count = sum(map(len, glyphs))
    return LineCut(
        tuple(map(WordCut, glyphs)),
        baseline=cut.baseline,
        x_height_px=cut.x_height_px,
        break_bits=(0.0,) * (count - 1),
    )


def _glyph(cut: LineCut, ink: LineInk, span: tuple[float, float], page: Page) -> GlyphCut:
    width = ink.ink.shape[1]
    first = min(max(0, round(span[0])), width - 1)
    last = min(max(first + 1, round(span[1])), width)
    part = ink.ink[:, first:last]
    rows = np.flatnonzero((part >= _INKED).any(axis=1))
    columns = np.flatnonzero((part >= _INKED).any(axis=0))
    if rows.size:
        top, bottom = int(rows[0]), int(rows[-1]) + 1
        first, last = first + int(columns[0]), first + int(columns[-1]) + 1
    else:
        foot = round(float(ink.baseline.at((first + last) / 2)))
        top, bottom = foot - max(1, round(cut.x_height_px)), foot
    grey = np.full((bottom - top + 2 * MARGIN_PX, last - first + 2 * MARGIN_PX), 255, np.uint8)
    inside = ink.ink[max(0, top) : max(0, bottom), first:last]
    down = MARGIN_PX + max(0, top) - top
    grey[down : down + inside.shape[0], MARGIN_PX : MARGIN_PX + last - first] -= inside
    place = Box(ink.left + first, ink.top + top, last - first, bottom - top)
    level = float(cut.baseline.at(place.left + place.width / 2))
    return GlyphCut(
        box=page.box_in_picture(place),
        place=place,
        grey=grey,
        top=place.top - level,
        bottom=place.bottom - level,
    )
