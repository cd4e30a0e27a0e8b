"""What a hand does to a line: it leans, stretches, wanders, grows, trembles and presses."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch_train.lines.font_line import DRAWN_X_HEIGHT, DrawnLine

Grey = npt.NDArray[np.uint8]
Floats32 = npt.NDArray[np.float32]
Rng = np.random.Generator

_UNIT = float(DRAWN_X_HEIGHT)
_PEN = 0.14
"""A usual pen's width, in x-heights."""


@dataclass(frozen=True, slots=True)
class Bending:
    """How far lines differ from the font's; lengths count in x-heights.

    Real hands write wider than fonts: `widen` is the middle of the width's logarithm and `stretch`
    its spread, for a whole line, `pace` the unevenness along it. `lean_deg` is the spread of the
    slant, `wander` that of the baseline, `grow` of the letters' size along the line, `reach` of
    how far letters reach up and down beside their bodies (logarithms), `tremble` of the fine
    bending; `pen` is the spread of the stroke's width. `letters` is how unlike one another single
    letters are in size, place and width, `dots` how far dots stray from their stems.
    """

    widen: float = 0.3
    stretch: float = 0.3
    pace: float = 0.2
    reach: float = 0.25
    letters: float = 0.09
    dots: float = 0.35
    lean_deg: float = 9.0
    wander: float = 0.07
    grow: float = 0.06
    tremble: float = 0.075
    pen: float = 0.4


