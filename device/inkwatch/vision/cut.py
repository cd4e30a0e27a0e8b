"""From a picture to a page of glyph cuts: the whole room in one call."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.reading import Box
from inkwatch.stopwatch import Stopwatch
from inkwatch.vision.components import Pieces
from inkwatch.vision.gaps import hull_gaps
from inkwatch.vision.glyphs import Group, group_glyphs
from inkwatch.vision.ink import to_grey
from inkwatch.vision.ink_points import sample_ink
from inkwatch.vision.joined import looks_joined
from inkwatch.vision.left_out import Boxes
from inkwatch.vision.lines import FoundLine, letter_height, separate_lines
from inkwatch.vision.page import MARGIN_PX, GlyphCut, Grey, LineCut, Page, WordCut
from inkwatch.vision.polarity import with_dark_ink
from inkwatch.vision.slant import page_slant, upright
from inkwatch.vision.steps import CutSteps
from inkwatch.vision.straighten import Straightened, straighten
from inkwatch.vision.texture import MANY_PIECES, as_texture
from inkwatch.vision.words import break_bits
from inkwatch.vision.writing import Writing, find_again, find_writing

MAX_SIDE_PX = 3000
"""Larger pictures are scaled down to this longer side: more pixels tell no more about a stroke."""

Legible = Callable[[Sequence[Box], float, Callable[[int], Grey]], bool]
"""Is given the boxes of pieces, the height of their bodies and what cuts the picture of one."""

_EDGE = np.ones((5, 5), np.uint8)


def find_page(image: Grey) -> Straightened:
    """Find the page in a picture: the sheet laid flat, with dark ink on light.

    A sheet that lies whole in the view on a darker ground is straightened; otherwise the whole
    picture is taken. Light writing on a dark board comes out dark on light.

    Args:
        image: `(H, W)` grey or `(H, W, 3)` BGR uint8.
    """
    page = straighten(to_grey(image), MAX_SIDE_PX)
    return replace(page, grey=with_dark_ink(page.grey))


def cut_page(image: Grey) -> Page:
    """Cut a picture of an upright page into lines, words and glyphs.

    Args:
        image: `(H, W)` grey or `(H, W, 3)` BGR uint8.

    Returns:
        The cuts with boxes in the given picture's pixels; no lines where there is no ink.
    """
    return cut_found(find_page(image), image.shape[1], image.shape[0])


def cut_found(
    page: Straightened,
    width: int,
    height: int,
    watch: Stopwatch | None = None,
    steps: CutSteps | None = None,
    *,
    legible: Legible | None = None,
    joined_leans: bool = False,
) -> Page:
    """Cut a page that was found in a picture of `width` and `height`. See `cut_page`.

    `watch` counts the stages `ink`, `pieces`, `slant`, `lines` and `cuts`; `steps` keeps
    what they make, where it is given. `legible` is asked of pages with far more pieces than a full
    page has, before their lines are sought: where it says no, there are none. `joined_leans` says
    that joined writing may stay as it leans, for lines that are read whole are set upright one by
    one.
    """
    watch = watch or Stopwatch()
    writing = find_writing(page, watch, steps.keep_even if steps else None)
    if steps:
        steps.writing = writing
    if legible is not None and not _is_legible(writing, width, height, legible):
        writing = replace(writing, pieces=as_texture(writing.pieces))
    found_any = len(writing.pieces.ids) > 0
    leans = joined_leans and looks_joined(writing.pieces)
    slant = 0.0
    if found_any and not leans:
        slant = page_slant(writing.ink, letter_height(writing.pieces))
    if slant:
        page = upright(writing.page, slant)
        # What was found on the leaning page takes four times its memory, and is sought anew.
        del writing
        writing = find_again(page)
    watch.lap("slant")
    page = writing.page
    separate = separate_lines(writing.pieces)
    pieces, lines = separate.pieces, separate.lines
    if steps:
        steps.separate = separate
    cutter = _Cutter(page.grey, pieces, page, width, height)
    watch.lap("lines")
    groups = [
        group_glyphs([int(i) for i in line.members], pieces, line.letter_px) for line in lines
    ]
    gaps = hull_gaps(lines, groups, pieces, separate.points)
    cuts = zip(lines, groups, break_bits(gaps), strict=True)
    left_out = replace(pieces.left_out, strays=_strays(lines, pieces))
    found = Page(tuple(cutter.line(*cut) for cut in cuts), width, height, page, left_out)
    watch.lap("cuts")
    return found


def _is_legible(writing: Writing, width: int, height: int, legible: Legible) -> bool:
    """Ask where there are far more pieces than on a full page; fewer are taken for writing."""
    pieces = writing.pieces
    if len(pieces.ids) <= MANY_PIECES:
        return True
    cutter = _Cutter(writing.page.grey, pieces, writing.page, width, height)
    return legible(cutter.boxes, sample_ink(pieces).body_px, cutter.piece)


def _strays(lines: list[FoundLine], pieces: Pieces) -> Boxes:
    """The boxes of what joined no line."""
    stray = np.ones(len(pieces.ids), np.bool_)
    for line in lines:
        stray[line.members] = False
    sides = (pieces.left, pieces.top, pieces.width, pieces.height)
    return np.stack([side[stray] for side in sides], axis=1)


class _Cutter:
    """Cuts glyphs out of one page of a picture of `width` and `height`."""

    def __init__(
        self, flat: Grey, pieces: Pieces, page: Straightened, width: int, height: int
    ) -> None:
        self._flat = flat
        self._pieces = pieces
        self._page = page
        self._width = width
        self._height = height
        # Plain numbers: a glyph has a piece or two, which are done with before NumPy has begun.
        sides = (pieces.left, pieces.top, pieces.right, pieces.bottom)
        self._left, self._top, self._right, self._bottom = (side.tolist() for side in sides)

    @property
    def boxes(self) -> list[Box]:
        """The pieces' boxes."""
        sides = zip(self._left, self._top, self._right, self._bottom, strict=True)
        return [Box(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in sides]

    def piece(self, index: int) -> Grey:
        """The picture of one piece."""
        return self._patch([index], *self._around([index]))

    def line(self, line: FoundLine, groups: list[Group], bits: npt.NDArray[np.float64]) -> LineCut:
        boxes = [self._around(group) for group in groups]
        levels = line.baseline.at([(left + right) / 2 for left, _, right, _ in boxes]).tolist()
        glyphs = [self._glyph(*each) for each in zip(groups, boxes, levels, strict=True)]
        starts = [0, *(int(k) + 1 for k in np.flatnonzero(bits > 0)), len(glyphs)]
        return LineCut(
            tuple(WordCut(tuple(glyphs[start:stop])) for start, stop in pairwise(starts)),
            baseline=line.baseline,
            x_height_px=line.x_height_px,
            break_bits=tuple(bits.tolist()),
        )

    def _around(self, group: Group) -> tuple[int, int, int, int]:
        return (
            min(self._left[k] for k in group),
            min(self._top[k] for k in group),
            max(self._right[k] for k in group),
            max(self._bottom[k] for k in group),
        )

    def _glyph(self, group: Group, sides: tuple[int, int, int, int], level: float) -> GlyphCut:
        left, top, right, bottom = sides
        box = Box(left, top, right - left, bottom - top)
        return GlyphCut(
            box=self._page.box_in_picture(box, self._width, self._height),
            place=box,
            grey=self._patch(group, left, top, right, bottom),
            top=top - level,
            bottom=bottom - level,
        )

    def _patch(self, group: Group, left: int, top: int, right: int, bottom: int) -> Grey:
        """The glyph's own ink and the paper right around it; everything else white."""
        height, width = self._flat.shape
        x0, y0 = max(0, left - MARGIN_PX), max(0, top - MARGIN_PX)
        x1, y1 = min(width, right + MARGIN_PX), min(height, bottom + MARGIN_PX)
        labels = self._pieces.labels[y0:y1, x0:x1]
        own = labels == self._pieces.ids[group[0]]
        for other in group[1:]:
            own |= labels == self._pieces.ids[other]
        # The threshold cuts inside the stroke's soft edge: take that edge along.
        near = cv2.dilate(own.view(np.uint8), _EDGE) > 0
        near &= own | (labels == 0)
        patch = np.full((bottom - top + 2 * MARGIN_PX, right - left + 2 * MARGIN_PX), 255, np.uint8)
        row, column = y0 - (top - MARGIN_PX), x0 - (left - MARGIN_PX)
        inside = patch[row : row + y1 - y0, column : column + x1 - x0]
        np.copyto(inside, self._flat[y0:y1, x0:x1], where=near)
        return patch
