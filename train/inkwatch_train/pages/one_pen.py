"""Strokes of any width → strokes of one width, so that a page looks written with one pen."""

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch_train.pages.uneven import Coverage

_SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
_MOST_THINNED = 0.3
"""Share of a stroke's width that may be taken away: more would break strokes of uneven width."""


def stroke_width_px(coverage: Coverage) -> float:
    """Estimate how wide the strokes are.

    The distance to the edge, averaged over the ink of a long stroke, is a quarter of its width.

    Args:
        coverage: `(H, W)` uint8, 0 to 255, with some ink.

    Returns:
        The width in pixels; 0.0 where there is no ink.
    """
    inside = _distance(coverage >= 128)
    inked = inside[inside > 0]
    # From the middle of a pixel to the next pixel's middle is half a pixel more than to the edge.
    return float(4.0 * (inked.mean() - 0.5)) if inked.size else 0.0


def with_stroke_width(coverage: Coverage, wanted_px: float) -> Coverage:
    """Make strokes thicker or thinner, by as much along their whole length.

    Args:
        coverage: `(H, W)` uint8, 0 to 255, with room for thicker strokes around the ink.
        wanted_px: the width that the strokes shall have.

    Returns:
        `(H, W)` uint8 with edges one pixel soft. Strokes lose at most 30 % of their width, and
        change by less than wanted where a dot would run into its stem or a stroke would break.
    """
    width = stroke_width_px(coverage)
    grow = 0.5 * max(wanted_px - width, -_MOST_THINNED * width)
    mask = coverage >= 128
    # Zero lies on the edge, ink is positive.
    signed = np.where(mask, _distance(mask) - 0.5, 0.5 - _distance(~mask))
    pieces = _pieces(mask)
    for share in _SHARES:
        if _pieces(signed + share * grow >= 0) == pieces:
            break
    soft = np.clip(signed + share * grow + 0.5, 0.0, 1.0)
    return np.asarray(soft * 255.0 + 0.5, np.uint8)


def _pieces(mask: npt.NDArray[np.bool_]) -> int:
    return int(cv2.connectedComponents(mask.astype(np.uint8))[0])


def _distance(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    return np.asarray(
        cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5), np.float32
    )
