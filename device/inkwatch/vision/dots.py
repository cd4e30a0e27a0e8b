"""Dots printed on paper in rows and columns, told from the dots of the writing."""

from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.components import Pieces

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_LEAST_DOTS = 40
_MOST_STROKES = 2.5
_SIZE_RATIO = 2.5
_SAMPLE = 400
_NEAR_SHARE = 0.07
_LEAST_PITCH_PX = 12.0
_LEAST_NEIGHBOURS = 3
_LEAST_SHARE = 0.5
_STEPS = (-2, -1, 1, 2)


def without_dots(pieces: Pieces) -> Pieces:
    """Leave out small round pieces that stand in rows and columns at one distance.

    A dot of the writing may stand in such a place by chance, but seldom has neighbours there.
    """
    candidates = _small_and_round(pieces)
    if len(candidates) < _LEAST_DOTS:
        return pieces
    x = (pieces.left + pieces.right)[candidates] / 2
    y = (pieces.top + pieces.bottom)[candidates] / 2
    steps = _lattice(x, y)
    if steps is None:
        return pieces
    neighbours = _neighbours(x, y, steps, pieces.labels.shape)
    printed = candidates[neighbours >= _LEAST_NEIGHBOURS]
    if len(printed) < max(_LEAST_DOTS, _LEAST_SHARE * len(candidates)):
        return pieces
    stays = np.ones(len(pieces.ids), np.bool_)
    stays[printed] = False
    return chosen(pieces, stays)


def chosen(pieces: Pieces, stays: Bools) -> Pieces:
    """Only some of the pieces; `stays` is `(N,)` bool."""
    return replace(
        pieces,
        ids=pieces.ids[stays],
        left=pieces.left[stays],
        top=pieces.top[stays],
        right=pieces.right[stays],
        bottom=pieces.bottom[stays],
        area=pieces.area[stays],
    )


def _small_and_round(pieces: Pieces) -> npt.NDArray[np.intp]:
    longer = np.maximum(pieces.width, pieces.height)
    shorter = np.minimum(pieces.width, pieces.height)
    small = np.flatnonzero(
        (longer <= _MOST_STROKES * pieces.stroke_px + 2) & (2 * shorter >= longer)
    )
    if not len(small):
        return small
    usual = float(np.median(pieces.area[small]))
    ratio = pieces.area[small] / usual
    return small[(ratio < _SIZE_RATIO) & (ratio > 1 / _SIZE_RATIO)]


def _lattice(x: Floats, y: Floats) -> tuple[Floats, Floats] | None:
    """The usual steps to the right and downwards from dot to dot, `(2,)` each."""
    sample = np.linspace(0, len(x) - 1, min(_SAMPLE, len(x))).astype(int)
    dx, dy = x[None, :] - x[sample, None], y[None, :] - y[sample, None]
    away = np.hypot(dx, dy)
    away[np.arange(len(sample)), sample] = np.inf
    pitch = float(np.median(away.min(axis=1)))
    if pitch < _LEAST_PITCH_PX:
        return None
    near = np.abs(away - pitch) < 0.25 * pitch
    right = near & (dx > 0.9 * away)
    down = near & (dy > 0.9 * away)
    if min(int(right.sum()), int(down.sum())) < _LEAST_DOTS // 4:
        return None
    return tuple(  # type: ignore[return-value]
        np.array([np.median(dx[which]), np.median(dy[which])]) for which in (right, down)
    )


def _neighbours(
    x: Floats, y: Floats, steps: tuple[Floats, Floats], shape: tuple[int, ...]
) -> npt.NDArray[np.intp]:
    """How many of the twelve dots around, one and two steps away, are where they are to be."""
    reach = round(_NEAR_SHARE * float(np.hypot(*steps[0]))) + 1
    pad = reach + 2 * int(np.ceil(max(np.abs(steps[0]).max(), np.abs(steps[1]).max())))
    there = np.zeros((shape[0] + 2 * pad, shape[1] + 2 * pad), np.uint8)
    columns, rows = np.rint(x).astype(int) + pad, np.rint(y).astype(int) + pad
    there[rows, columns] = 1
    there = np.asarray(cv2.dilate(there, np.ones((2 * reach + 1,) * 2, np.uint8)), np.uint8)
    count = np.zeros(len(x), np.intp)
    right, down = steps
    ways = [times * step for step in steps for times in _STEPS]
    ways += [right + down, right - down, -right - down, down - right]
    for way in ways:
        sideways, downwards = np.rint(way).astype(int)
        count += there[rows + downwards, columns + sideways]
    return count
