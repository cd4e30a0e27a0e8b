"""What paper, light, lens and sensor do to a glyph on its way to the device."""

import math
from functools import lru_cache

import cv2
import numpy as np

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.canvas import GLYPH_SIZE, Floats, Rng
from inkwatch_train.augment.settings import Blur, Camera, Jpeg, Noise

_NOISE = np.random.default_rng(7).standard_normal(1 << 18, dtype=np.float32)


def photograph(canvas: Grey, rng: Rng, camera: Camera) -> Grey:
    """Lay the ink on paper under uneven light, at the size it has on a sensor.

    Args:
        canvas: `(64, 64)` uint8, ink bright.
        rng: source of chance.
        camera: ranges to draw from; `height_px` is the glyph's longer side, drawn log-uniform.

    Returns:
        `(H, W)` uint8, dark ink on light paper.
    """
    low, high = camera.height_px
    size = math.exp(float(rng.uniform(math.log(low), math.log(high))))
    scale = size / GLYPH_SIZE
    side = max(8, round(canvas.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    ink = cv2.resize(canvas, (side, side), interpolation=method)
    low_paper, high_paper = camera.paper
    low_depth, high_depth = camera.contrast
    draws = rng.random(4)
    paper = low_paper + (high_paper - low_paper) * float(draws[0])
    depth = paper * (low_depth + (high_depth - low_depth) * float(draws[1])) / 255.0
    tilt_x, tilt_y = (camera.slope * (2.0 * float(draw) - 1.0) for draw in draws[2:])
    # The light falls off across the crop by up to `slope` of its strength on either side.
    ramp = _ramp(side)
    light = np.add.outer(1 + np.float32(tilt_y) * ramp, np.float32(tilt_x) * ramp)
    grey = (np.float32(paper) - np.float32(depth) * ink) * light
    return _to_uint8(grey)


@lru_cache(maxsize=512)
def _ramp(side: int) -> Floats:
    return np.linspace(-1, 1, side, dtype=np.float32)


def defocus(grey: Grey, rng: Rng, blur: Blur) -> Grey:
    """Blur by a Gaussian."""
    sigma = float(rng.uniform(*blur.sigma_px))
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.uint8)


def add_noise(grey: Grey, rng: Rng, noise: Noise) -> Grey:
    """Add sensor noise; taken from a fixed long strip.

    Drawing it anew for each glyph would be slower than training on it.
    """
    start = int(rng.integers(0, _NOISE.size - grey.size))
    sigma = noise.sigma * float(rng.random())
    strip = _NOISE[start : start + grey.size].reshape(grey.shape)
    return _to_uint8(np.asarray(cv2.scaleAdd(strip, sigma, grey.astype(np.float32)), np.float32))


def compress(grey: Grey, rng: Rng, jpeg: Jpeg) -> Grey:
    """Write and read back as JPEG."""
    quality = int(rng.integers(jpeg.quality[0], jpeg.quality[1] + 1))
    _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    return np.asarray(decoded, np.uint8)


def _to_uint8(grey: Floats) -> Grey:
    # Rounds and saturates, faster than NumPy clips.
    return np.asarray(cv2.convertScaleAbs(np.maximum(grey, np.float32(0))), np.uint8)
