"""Tell fonts that draw capitals in the place of small letters, by looking at what they draw.

Some handwriting fonts have only capitals, at two sizes. After the crop, which takes the size
away, their 'a' and 'A' are one shape under two labels; training on them teaches nothing but doubt.
"""

from pathlib import Path

import cv2
import numpy as np

from inkwatch.recognise.crop import crop_glyph
from inkwatch_train.fonts.draw import draw_character, open_font

LETTERS = "abdeghnqrt"
"""Letters whose small form, in anyone's hand, is another shape than the capital."""

ALIKE_FROM = 0.73
"""Correlation from which two shapes count as one. Over 162 families, three quarters of the
letters of a font with capitals only reach 0.77; of no other font more than 0.69."""

_DRAW_SIZE_PX = 72
_BLUR_PX = 1.5
_CASELESS_SHARE = 0.75


def likeness(path: Path, letter: str) -> float:
    """Compare a letter's small and capital shape, as the models would see them.

    Args:
        path: a font file.
        letter: a letter in lower case.

    Returns:
        Correlation of the two blurred crops, up to 1.0 for the same shape; 0.0 where the font
        lacks one of them.

    Raises:
        DataError: the file is missing or no font.
    """
    font = open_font(path, _DRAW_SIZE_PX)
    small = draw_character(font, letter)
    capital = draw_character(font, letter.upper())
    if small is None or capital is None:
        return 0.0
    first, second = (
        # A hand-drawn capital is never drawn twice the same: blur forgives a stroke's width.
        cv2.GaussianBlur(crop_glyph(image).astype(np.float32), (0, 0), _BLUR_PX).ravel()
        for image in (small, capital)
    )
    if not (first.any() and second.any()):
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def has_true_lower_case(path: Path) -> bool:
    """Tell whether a font's small letters have shapes of their own.

    Args:
        path: a font file.

    Returns:
        False where at least three quarters of `LETTERS` are drawn as their capitals.

    Raises:
        DataError: the file is missing or no font.
    """
    alike = sum(likeness(path, letter) >= ALIKE_FROM for letter in LETTERS)
    return alike < _CASELESS_SHARE * len(LETTERS)
