"""Where a piece of ink may be two letters or more: cuts through it, and what lies between them.

Cuts are proposed where little ink stands in a column (projection) and where the contour dips from
above or below (valleys); each then runs from top to bottom along the way that crosses least ink,
as a falling drop would look for it. Casey and Lecolinet 1996 (doi:10.1109/34.506792) survey such
cuts. Which of them hold is for the classifier.
"""

from dataclasses import dataclass, replace
from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.reading import Box
from inkwatch.vision.page import MARGIN_PX, GlyphCut, Grey, Page

Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]

_MOST_CUTS = 30
_CUTS_PER_UNIT = 2.4
_LONGEST = 4
_WIDEST = 2.4
_EDGE = 0.2
_APART = 0.18
_REACH = 0.16
_DIP = 0.14
_THIN_SHARE = 0.62
_STRAY_COST = 0.02
_LEAST_SHARE = 0.06
_LEAST_INK = 0.05
_SEAM_ROWS = 28


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """The ink from cut number `start` to cut number `stop`; 0 is the left end."""

    start: int
    stop: int
    glyph: GlyphCut


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """All ways to cut a glyph: every segment but the whole, which runs from 0 to `atoms`."""

    atoms: int
    segments: tuple[Segment, ...]


def split_glyph(glyph: GlyphCut, page: Page, x_height_px: float) -> Splits | None:
    """Cut a glyph wherever it may be more than one.

    Args:
        glyph: a cut of `page`.
        page: tells where the parts are in the picture.
        x_height_px: the line's x-height, roughly: what is narrow and what is wide counts in it.

    Returns:
        The parts; None where the glyph has no place to cut.
    """
    _, ink = cv2.threshold(glyph.grey, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    dark = np.asarray(ink, np.uint8) > 0
    places = _proposals(dark, x_height_px)
    if not places:
        return None
    height, width = glyph.grey.shape
    seams = [np.zeros(height, np.intp)]
    for place in places:
        seam = _seam(glyph.grey, place, max(2, round(_REACH * x_height_px)))
        seams.append(np.maximum(seam, seams[-1]))
    seams.append(np.full(height, width, np.intp))
    atoms = len(seams) - 1
    places_x = [0, *places, width]
    ink_px = int(np.count_nonzero(dark))
    least = max(4, round(min(_LEAST_SHARE * ink_px, _LEAST_INK * x_height_px**2)))
    segments = [
        Segment(start, stop, part)
        for start, stop in combinations(range(atoms + 1), 2)
        if stop - start <= _LONGEST and stop - start < atoms
        if places_x[stop] - places_x[start] <= _WIDEST * x_height_px or stop - start == 1
        if (part := _between(glyph, dark, (seams[start], seams[stop]), page, least)) is not None
    ]
    return Splits(atoms, tuple(segments)) if segments else None


def _proposals(ink: Bools, unit_px: float) -> list[int]:
    """Columns to cut near, from left to right: the thinnest that keep apart."""
    columns = np.asarray(ink.any(axis=0), np.bool_)
    if not columns.any():
        return []
    height, width = ink.shape
    left, right = int(columns.argmax()), width - int(columns[::-1].argmax())
    edge = max(3, round(_EDGE * unit_px))
    if right - left < 2 * edge + 2:
        return []
    count = ink.sum(axis=0).astype(np.float64)
    smooth = np.convolve(count, np.ones(3) / 3, mode="same")
    upper = np.where(columns, ink.argmax(axis=0), height).astype(np.float64)
    lower = np.where(columns, height - ink[::-1].argmax(axis=0), 0).astype(np.float64)
    thin = smooth <= _THIN_SHARE * smooth.max()
    dip = _DIP * unit_px
    found = set(_lowest(smooth, 0.0)) & set(np.flatnonzero(thin).tolist())
    found |= set(_lowest(-upper, dip)) | set(_lowest(lower, dip))
    inside = [x for x in found if left + edge <= x < right - edge]
    apart = max(2, round(_APART * unit_px))
    most = min(_MOST_CUTS, max(3, round(_CUTS_PER_UNIT * (right - left) / unit_px)))
    chosen: list[int] = []
    for x in sorted(inside, key=lambda x: (smooth[x], x)):
        if all(abs(x - other) >= apart for other in chosen) and len(chosen) < most:
            chosen.append(x)
    return sorted(chosen)


def _lowest(profile: npt.NDArray[np.float64], dip: float) -> list[int]:
    """Middles of the valleys of a profile that are at least `dip` deep on both sides."""
    places = []
    start = 0
    for x in range(1, len(profile)):
        if profile[x] < profile[x - 1]:
            start = x
        elif profile[x] > profile[x - 1] and start:
            low = profile[x - 1]
            deep = profile[:start].max() - low >= dip and profile[x:].max() - low >= dip
            if deep:
                places.append((start + x - 1) // 2)
            start = 0
    return places


def _seam(grey: Grey, place: int, reach: int) -> Ints:
    """The way from top to bottom near a column that crosses least ink: `(H,)` columns."""
    height, width = grey.shape
    low, high = max(0, place - reach), min(width, place + reach + 1)
    stray = np.abs(np.arange(low, high) - place) * _STRAY_COST
    # Fewer rows than there are pixels do: each costs a step of Python.
    rows = min(height, _SEAM_ROWS)
    window = cv2.resize(grey[:, low:high], (high - low, rows), interpolation=cv2.INTER_AREA)
    cost = (255.0 - window) / 255.0 + stray
    total = cost[0]
    came = np.zeros(cost.shape, np.intp)
    own = np.arange(high - low)
    padded = np.full(high - low + 2, np.inf)
    for row in range(1, rows):
        padded[1:-1] = total
        ways = np.stack([padded[:-2] + 0.05, padded[1:-1], padded[2:] + 0.05])
        best = ways.argmin(axis=0)
        came[row] = own + best - 1
        total = ways[best, own] + cost[row]
    seam = np.empty(rows, np.intp)
    seam[-1] = int(total.argmin())
    for row in range(rows - 1, 0, -1):
        seam[row - 1] = came[row, seam[row]]
    return np.asarray(seam[np.arange(height) * rows // height] + low, np.intp)


def _between(
    glyph: GlyphCut, dark: Bools, seams: tuple[Ints, Ints], page: Page, least_px: int
) -> GlyphCut | None:
    """What stands between two seams, as a glyph of its own; None where that is hardly any ink."""
    left, right = seams
    low, high = int(left.min()), int(right.max())
    columns = np.arange(low, high)
    own = (columns >= left[:, None]) & (columns < right[:, None])
    ink = dark[:, low:high] & own
    if int(np.count_nonzero(ink)) < least_px:
        return None
    x, y, width, height = cv2.boundingRect(ink.view(np.uint8))
    first, last, top, bottom = x, x + width, y, y + height
    grey = np.where(own, glyph.grey[:, low:high], np.uint8(255))
    patch = cv2.copyMakeBorder(
        grey[top:bottom, first:last],
        *(MARGIN_PX,) * 4,
        borderType=cv2.BORDER_CONSTANT,
        value=255,
    )
    place = Box(
        glyph.place.left - MARGIN_PX + low + first,
        glyph.place.top - MARGIN_PX + top,
        last - first,
        bottom - top,
    )
    level = glyph.place.top - glyph.top
    return replace(
        glyph,
        place=place,
        box=page.box_in_picture(place),
        grey=np.asarray(patch, np.uint8),
        top=place.top - level,
        bottom=place.bottom - level,
    )
