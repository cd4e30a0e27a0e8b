"""Text of any length → lines that fit a sheet, smaller written where they would not."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from inkwatch.errors import UsageError
from inkwatch_train.pages.glyph import GlyphPen
from inkwatch_train.pages.layout import (
    Hand,
    LineTooLongError,
    SheetFullError,
    SheetSize,
    WrittenSheet,
    write_sheet,
)

MakePen = Callable[[float], GlyphPen]
"""Takes the height of an 'x' in pixels; gives a pen for it, the same each time it is asked."""

_SMALLER = 0.92
_LEAST_X_HEIGHT_PX = 14.0
_WIDTH_OF_ONE = 0.95
"""In x-heights: how wide one character is on average, with its share of gaps; a first guess."""


def write_fitted(
    parts: Sequence[str], make_pen: MakePen, hand: Hand, size: SheetSize, seed: int
) -> WrittenSheet:
    """Break parts of a text into lines and write them, as large as `hand` says if they fit.

    Args:
        parts: each begins on a new line.
        make_pen: gives the pen.
        hand: how it is written.
        size: the sheet.
        seed: the same seed gives the same sheet.

    Raises:
        UsageError: the text does not fit even with an 'x' of 14 pixels, or the pen lacks a
            character.
    """
    columns = (size.width - size.left - size.right_margin) / (hand.x_height_px * _WIDTH_OF_ONE)
    while hand.x_height_px >= _LEAST_X_HEIGHT_PX:
        lines = [line for part in parts for line in textwrap.wrap(part, max(1, int(columns)))]
        pen = make_pen(hand.x_height_px)
        try:
            return write_sheet(lines, pen, hand, size, np.random.default_rng(seed))
        except LineTooLongError:
            columns *= _SMALLER
        except SheetFullError:
            hand = replace(hand, x_height_px=hand.x_height_px * _SMALLER)
            columns /= _SMALLER
    raise UsageError("The text does not fit the sheet. Take a shorter one or a larger sheet.")
