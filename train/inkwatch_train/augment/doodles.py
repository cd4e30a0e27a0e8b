"""Ink that was never a letter: specks, ruled lines and boxes, little drawings."""

import math
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.canvas import CANVAS_SIZE, Rng

Points = npt.NDArray[np.float64]

_SIDE = CANVAS_SIZE
_MIDDLE = _SIDE / 2
_SHIFT = 4
_LOOP_POINTS = 48


def specks(rng: Rng) -> Grey:
    """Dust and spatter: a handful of small blots, far apart beside their size."""
    canvas = _blank()
    for _ in range(int(rng.integers(2, 9))):
        x, y = (int(v) for v in rng.integers(8, _SIDE - 8, 2))
        axes = tuple(int(v) for v in rng.integers(1, 5, 2))
        cv2.ellipse(canvas, (x, y), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
    return canvas


def rules(rng: Rng) -> Grey:
    """Parts of ruled or squared paper and of form boxes: long thin lines."""
    canvas = _blank()
    pen = int(rng.integers(1, 3))
    form = int(rng.integers(5))
    if form <= 2:
        # A lone upright line would be an I, so most of these lie.
        _line(canvas, rng, pen, flat=form < 2 or rng.random() < 0.6)
        if rng.random() < 0.3:
            _line(canvas, rng, pen, flat=True)
    elif form == 3:
        width, height = (int(v) for v in rng.integers(20, 30, 2))
        start = (round(_MIDDLE) - width, round(_MIDDLE) - height)
        end = (round(_MIDDLE) + width, round(_MIDDLE) + height)
        cv2.rectangle(canvas, start, end, 255, pen, cv2.LINE_AA)
    else:
        step = int(rng.integers(9, 18))
        for at in range(4 + int(rng.integers(step)), _SIDE - 3, step):
            cv2.line(canvas, (at, 2), (at, _SIDE - 3), 255, pen, cv2.LINE_AA)
            cv2.line(canvas, (2, at), (_SIDE - 3, at), 255, pen, cv2.LINE_AA)
    return canvas


def doodle(rng: Rng) -> Grey:
    """A little drawing: scribble, spiral, star, zigzag, arrow, sun, flower, hatching."""
    draw = _DOODLES[int(rng.integers(len(_DOODLES)))]
    canvas = _blank()
    pen = int(rng.integers(2, 6))
    for path in draw(rng):
        turned = _turned(path, float(rng.uniform(-0.3, 0.3)))
        wobble = rng.normal(0, 0.5, turned.shape)
        fixed = np.rint((turned + wobble) * (1 << _SHIFT)).astype(np.int32)
        cv2.polylines(canvas, [fixed], False, 255, pen, cv2.LINE_AA, _SHIFT)
    return canvas


def _blank() -> Grey:
    return np.zeros((_SIDE, _SIDE), np.uint8)


def _line(canvas: Grey, rng: Rng, pen: int, *, flat: bool) -> None:
    start = float(rng.uniform(4, _SIDE - 4))
    end = start + float(rng.normal(0, 3))
    ends = [(2.0, start), (_SIDE - 3.0, end)] if flat else [(start, 2.0), (end, _SIDE - 3.0)]
    first, last = (tuple(round(v) for v in point) for point in ends)
    cv2.line(canvas, first, last, 255, pen, cv2.LINE_AA)


def _turned(path: Points, angle: float) -> Points:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.asarray((path - _MIDDLE) @ np.array([[cos, sin], [-sin, cos]]) + _MIDDLE, np.float64)


def _scribble(rng: Rng) -> list[Points]:
    """A closed curve of a few random harmonics: loops that cross each other."""
    t = np.linspace(0, 2 * math.pi, _LOOP_POINTS)
    curve = np.zeros((_LOOP_POINTS, 2))
    for k in range(1, int(rng.integers(4, 7))):
        wave = np.stack([np.cos(k * t), np.sin(k * t)], axis=1)
        curve += wave @ rng.normal(0, 1 / math.sqrt(k), (2, 2))
    return [_MIDDLE + 26 * curve / max(1e-6, float(np.abs(curve).max()))]


def _spiral(rng: Rng) -> list[Points]:
    turns = float(rng.uniform(2.2, 4.0)) * 2 * math.pi
    t = np.linspace(0, turns, 90) * (1 if rng.random() < 0.5 else -1)
    radius = 26 * np.abs(t) / turns
    return [np.stack([_MIDDLE + radius * np.cos(t), _MIDDLE + radius * np.sin(t)], axis=1)]


def _star(rng: Rng) -> list[Points]:
    points = int(rng.choice([5, 7]))
    angles = -math.pi / 2 + np.arange(points + 1) * 2 * math.pi * (points // 2) / points
    return [_MIDDLE + 27 * np.stack([np.cos(angles), np.sin(angles)], axis=1)]


def _zigzag(rng: Rng) -> list[Points]:
    corners = int(rng.integers(7, 13))
    x = np.linspace(4, _SIDE - 4, corners)
    y = _MIDDLE + np.where(np.arange(corners) % 2, 1, -1) * float(rng.uniform(5, 16))
    return [np.stack([x, y], axis=1)]


def _arrow(rng: Rng) -> list[Points]:
    head = float(rng.uniform(6, 13))
    tip = np.array([_SIDE - 6.0, _MIDDLE])
    shaft = np.array([[6.0, _MIDDLE], tip])
    barbs = np.array([tip - [head, head], tip, tip - [head, -head]])
    swap = rng.random() < 0.4
    return [path[:, ::-1] if swap else path for path in (shaft, barbs)]


def _sun(rng: Rng) -> list[Points]:
    rays = int(rng.integers(6, 12))
    t = np.linspace(0, 2 * math.pi, 30)
    inner = float(rng.uniform(8, 13))
    circle = _MIDDLE + inner * np.stack([np.cos(t), np.sin(t)], axis=1)
    angles = np.arange(rays) * 2 * math.pi / rays
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return [circle, *(_MIDDLE + np.stack([way * (inner + 4), way * 27]) for way in ways)]


def _flower(rng: Rng) -> list[Points]:
    t = np.linspace(0, 2 * math.pi, 120)
    radius = 18 + 8 * np.cos(int(rng.integers(4, 8)) * t)
    return [_MIDDLE + radius[:, None] * np.stack([np.cos(t), np.sin(t)], axis=1)]


def _hatching(rng: Rng) -> list[Points]:
    strokes = int(rng.integers(4, 8))
    lean = float(rng.uniform(-14, 14))
    starts = np.linspace(8, _SIDE - 8, strokes)
    return [np.array([[x + lean, 6.0], [x - lean, _SIDE - 6.0]]) for x in starts]


_DOODLES: tuple[Callable[[Rng], list[Points]], ...] = (
    _scribble,
    _scribble,
    _scribble,
    _spiral,
    _star,
    _zigzag,
    _arrow,
    _sun,
    _flower,
    _hatching,
)
