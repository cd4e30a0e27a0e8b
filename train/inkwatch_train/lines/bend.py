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


@dataclass(frozen=True, slots=True)
class Bending:
    """How far lines differ from the font's; lengths count in x-heights.

    Real hands write wider than fonts: `widen` is the middle of the width's logarithm and `stretch`
    its spread, for a whole line, `pace` the unevenness along it. `lean_deg` is the spread of the
    slant, `wander` that of the baseline, `grow` of the letters' size along the line, `reach` of
    how far letters reach up and down beside their bodies (logarithms), `tremble` of the fine
    bending; `pen` is the spread of the stroke's width.
    """

    widen: float = 0.3
    stretch: float = 0.3
    pace: float = 0.2
    reach: float = 0.2
    lean_deg: float = 9.0
    wander: float = 0.07
    grow: float = 0.06
    tremble: float = 0.055
    pen: float = 0.35


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
    leans = lean + np.deg2rad(2.5) * _wave(wide, 8.0, rng)
    grow = np.exp(bending.grow * _wave(wide, 5.0, rng))
    wander = bending.wander * _UNIT * _wave(wide, 9.0, rng)
    pace = bending.pace * _UNIT * _wave(wide, 2.0, rng)
    rows = _reached((y - wander[None, :]) * grow[None, :], bending.reach, rng)
    columns = (x + pace)[None, :] / np.float32(stretch) + np.tan(leans)[None, :] * rows
    strength = bending.tremble * _UNIT * float(np.exp(0.5 * rng.standard_normal()))
    shift_x, shift_y = (
        np.float32(strength) * _field(height, wide, rng.uniform(0.7, 1.8), rng) for _ in range(2)
    )
    bent = cv2.remap(
        line.ink,
        np.asarray(columns + shift_x, np.float32),
        np.asarray(rows + np.float32(line.baseline) + shift_y, np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return _with_pen(np.asarray(bent, np.uint8), bending.pen, rng)


def _reached(rows: Floats32, spread: float, rng: Rng) -> Floats32:
    """Make what lies above the letters' bodies, and below the baseline, taller or shorter."""
    up, down = np.exp(np.clip(spread * rng.standard_normal(2), -0.4, 0.4))
    above = -_UNIT + (rows + _UNIT) / np.float32(up)
    below = rows / np.float32(down)
    return np.asarray(np.where(rows < -_UNIT, above, np.where(rows > 0, below, rows)), np.float32)


def _with_pen(ink: Grey, spread: float, rng: Rng) -> Grey:
    """Make strokes a little thicker or thinner, and their pressure uneven."""
    blur = float(rng.uniform(0.8, 1.8))
    soft = cv2.GaussianBlur(ink, (0, 0), blur).astype(np.float32)
    # A level below half widens strokes, one above thins them; thin strokes must stay whole.
    strong = soft[ink > 96]
    most = 0.5 * float(np.percentile(strong, 30)) if strong.size else 64.0
    level = float(np.clip(110.0 * np.exp(-spread * rng.standard_normal()), 35.0, max(40.0, most)))
    steep = 255.0 / rng.uniform(60.0, 160.0)
    edge = np.clip((soft - level) * np.float32(steep) + 128.0, 0.0, 255.0)
    height, width = ink.shape
    press = 1.0 - float(rng.uniform(0.0, 0.35)) * np.abs(_field(height, width, 2.5, rng))
    pressed = edge * np.clip(press, 0.25, 1.0)
    return np.asarray(np.where(soft > 8, pressed, 0.0), np.uint8)


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
