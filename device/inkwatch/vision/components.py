"""Connected pieces of ink, as arrays, with what is no writing left out."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.connected import Labels, connected_pieces, looked_up
from inkwatch.vision.left_out import NOTHING, LeftOut
from inkwatch.vision.stroke import stroke_width, thick_parts

Grey = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]

MOST_PIECES = 10_000
"""Of more pieces than this the largest are taken: no page holds so many, but a lawn does."""

_LARGEST_SHARE = 0.4
_FULL_SHARE = 0.9
_LINE_SHARE = 0.3
_DUST_SHARE = 0.02
_FEW = 3
_RULE_ASPECT = 14.0
_HEAVY = 4.0
_SOLID_SHARE = 0.25
_THICK_STROKES = 2.5
_LEAST_AREA = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """N connected pieces of ink.

    `labels` is `(H, W)` uint16 or int32: which piece a pixel belongs to (0 is paper). `ids`,
    `left`, `top`, `right`, `bottom` and `area` are `(N,)` int32; right and bottom are exclusive.
    `stroke_px` is the page's usual stroke width; `left_out` what was taken for no writing.
    """

    labels: Labels
    ids: Ints
    left: Ints
    top: Ints
    right: Ints
    bottom: Ints
    area: Ints
    stroke_px: float
    left_out: LeftOut = NOTHING

    @property
    def width(self) -> Ints:
        """Widths in pixels."""
        return self.right - self.left

    @property
    def height(self) -> Ints:
        """Heights in pixels."""
        return self.bottom - self.top


def find_pieces(ink: Grey) -> Pieces:
    """Find the pieces of a page's ink (8-connected).

    Left out are specks far smaller than a dot of the page's pen, ruled lines, and large dark
    areas, such as what lies beside the sheet.

    Args:
        ink: `(H, W)` uint8, 255 where there is ink.
    """
    labels, found = connected_pieces(ink)
    stats = found[1:]
    ids = np.arange(1, len(found), dtype=np.int32)
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    area = stats[:, cv2.CC_STAT_AREA]
    beside = _beside_writing(stats, ink.shape)
    # A dark table or a finger has no stroke width: measure only what may be writing.
    measured = ~beside & ~_is_heavy(stats)
    own = ink
    if not measured.all():
        own = looked_up(labels, np.concatenate([[0], measured * 255]).astype(np.uint8))
    stroke_px = stroke_width(own)
    del own  # a page's memory, which the next look needs
    beside |= _is_solid(ink, labels, stats, stroke_px)
    speck = (area < max(4.0, 0.3 * stroke_px**2)) | (np.maximum(w, h) < max(2.0, 0.5 * stroke_px))
    keep = writing = np.flatnonzero(~speck & ~beside)
    if len(keep) > MOST_PIECES:
        keep = np.sort(keep[np.argsort(-area[keep], kind="stable")[:MOST_PIECES]])
    kept = stats[keep]
    return Pieces(
        labels=labels,
        ids=ids[keep],
        left=kept[:, cv2.CC_STAT_LEFT],
        top=kept[:, cv2.CC_STAT_TOP],
        right=kept[:, cv2.CC_STAT_LEFT] + kept[:, cv2.CC_STAT_WIDTH],
        bottom=kept[:, cv2.CC_STAT_TOP] + kept[:, cv2.CC_STAT_HEIGHT],
        area=kept[:, cv2.CC_STAT_AREA],
        stroke_px=stroke_px,
        left_out=LeftOut(
            specks=stats[speck & ~beside, :4],
            not_writing=stats[beside, :4],
            surplus=stats[np.setdiff1d(writing, keep, assume_unique=True), :4],
        ),
    )


def _beside_writing(stats: Ints, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Which pieces are ruled lines, or large dark areas such as a frame or what lies around."""
    # In a picture of a single word the word may well fill it: then nothing stands beside it.
    if len(stats) < 2:
        return np.zeros(len(stats), np.bool_)
    height, width = shape
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    x, y = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    rule = (np.maximum(w, h) > _RULE_ASPECT * np.minimum(w, h)) & (
        (w > 0.25 * width) | (h > 0.25 * height)
    )
    at_edge = (x == 0) | (y == 0) | (x + w == width) | (y + h == height)
    # A line or a word that was cut out tightly touches the edges itself.
    usual = np.sort(h)[(len(h) - 1) // 2]
    if usual > _LINE_SHARE * height or at_edge.all():
        around = at_edge & (h > _FULL_SHARE * height) & (w > _FULL_SHARE * width)
    else:
        large = (h > _LARGEST_SHARE * height) & (w > _LARGEST_SHARE * width)
        around = at_edge & (large | (h > 0.2 * height) | (w > 0.2 * width))
        for k in np.flatnonzero(large & ~at_edge):
            # The dark rim of a sheet on a table goes round the writing.
            inside = (x > x[k]) & (y > y[k]) & (x + w < x[k] + w[k]) & (y + h < y[k] + h[k])
            around[k] = int((inside & (h > _DUST_SHARE * height)).sum()) >= _FEW
    return np.asarray(rule | around, np.bool_)


def _is_heavy(stats: Ints) -> npt.NDArray[np.bool_]:
    """Which pieces have far more ink than the usual one, and fill their box with it."""
    area = stats[:, cv2.CC_STAT_AREA]
    if len(area) <= _FEW:
        return np.zeros(len(area), np.bool_)
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    # Each counts by its size, so that dust hardly counts.
    order = np.argsort(area)
    weight = np.cumsum(np.maximum(w, h)[order])
    usual = area[order][np.searchsorted(weight, weight[-1] / 2)]
    return np.asarray((area > _HEAVY * usual) & (area > _SOLID_SHARE * w * h), np.bool_)


def _is_solid(ink: Grey, labels: Labels, stats: Ints, stroke_px: float) -> npt.NDArray[np.bool_]:
    """Which pieces are far thicker than any stroke: a finger, a pen, a coin."""
    solid = np.zeros(len(stats), np.bool_)
    thick_px = min(_THICK_STROKES * stroke_px + 1.0, float(max(labels.shape)))
    inner = thick_parts(ink, thick_px)
    if not cv2.countNonZero(inner):
        return solid
    column, row = np.asarray(cv2.findNonZero(inner)).reshape(-1, 2).T
    solid[labels[row, column].astype(np.intp) - 1] = True
    # Where hardly anything else is there, it may be the writing after all.
    rest = ~solid & (stats[:, cv2.CC_STAT_AREA] >= _LEAST_AREA * stroke_px**2)
    return solid if int(rest.sum()) >= _FEW else np.zeros(len(stats), np.bool_)
