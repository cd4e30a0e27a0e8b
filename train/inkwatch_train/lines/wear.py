"""What paper, camera and the page reader do to a line's ink before a model sees it."""

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.line_image import LineImage, line_image
from inkwatch.vision.baselines import Curve
from inkwatch_train.lines.font_line import DRAWN_X_HEIGHT

Grey = npt.NDArray[np.uint8]
Floats32 = npt.NDArray[np.float32]
Rng = np.random.Generator

_NOISE = np.random.default_rng(11).standard_normal(1 << 20, dtype=np.float32)
_SEEN_X_HEIGHT = (9.0, 34.0)


def see_line(ink: Grey, baseline_row: float, rng: Rng, *, strays: Grey | None = None) -> LineImage:
    """Photograph a line and bring it to the models' form, as the device would.

    The ink is resized to what a camera has of it, blurred and given noise; what is faint falls
    below the threshold; the baseline and the x-height are told with the errors that the page
    reader makes.

    Args:
        ink: `(H, W)` uint8, ink bright, letters' bodies `DRAWN_X_HEIGHT` tall.
        baseline_row: where the letters stand.
        rng: gives all chance.
        strays: another line's ink, parts of which stay at the upper and lower edge.

    Returns:
        See `line_image`.
    """
    if strays is not None:
        ink = _with_strays(ink, strays, rng)
    low, high = _SEEN_X_HEIGHT
    seen = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    scale = seen / DRAWN_X_HEIGHT
    size = (max(2, round(ink.shape[1] * scale)), max(2, round(ink.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(ink, size, interpolation=method)
    if rng.random() < 0.7:
        small = cv2.GaussianBlur(small, (0, 0), float(rng.uniform(0.3, 0.2 + 0.035 * seen)))
    grey = small.astype(np.float32)
    if rng.random() < 0.6:
        grey = _noisy(grey, float(rng.uniform(2.0, 16.0)), rng)
    # The page reader's threshold: what is fainter counts as paper. Its edge keeps some grey.
    floor = float(rng.uniform(8.0, 48.0))
    near = cv2.dilate((grey > floor).astype(np.uint8), np.ones((3, 3), np.uint8))
    kept = np.clip(np.where(near > 0, grey, 0.0), 0.0, 255.0).astype(np.uint8)
    if rng.random() < 0.2:  # a scan in black and white
        kept = np.where(kept > 0.4 * max(1, int(kept.max())), np.uint8(255), np.uint8(0))
    if not kept.any():
        kept = np.asarray(small, np.uint8)
    # Of joined writing the page reader tells too low an x-height more often than too high a one.
    error = float(np.clip(rng.normal(-0.07, 0.17), -0.37, 0.45))
    x_height = seen * float(np.exp(error))
    row = (baseline_row + 0.5) * scale - 0.5 + 0.09 * seen * float(rng.standard_normal())
    tilt = 0.08 * seen * float(rng.standard_normal())
    half = size[0] / 2
    return line_image(kept, Curve(half, half, (row, tilt)), x_height)


def _with_strays(ink: Grey, strays: Grey, rng: Rng) -> Grey:
    """Let pieces of neighbouring lines stand in, as where letters of two lines touch."""
    height, width = ink.shape
    shift = round(float(rng.uniform(2.4, 3.6)) * DRAWN_X_HEIGHT) * int(rng.choice([-1, 1]))
    matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, shift]], np.float32)
    moved = cv2.warpAffine(strays, matrix, (width, height))
    # Only some stretches of the neighbour: the others were told apart.
    cells = max(3, width // (3 * DRAWN_X_HEIGHT))
    there = (rng.random((1, cells)) < 0.3).astype(np.uint8)
    mask = cv2.resize(there, (width, 1), interpolation=cv2.INTER_NEAREST)
    return np.asarray(np.maximum(ink, moved * mask), np.uint8)


def _noisy(grey: Floats32, sigma: float, rng: Rng) -> Floats32:
    count = grey.size
    if count >= _NOISE.size:
        return grey
    start = int(rng.integers(0, _NOISE.size - count))
    noise = _NOISE[start : start + count].reshape(grey.shape)
    return np.asarray(grey + np.float32(sigma) * noise, np.float32)
