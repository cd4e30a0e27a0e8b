"""Pictures of what a camera sees where no page lies: grounds drawn from noise."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

GROUNDS = {"wood": (14.0, 1.0, 18.0), "cloth": (1.5, 1.5, 40.0), "granite": (3.0, 3.0, 45.0)}
"""By name: how far noise is smeared along the rows and across, in pixels, and its contrast."""

GROUNDS |= {"noise": (0.01, 0.01, 70.0)}

_SENSOR = 4.0
_GREY = 150.0


def ground(name: str, width: int = 2304, height: int = 1296) -> Image:
    """Draw a ground, `(height, width)` uint8; each time the same."""
    along, across, contrast = GROUNDS[name]
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((height, width)).astype(np.float32)
    smooth: npt.NDArray[Any] = cv2.GaussianBlur(noise, (0, 0), sigmaX=along, sigmaY=across)
    grain = _GREY + contrast * smooth / smooth.std() + rng.normal(0, _SENSOR, noise.shape)
    return np.asarray(np.clip(grain, 0, 255), np.uint8)
