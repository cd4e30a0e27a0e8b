"""A written sheet cut as the device would cut it, each cut labelled by whose ink it holds.

What isolated characters cannot teach: letters with their joining strokes, letters that a seam cut
out of a word, and the cuts that are none.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch.recognise.lattice import x_height_of
from inkwatch.vision.cut import cut_found
from inkwatch.vision.join import join_glyphs
from inkwatch.vision.page import GlyphCut, Page
from inkwatch.vision.split import split_glyph
from inkwatch.vision.straighten import Straightened
from inkwatch_train.data.sample import Grey
from inkwatch_train.pages.layout import WrittenSheet

_OWN_SHARE, _OF_ALL_SHARE = 0.76, 0.76
_DOUBTFUL_SHARE = 0.6
_JOINED_SHARE = 0.12
_SINGLE_WIDTH = 1.3
_CUT_SINGLES_SHARE = 0.25
_INK_LEVEL = 128


def cut_crops(sheet: WrittenSheet, rng: np.random.Generator) -> Iterator[tuple[Grey, str]]:
    """Cut a sheet and label its cuts.

    A cut is a character where most of its ink is that character's and most of that character's
    ink is in it, `NOT_A_CHARACTER` where one of the two is far from it, and left out in between.

    Args:
        sheet: what was written.
        rng: chooses how sharp the picture is, and which neighbours are joined.

    Yields:
        `(H, W)` uint8 with dark ink on white, and the label.
    """
    page = _photographed(sheet, rng)
    owners = _owners_on(page, sheet)
    characters = [each.character for each in sheet.truth.characters]
    ink = np.bincount(
        sheet.owners[sheet.coverage >= _INK_LEVEL].ravel(), minlength=len(characters) + 1
    )
    for cut in _cuts(page, rng):
        label = _label(cut, owners, ink, characters)
        if label is not None:
            yield cut.grey, label


def _photographed(sheet: WrittenSheet, rng: np.random.Generator) -> Page:
    dark = np.float32(rng.uniform(0.7, 0.95))
    grey: npt.NDArray[np.float32] = np.float32(255) - sheet.coverage.astype(np.float32) * dark
    grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), float(rng.uniform(0.5, 1.3))), np.float32)
    grey += rng.normal(0.0, rng.uniform(0.5, 4.0), grey.shape).astype(np.float32)
    picture = np.asarray(np.clip(grey, 0, 255), np.uint8)
    height, width = picture.shape
    return cut_found(Straightened(picture, np.eye(3)), width, height)


def _owners_on(page: Page, sheet: WrittenSheet) -> npt.NDArray[np.uint16]:
    """The sheet's owners in the pixels of the page, which stands upright where the hand leans."""
    height, width = page.straightened.grey.shape
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    to_sheet = page.straightened.to_picture
    moved = cv2.warpPerspective(sheet.owners, to_sheet, (width, height), flags=flags)
    return np.asarray(moved, np.uint16)


def _cuts(page: Page, rng: np.random.Generator) -> Iterator[GlyphCut]:
    for line in page.lines:
        unit = x_height_of(line)
        for word in line.words:
            for glyph, following in zip(word.glyphs, (*word.glyphs[1:], None), strict=True):
                yield glyph
                # The device cuts what it doubts: joined letters, of single ones only some.
                single = glyph.place.width < _SINGLE_WIDTH * unit
                splits = None
                if not single or rng.random() < _CUT_SINGLES_SHARE:
                    splits = split_glyph(glyph, page, unit)
                if splits is not None:
                    yield from (segment.glyph for segment in splits.segments)
                if following is not None and rng.random() < _JOINED_SHARE:
                    yield join_glyphs((glyph, following), page)


def _label(
    cut: GlyphCut,
    owners: npt.NDArray[np.uint16],
    ink: npt.NDArray[np.intp],
    characters: list[str],
) -> str | None:
    place = cut.place
    own = cut.ink
    under = owners[place.top : place.bottom, place.left : place.right]
    if own.shape != under.shape:
        return None
    counts = np.bincount(under[own], minlength=len(ink))
    counts[0] = 0
    total = int(counts.sum())
    if total == 0:
        return NOT_A_CHARACTER
    best = int(counts.argmax())
    own_share, of_all = counts[best] / total, counts[best] / max(1, ink[best])
    if own_share >= _OWN_SHARE and of_all >= _OF_ALL_SHARE:
        return characters[best - 1]
    return NOT_A_CHARACTER if min(own_share, of_all) < _DOUBTFUL_SHARE else None
