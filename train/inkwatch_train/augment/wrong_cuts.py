"""What a segmentation gets wrong: crops that hold no character, so that the network can say so.

Half a letter, two letters in one cut, specks, rules, drawings. Each is ink on a canvas like any
glyph and goes through the same pens and cameras. Some halves and pairs are characters all the
same (half an `m` is an `n`): how often decides how sure the network is, as it should.
"""

from collections.abc import Callable

import cv2
import numpy as np

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.canvas import CANVAS_SIZE, Rng, fit_canvas
from inkwatch_train.augment.doodles import doodle, rules, specks

Pick = Callable[[], Grey]
"""Gives a random glyph's canvas, `(64, 64)` uint8, ink bright."""

KINDS = ("half", "pair", "stack", "specks", "rules", "doodle")
_SHARES = (0.34, 0.34, 0.06, 0.07, 0.06, 0.13)

_MIN_INK_SHARE = 0.18
_MIN_ASPECT = 0.35
_TRIES = 6
_THREE_SHARE = 0.2
_PART_SHARE = 0.3


def wrong_cut(pick: Pick, rng: Rng, kind: str | None = None) -> Grey:
    """Make one.

    Args:
        pick: where letters to spoil come from.
        rng: source of chance.
        kind: one of `KINDS`; drawn in their usual shares where None.

    Returns:
        `(64, 64)` uint8, ink bright, the longer side 44 pixels.
    """
    kind = kind or str(rng.choice(KINDS, p=_SHARES))
    if kind == "half":
        half = _half(pick, rng)
        # Of narrow letters no half can be told from a letter: two of them are a wrong cut too.
        return half if half is not None else _pair(pick, rng)
    if kind == "pair":
        return _pair(pick, rng)
    if kind == "stack":
        upper, lower = _tight(pick()), _tight(pick())
        return _fitted(_beside(upper.T, lower.T, int(rng.integers(-2, 8)), 0.5).T)
    draw = {"specks": specks, "rules": rules, "doodle": doodle}[kind]
    return _fitted(_tight(draw(rng)))


def _half(pick: Pick, rng: Rng) -> Grey | None:
    """Part of one letter, cut off along a line; None where none was found that is no letter."""
    for _ in range(_TRIES):
        ink = _tight(pick())
        height, width = ink.shape
        upright = rng.random() < 0.75
        if width < 0.45 * height and upright:
            continue
        part = _cut_off(ink if upright else ink.T, rng)
        part = part if upright else part.T
        if float(part.sum()) < _MIN_INK_SHARE * float(ink.sum()):
            continue
        tight = _tight(part)
        if min(tight.shape) >= _MIN_ASPECT * max(tight.shape):
            return _fitted(tight)
    return None


def _cut_off(ink: Grey, rng: Rng) -> Grey:
    """Keep what lies on one side of a steep line through the middle part."""
    height, width = ink.shape
    at = width * float(rng.uniform(0.32, 0.68))
    lean = float(rng.normal(0, 0.12))
    columns = np.arange(width)[None, :] - at - lean * (np.arange(height)[:, None] - height / 2)
    keep = columns < 0 if rng.random() < 0.5 else columns >= 0
    return np.where(keep, ink, np.uint8(0))


def _pair(pick: Pick, rng: Rng) -> Grey:
    """Two letters or three, of which the last may be cut off, touching or close."""
    count = 3 if rng.random() < _THREE_SHARE else 2
    row = _resized(_tight(pick()), rng)
    for k in range(1, count):
        ink = _tight(pick())
        if k == count - 1 and rng.random() < _PART_SHARE and ink.shape[1] >= 8:
            cut = round(ink.shape[1] * float(rng.uniform(0.35, 0.8)))
            ink = _tight(ink[:, :cut])
        gap = int(rng.integers(-4, 8))
        row = _beside(row, _resized(ink, rng), gap, float(rng.uniform(0.3, 1.0)))
    return _fitted(row)


def _resized(ink: Grey, rng: Rng) -> Grey:
    scale = float(rng.uniform(0.65, 1.0))
    size = (max(2, round(ink.shape[1] * scale)), max(2, round(ink.shape[0] * scale)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)


def _beside(left: Grey, right: Grey, gap: int, rest: float) -> Grey:
    """Lay two pieces of ink side by side; `rest` is where the smaller stands, 1 for the bottom."""
    gap = max(gap, 1 - min(left.shape[1], right.shape[1]))
    height = max(left.shape[0], right.shape[0])
    out = np.zeros((height, left.shape[1] + gap + right.shape[1]), np.uint8)
    for ink, x in ((left, 0), (right, left.shape[1] + gap)):
        y = round(rest * (height - ink.shape[0]))
        place = out[y : y + ink.shape[0], x : x + ink.shape[1]]
        np.maximum(place, ink, out=place)
    return out


def _tight(canvas: Grey) -> Grey:
    """Cut to the ink; a canvas without ink gives one bright pixel."""
    x, y, width, height = cv2.boundingRect((canvas > 64).astype(np.uint8))
    if width == 0 or height == 0:
        return np.full((1, 1), 255, np.uint8)
    return np.ascontiguousarray(canvas[y : y + height, x : x + width])


def _fitted(ink: Grey) -> Grey:
    canvas = fit_canvas(np.ascontiguousarray(ink))
    return canvas if canvas.any() else np.full((CANVAS_SIZE, CANVAS_SIZE), 255, np.uint8)
