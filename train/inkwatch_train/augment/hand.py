"""What hands and pens do to a glyph, on its clean canvas."""

import math

import cv2
import numpy as np

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.canvas import CANVAS_SIZE, Floats, Rng
from inkwatch_train.augment.settings import Affine, Broken, Elastic, Neighbours, Thickness

_MIDDLE = (CANVAS_SIZE - 1) / 2
_GRID_Y, _GRID_X = np.mgrid[0:CANVAS_SIZE, 0:CANVAS_SIZE].astype(np.float32)
_FROM_MIDDLE = np.stack([_GRID_X.ravel() - _MIDDLE, _GRID_Y.ravel() - _MIDDLE])
_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
_MIN_INK_KEPT = 0.35


def warp(canvas: Grey, rng: Rng, affine: Affine | None, elastic: Elastic | None) -> Grey:
    """Turn, slant, stretch and bend in one resampling, so that strokes are softened only once.

    `None` leaves that part out. Takes and returns `(64, 64)` uint8, ink bright.
    """
    x, y = _GRID_X, _GRID_Y
    if affine is not None:
        x, y = _affine_map(rng, affine)
    if elastic is not None:
        across, down = cv2.split(_smooth_field(rng, elastic))
        x, y = cv2.add(x, across), cv2.add(y, down)
    return np.asarray(cv2.remap(canvas, x, y, cv2.INTER_LINEAR), np.uint8)


def _affine_map(rng: Rng, affine: Affine) -> tuple[Floats, Floats]:
    """Where each output pixel is sampled: rotation times stretch and shear, about the middle."""
    draws = rng.standard_normal(3)
    turn = math.radians(affine.rotate_deg / 2 * float(draws[0]))
    slant = affine.slant / 2 * float(draws[1])
    stretch = math.exp(affine.stretch / 2 * float(draws[2]))
    cos, sin = math.cos(turn), math.sin(turn)
    matrix = np.array(
        [
            [cos * stretch, cos * slant - sin / stretch],
            [sin * stretch, sin * slant + cos / stretch],
        ],
        np.float32,
    )
    # One product for the whole grid: this runs for every glyph that is trained on.
    x, y = (matrix @ _FROM_MIDDLE + np.float32(_MIDDLE)).reshape(2, CANVAS_SIZE, CANVAS_SIZE)
    return x, y


def _smooth_field(rng: Rng, elastic: Elastic) -> Floats:
    """`(64, 64, 2)`: how far each pixel moves across and down."""
    strength = np.float32(elastic.shift_px * float(rng.random()) * 1.7)
    coarse = rng.standard_normal((elastic.cells, elastic.cells, 2), dtype=np.float32) * strength
    field = cv2.resize(coarse, (CANVAS_SIZE, CANVAS_SIZE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field, np.float32)


def change_thickness(canvas: Grey, rng: Rng, thickness: Thickness) -> Grey:
    """Widen or thin the strokes by a random amount; a glyph that would vanish stays as it is."""
    step = int(rng.integers(-thickness.thin_px, thickness.widen_px + 1))
    if step == 0:
        return canvas
    if step > 0:
        widened = cv2.dilate(canvas, _DISC, iterations=step // 2) if step > 1 else canvas
        if step % 2:  # half a disc: the mean of two neighbouring widths
            widened = cv2.addWeighted(widened, 0.5, cv2.dilate(widened, _DISC), 0.5, 0)
        return np.asarray(widened, np.uint8)
    thinned = canvas
    for _ in range(-step):
        softer = cv2.addWeighted(thinned, 0.5, cv2.erode(thinned, _DISC), 0.5, 0)
        if float(softer.sum()) < _MIN_INK_KEPT * float(canvas.sum()):
            break
        thinned = np.asarray(softer, np.uint8)
    return thinned


def break_strokes(canvas: Grey, rng: Rng, broken: Broken) -> Grey:
    """Rub out one short straight gap through a random piece of ink."""
    rows, columns = np.nonzero(canvas > 128)
    if len(rows) == 0:
        return canvas
    k = int(rng.integers(len(rows)))
    angle = float(rng.random()) * math.pi
    reach = 5.0
    dx, dy = reach * math.cos(angle), reach * math.sin(angle)
    ends = [(round(columns[k] + s * dx), round(rows[k] + s * dy)) for s in (-1, 1)]
    out = canvas.copy()
    width = max(1, round(broken.gap_px * (0.4 + float(rng.random()))))
    cv2.line(out, ends[0], ends[1], 0, width, cv2.LINE_AA)
    return out


def add_neighbour(canvas: Grey, rng: Rng, neighbours: Neighbours, other: Grey) -> Grey:
    """Put the edge of `other`, a second canvas, beside the glyph, touching or nearly so."""
    columns = np.nonzero(canvas.max(axis=0) > 64)[0]
    other_columns = np.nonzero(other.max(axis=0) > 64)[0]
    if len(columns) == 0 or len(other_columns) == 0:
        return canvas
    reach = int(rng.integers(1, neighbours.reach_px + 1))
    out = canvas.copy()
    if rng.random() < 0.5:
        at = min(int(columns[-1]) + 1, CANVAS_SIZE - reach)
        start = int(other_columns[0])
        sliver = other[:, start : start + reach]
    else:
        at = max(int(columns[0]) - reach, 0)
        stop = int(other_columns[-1]) + 1
        sliver = other[:, max(0, stop - reach) : stop]
    width = sliver.shape[1]
    out[:, at : at + width] = np.maximum(out[:, at : at + width], sliver)
    return out
