"""All augmentation in its order: hand, pen, camera, and last the device's own crop."""

import numpy as np

from inkwatch.recognise.crop import Grey, crop_glyph
from inkwatch_train.augment import camera, hand
from inkwatch_train.augment.canvas import Rng
from inkwatch_train.augment.settings import Augment, Setting


def augment_glyph(canvas: Grey, neighbour: Grey, rng: Rng, settings: Augment) -> Grey:
    """Make one new picture of a glyph, as the network will see it.

    Args:
        canvas: `(64, 64)` uint8 from `to_canvas`, ink bright.
        neighbour: another glyph's canvas, for ink that touches.
        rng: source of chance; the same state gives the same picture.
        settings: what is done, how strongly and how often.

    Returns:
        `(32, 32)` uint8, ink bright: a crop as `crop_glyph` gives it.
    """
    return crop_glyph(photograph_glyph(canvas, neighbour, rng, settings))


def photograph_glyph(canvas: Grey, neighbour: Grey, rng: Rng, settings: Augment) -> Grey:
    """Do as `augment_glyph`, but stop before the crop: `(H, W)` uint8, dark ink on paper."""
    s = settings
    affine = s.affine if _happens(rng, s.affine) else None
    elastic = s.elastic if _happens(rng, s.elastic) else None
    if affine is not None or elastic is not None:
        canvas = hand.warp(canvas, rng, affine, elastic)
    if _happens(rng, s.thickness):
        canvas = hand.change_thickness(canvas, rng, s.thickness)
    if _happens(rng, s.broken):
        canvas = hand.break_strokes(canvas, rng, s.broken)
    if _happens(rng, s.neighbours):
        canvas = hand.add_neighbour(canvas, rng, s.neighbours, neighbour)
    if _happens(rng, s.camera):
        grey = camera.photograph(canvas, rng, s.camera)
    else:
        grey = np.asarray(255 - canvas, np.uint8)
    if _happens(rng, s.blur):
        grey = camera.defocus(grey, rng, s.blur)
    if _happens(rng, s.noise):
        grey = camera.add_noise(grey, rng, s.noise)
    if _happens(rng, s.jpeg):
        grey = camera.compress(grey, rng, s.jpeg)
    return grey


def _happens(rng: Rng, setting: Setting) -> bool:
    return float(rng.random()) < setting.probability