def bend_line(line: DrawnLine, bending: Bending, rng: Rng) -> Grey:
    """Bend a drawn line.

    Everything is one smooth displacement, so that strokes stay whole. The baseline keeps its row,
    but for the wandering.

    Returns:
        `(H, W)` uint8, ink bright, of the same height and a width of its own.
    """
    height, width = line.ink.shape
    stretch = float(
        np.exp(np.clip(bending.widen + bending.stretch * rng.standard_normal(), -0.35, 0.95))
    )
    wide = max(16, round(width * stretch))
    x = np.arange(wide, dtype=np.float32)
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32(line.baseline)
    lean = np.deg2rad(bending.lean_deg * rng.standard_normal())
    leans = lean + np.deg2rad(3.5) * _wave(wide, 4.0, rng)
    odd = bending.letters * float(rng.uniform(0.3, 1.4))
    grow = np.exp(bending.grow * _wave(wide, 5.0, rng) + odd * _wave(wide, 1.1, rng))
    wander = bending.wander * _UNIT * _wave(wide, 9.0, rng) + 0.6 * odd * _UNIT * _wave(
        wide, 1.1, rng
    )
    pace = bending.pace * _UNIT * _wave(wide, 2.0, rng) + odd * _UNIT * _wave(wide, 0.9, rng)
    rows = _reached((y - wander[None, :]) * grow[None, :], bending.reach, rng)
    columns = (x + pace)[None, :] / np.float32(stretch) + np.tan(leans)[None, :] * rows
    strength = bending.tremble * _UNIT * float(np.exp(0.5 * rng.standard_normal()))
    shift_x, shift_y = (
        np.float32(strength) * _field(height, wide, rng.uniform(0.5, 2.0), rng) for _ in range(2)
    )
    bent = cv2.remap(
        _with_stray_dots(line, bending.dots, rng),
        np.asarray(columns + shift_x, np.float32),
        np.asarray(rows + np.float32(line.baseline) + shift_y, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return _with_pen(np.asarray(bent, np.uint8), bending.pen, rng)


def _with_stray_dots(line: DrawnLine, spread: float, rng: Rng) -> Grey:
    """Move dots and accents off their stems: most hands put them late, and to the right."""
    if spread <= 0 or rng.random() < 0.3:
        return line.ink
    count, labels, stats, _ = cv2.connectedComponentsWithStats((line.ink >= 96).astype(np.uint8))
    least = line.baseline - 0.9 * _UNIT
    ink = line.ink
    for number in range(1, min(count, 200)):
        left, top, width, height, _ = (int(each) for each in stats[number])
        if top + height > least or max(width, height) > 0.6 * _UNIT:
            continue
        if ink is line.ink:
            ink = ink.copy()
        right, down = (round(spread * _UNIT * float(rng.normal(m, 0.6))) for m in (0.4, 0.0))
        x0, y0 = left - 1, top - 1
        part = np.s_[max(0, y0) : top + height + 1, max(0, x0) : left + width + 1]
        dot = np.where(labels[part] == number, line.ink[part], 0).astype(np.uint8)
        ink[part][labels[part] == number] = 0
        y1 = min(max(0, max(0, y0) + down), ink.shape[0] - dot.shape[0])
        x1 = min(max(0, max(0, x0) + right), ink.shape[1] - dot.shape[1])
        place = ink[y1 : y1 + dot.shape[0], x1 : x1 + dot.shape[1]]
        np.maximum(place, dot, out=place)
    return ink


def _reached(rows: Floats32, spread: float, rng: Rng) -> Floats32:
    """Make what lies above the letters' bodies, and below the baseline, taller or shorter."""
    up, down = np.exp(np.clip(spread * rng.standard_normal(2), -0.4, 0.4))
    above = -_UNIT + (rows + _UNIT) / np.float32(up)
    below = rows / np.float32(down)
    return np.asarray(np.where(rows < -_UNIT, above, np.where(rows > 0, below, rows)), np.float32)


def _with_pen(ink: Grey, spread: float, rng: Rng) -> Grey:
    """Write with another pen: strokes of a width that people's have, their pressure uneven.

    Fonts are bolder than pens. Widths are told, and changed, by the distance to the strokes' edge.
    """
    # Quick hands round what fonts draw sharply.
    soft = cv2.GaussianBlur(ink, (0, 0), float(rng.uniform(0.5, 1.4)))
    mask = (soft >= 64).astype(np.uint8)
    inside = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_3)
    depths = inside[inside > 0]
    width = 4.0 * float(depths.mean() - 0.5) if depths.size else 2.0
    wanted = _PEN * _UNIT * float(np.exp(spread * rng.standard_normal()))
    if wanted >= width:
        outside = cv2.distanceTransform(1 - mask, cv2.DIST_L2, cv2.DIST_MASK_3)
        signed = np.where(mask > 0, inside - 0.5, 0.5 - outside)
        shift: npt.NDArray[np.float32] | float = min(0.5 * (wanted - width), 1.6)
    else:
        # By a share of its own width wherever it is: hairlines must not break.
        half = cv2.dilate(inside, np.ones((5, 5), np.uint8))
        kept = np.maximum(half * np.float32(max(wanted / width, 0.4)), np.float32(0.9))
        signed, shift = inside - 0.5, -np.maximum(half - kept, 0.0)
    edge = np.clip(signed + shift + np.float32(0.5), 0.0, 1.0) * np.float32(255.0)
    height, columns = ink.shape
    press = 1.0 - float(rng.uniform(0.0, 0.35)) * np.abs(_field(height, columns, 2.5, rng))
    pressed = edge * np.clip(press, 0.25, 1.0)
    return np.asarray(pressed, np.uint8)


def _wave(length: int, period: float, rng: Rng) -> Floats32:
    """A smooth random curve with unit spread; `period` is its knots' distance in x-heights."""
    knots = max(4, int(length / (period * _UNIT)) + 3)
    values = rng.standard_normal((1, knots)).astype(np.float32)
    curve = cv2.resize(values, (length, 1), interpolation=cv2.INTER_CUBIC)
    return np.asarray(curve[0], np.float32)


def _field(height: int, width: int, period: float, rng: Rng) -> Floats32:
    """A smooth random field with about unit spread."""
    cells = (max(3, int(height / (period * _UNIT)) + 2), max(3, int(width / (period * _UNIT)) + 2))
    values = rng.standard_normal(cells).astype(np.float32)
    field = cv2.resize(values, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field, np.float32)
