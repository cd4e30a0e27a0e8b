"""What stands in a crop beside the glyph: shadows, specks, slivers at the edges.

Most crops have one piece of ink, free of the edges: finding that out is all that they cost.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

_SPECK_SHARE = 0.03
_SLIVER_SHARE = 0.25
_INNER_SHARE = 0.4
_LINE_ASPECT = 6.0
_SHADED_SHARE = 0.18
_SHADOW_WINDOW = 0.35
_MIN_WINDOW_PX = 9
_SMALL_PX = 1 << 17
"""Up to so many pixels hold fewer pieces than 16 bits can count; 16-bit labels are faster."""


@dataclass(frozen=True, slots=True, eq=False)
class InkPieces:
    """The connected pieces of a mask's ink.

    `labels` is `(H, W)`, 0 for paper; `stats` is `(1 + N, 5)` int32 as OpenCV gives it, the first
    row for the paper: left, top, width, height, area.
    """

    labels: npt.NDArray[Any]
    stats: npt.NDArray[np.int32]

    @property
    def is_lone(self) -> bool:
        """Whether there is one piece, and it reaches no edge: nothing to leave out or to lift."""
        if len(self.stats) != 2:
            return False
        left, top, width, height, _ = self.stats[1].tolist()
        rows, columns = self.labels.shape
        return bool(left and top and left + width < columns and top + height < rows)


def ink_pieces(mask: Grey) -> InkPieces:
    """Find the pieces of `(H, W)` uint8 ink (8-connected)."""
    kind = cv2.CV_16U if mask.size <= _SMALL_PX else cv2.CV_32S
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=kind)
    return InkPieces(np.asarray(labels), np.asarray(stats, np.int32))


def without_strays(pieces: InkPieces) -> Grey | None:
    """Leave out what is no part of the glyph.

    Left out are specks of less than 3 % of the largest piece, and pieces at the edge of the
    picture that are slivers or lines, where most of the ink stands free of the edges.

    Returns:
        `(H, W)` uint8, 255 where there is ink that is left; None where all of it belongs to the
        glyph.
    """
    stats = pieces.stats[1:]
    if len(stats) < 2:
        return None
    area = stats[:, cv2.CC_STAT_AREA]
    stray = area < _SPECK_SHARE * int(area.max())
    stray |= _slivers(stats, *pieces.labels.shape)
    if not stray.any():
        return None
    table = np.zeros(len(pieces.stats), np.uint8)
    table[1:][~stray] = 255
    return np.asarray(table[pieces.labels], np.uint8)


def _slivers(stats: npt.NDArray[np.int32], height: int, width: int) -> Bools:
    """Which pieces reach in from an edge, where the glyph stands free of all edges."""
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    at_side = (left == 0) | (left + w == width)
    at_end = (top == 0) | (top + h == height)
    edge = at_side | at_end
    area = stats[:, cv2.CC_STAT_AREA]
    if not edge.any() or int(area[~edge].sum()) < _INNER_SHARE * int(area.sum()):
        return np.zeros(len(stats), np.bool_)
    thin = (at_side & (w <= _SLIVER_SHARE * width)) | (at_end & (h <= _SLIVER_SHARE * height))
    line = np.maximum(w, h) >= _LINE_ASPECT * np.minimum(w, h)
    return np.asarray(edge & (thin | line), np.bool_)


def lift_shadow(grey: Grey, mask: Grey) -> Grey | None:
    """Divide by the paper's brightness where a shadow was taken for ink.

    Args:
        grey: `(H, W)` uint8, dark ink on light paper.
        mask: `(H, W)` uint8, 255 where the threshold found ink.

    Returns:
        The picture without its shadow, `(H, W)` uint8; None where there is none: ink covers
        less than about a fifth of the picture's edges.
    """
    height, width = mask.shape
    if min(height, width) < _MIN_WINDOW_PX or not _is_shaded(mask):
        return None
    side = max(_MIN_WINDOW_PX, round(_SHADOW_WINDOW * min(height, width))) | 1
    # The brightest grey level nearby is paper, as long as a stroke is narrower than the window.
    paper = cv2.morphologyEx(grey, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    paper = cv2.blur(paper, (side, side))
    return np.asarray(cv2.divide(grey, paper, scale=255.0), np.uint8)


def _is_shaded(mask: Grey) -> bool:
    height, width = mask.shape
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    inked = sum(int(cv2.countNonZero(edge)) for edge in edges)
    return bool(inked > _SHADED_SHARE * 2 * (height + width))
