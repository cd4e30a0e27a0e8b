"""From a page's cuts and what each may be to the lines of a reading and what was left unread."""

from collections.abc import Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt

from inkwatch.language.resolve import ResolvedLine
from inkwatch.places import Box
from inkwatch.reading import Glyph, Line, Word
from inkwatch.unread import Reason, Unread
from inkwatch.vision.left_out import Boxes, around, crowds
from inkwatch.vision.outline import LineOutline, in_picture
from inkwatch.vision.page import LineCut, Page

MOST_TOLD = 100
"""So many strays or dark areas are told of at the most, the largest of them."""

IS_CHARACTER = 0.5
"""Below this probability of being any character, a glyph is rather none."""

_DOT = 0.5
"""Marks smaller than this share of an x-height are dots."""


def assemble_lines(
    page: Page, cuts: Sequence[LineCut], resolved: Sequence[ResolvedLine]
) -> tuple[Line, ...]:
    """Make the lines of a reading.

    Args:
        page: the page, which leads back to the picture.
        cuts: its lines, with the cuts that hold.
        resolved: for each line, what it was read as.
    """
    return tuple(_line(cut, line, page) for cut, line in zip(cuts, resolved, strict=True))


def unread_ink(page: Page) -> tuple[Unread, ...]:
    """What of a page's ink no line holds."""
    out = page.left_out
    height, width = page.straightened.grey.shape
    found = (
        (Reason.STRAY_MARK, _largest(out.strays)),
        (Reason.TOO_SMALL, crowds(out.specks, width, height)),
        (Reason.TOO_MANY_PIECES, around(out.surplus)),
        (Reason.NOT_WRITING, _largest(out.not_writing)),
        (Reason.TEXTURE, out.texture),
    )
    return tuple(_unread(reason, row, page) for reason, rows in found for row in rows.tolist())


def unread_glyphs(
    lines: Sequence[Line], probabilities: Sequence[npt.NDArray[np.float64]]
) -> tuple[Unread, ...]:
    """The glyphs that are rather no characters.

    Full stops and the like are passed over: alone they look like specks, and their place on the
    line tells that they are none.

    Args:
        lines: all lines of the page.
        probabilities: for each line, `(N, L)` for its N glyphs.
    """
    found = []
    for line, rows in zip(lines, probabilities, strict=True):
        least_px = _DOT * line.x_height_px
        for glyph, sure in zip(line.glyphs, rows.sum(axis=1), strict=True):
            if sure < IS_CHARACTER and max(glyph.box.width, glyph.box.height) >= least_px:
                place = (glyph.box, glyph.polygon)
                found.append(Unread(Reason.NO_CHARACTER, *place, glyph.character))
    return tuple(found)


def without_unsure(
    lines: Sequence[Line], least: float
) -> tuple[tuple[Line, ...], tuple[Unread, ...]]:
    """Part the words that are read with a confidence below `least` from the lines.

    Returns:
        The lines that are left, and the words that were taken out.
    """
    kept, out = [], []
    for line in lines:
        sure = tuple(word for word in line.words if word.confidence >= least)
        out += [word for word in line.words if word.confidence < least]
        if len(sure) == len(line.words):
            kept.append(line)
        elif sure:
            kept.append(Line(sure, line.polygon, line.baseline, line.x_height_px))
    return tuple(kept), tuple(Unread(Reason.UNSURE, w.box, w.polygon, w.text) for w in out)


def _line(cut: LineCut, line: ResolvedLine, page: Page) -> Line:
    outline = LineOutline(cut.glyphs, page)
    glyphs = map(Glyph, (g.box for g in cut.glyphs), line.glyphs, outline.glyphs(cut.glyphs))
    alternatives = line.alternatives or ((),) * len(cut.words)
    sureness: tuple[float | None, ...] = line.sureness or (None,) * len(cut.words)
    whole, *around = outline.around([cut.glyphs, *(word.glyphs for word in cut.words)])
    words = [
        Word(tuple(islice(glyphs, len(word.glyphs))), others, polygon, sure)
        for word, others, polygon, sure in zip(
            cut.words, alternatives, around, sureness, strict=True
        )
    ]
    y, x_px = line.metrics.baseline_y, line.metrics.x_height_px
    return Line(
        words=tuple(words),
        polygon=whole,
        baseline=outline.baseline(cut.glyphs, y, x_px),
        x_height_px=outline.height_in_picture(cut.glyphs, y, x_px),
    )


def _largest(boxes: Boxes) -> Boxes:
    if len(boxes) <= MOST_TOLD:
        return boxes
    order = np.argsort(-boxes[:, 2].astype(np.int64) * boxes[:, 3], kind="stable")
    return boxes[np.sort(order[:MOST_TOLD])]


def _unread(reason: Reason, row: Sequence[int], page: Page) -> Unread:
    place = Box(*row)
    return Unread(reason, page.box_in_picture(place), in_picture(place.corners, page))
