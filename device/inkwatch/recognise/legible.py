"""Whether what is of a letter's size looks like characters at all, whichever they are."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inkwatch.places import Box
from inkwatch.vision.page import Page

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

CROWD_LEGIBLE = 0.42
"""From this mean probability of being any character, where there are more pieces than on a full
page: separate letters, of which alone there can be so many, come to 0.86; granite, tiles and noise
to 0.41."""

LEGIBLE = 0.18
"""The same for other pages. Joined writing comes to 0.38 and more on 60 pages, and where it lies on
its side some to 0.27 whichever way up it is seen; pebbles and QR codes to 0.10."""

FEW = 20
"""Fewer letters tell nothing."""

_SAMPLE = 60
_LEAST, _MOST = 0.5, 1.7


def letter_sized(places: Sequence[Box], units_px: Sequence[float]) -> Ints:
    """Which boxes are of a letter's size, neither dots nor joined words; units are x-heights."""
    sides = np.array([(place.width, place.height) for place in places]).reshape(-1, 2)
    sides = sides / np.asarray(units_px, np.float64)[:, None]
    large = sides.max(axis=1, initial=0.0)
    return np.flatnonzero((large > _LEAST) & (sides[:, 0] < _MOST))


def sampled(numbers: Ints) -> Ints:
    """At most 60 of some numbers, from first to last."""
    if len(numbers) <= _SAMPLE:
        return numbers
    return numbers[np.linspace(0, len(numbers) - 1, _SAMPLE).astype(np.intp)]


def is_legible(probabilities: Floats, *, crowd: bool = False) -> bool:
    """Tell by `(N, L)` probabilities of what is of a letter's size; True where that is little.

    Args:
        probabilities: as the classifier gives them.
        crowd: whether there are more pieces than on a full page.
    """
    if len(probabilities) < FEW:
        return True
    least = CROWD_LEGIBLE if crowd else LEGIBLE
    return float(probabilities.sum(axis=1).mean()) >= least


def letters_of(page: Page) -> Ints:
    """Which of a page's glyphs are of a letter's size: numbers over all its lines."""
    places = [glyph.place for line in page.lines for glyph in line.glyphs]
    units = [line.x_height_px for line in page.lines for _ in line.glyphs]
    return letter_sized(places, units)
