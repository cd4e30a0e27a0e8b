"""Grain, cloth, blurred writing: what the threshold finds there are no strokes of a pen."""

from dataclasses import replace

import numpy as np

from inkwatch.vision.components import Pieces
from inkwatch.vision.dots import chosen
from inkwatch.vision.ink_points import sample_ink
from inkwatch.vision.left_out import around

MANY_PIECES = 1000
"""From so many pieces on a page is looked at before its lines are sought; a full page has 500."""

_FEW = 20
_BODY_STROKES = 2.4
_FEW_BARS = 40
_BAR_STROKES = 1.5
_BAR_SHARE = 0.9


def is_texture(pieces: Pieces) -> bool:
    """Whether a page's pieces have other measures than letters.

    The body of a letter is some strokes high: 3.4 and more on pages through the camera, 2.8 where
    they are out of focus by three pixels and hardly a word is right. Wood, cloth and what is
    farther out of focus come to 2.2.
    """
    if len(pieces.ids) < _FEW:
        return False
    bodies = sample_ink(pieces).body_px < _BODY_STROKES * pieces.stroke_px
    return bodies or is_bars(pieces)


def is_bars(pieces: Pieces) -> bool:
    """Whether many pieces are nearly all as narrow as a stroke: bars, threads, dust."""
    if len(pieces.ids) < _FEW_BARS:
        return False
    side = np.minimum(pieces.width, pieces.height)
    order = np.argsort(side, kind="stable")
    ink = np.cumsum(pieces.area[order])
    side_px = side[order][np.searchsorted(ink, _BAR_SHARE * ink[-1])]
    return bool(side_px < _BAR_STROKES * pieces.stroke_px)


def as_texture(pieces: Pieces) -> Pieces:
    """Leave out all pieces, and tell where they were."""
    sides = (pieces.left, pieces.top, pieces.width, pieces.height)
    place = around(np.stack(sides, axis=1))
    none = chosen(pieces, np.zeros(len(pieces.ids), np.bool_))
    return replace(none, left_out=replace(pieces.left_out, texture=place))
