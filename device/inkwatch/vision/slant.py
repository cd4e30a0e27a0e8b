"""How far a hand leans, and the page with its letters set upright.

Upright letters stand apart in their columns, so that gaps and cuts between them can be upright too.
The lean is the shear under which most ink lies in long upright strokes, after Vinciarelli and
Luettin 2001 (doi:10.1016/S0167-8655(01)00042-3), with an erosion in the place of their histogram.
"""

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.shrink import shrunk
from inkwatch.vision.straighten import Straightened

Grey = npt.NDArray[np.uint8]

LEAST_SLANT = 0.15
"""Hands that lean less than this are left as they are: dx / dy, 0.15 being 9 degrees."""

_LETTER_PX = 12.0
_STROKE_SHARE = 0.75
_COARSE = np.arange(-0.4, 1.01, 0.2)
_FINE_STEP = 0.1
_MOST_SLANT = 1.0
_BACKWARD_DOUBT = 6.0
_CLEARLY = 1.5
_FEW_PX = 20
_UPRIGHT_SHARE = 0.035


def page_slant(ink: Grey, letter_px: float) -> float:
    """Measure how far writing leans to the right.

    Args:
        ink: `(H, W)` uint8, 255 where there is ink.
        letter_px: the usual height of a letter.

    Returns:
        dx / dy, positive where the tops of strokes lean right; 0.0 where nothing leans clearly.
    """
    shrink = min(1.0, _LETTER_PX / max(1.0, letter_px))
    _, small = cv2.threshold(shrunk(ink, 1.0 / shrink), 90, 255, cv2.THRESH_BINARY)
    bar = np.ones((max(5, round(_STROKE_SHARE * letter_px * shrink)), 1), np.uint8)

    def upright_px(slant: float) -> float:
        height, width = small.shape
        shear = np.array([[1.0, slant, -slant * height / 2], [0.0, 1.0, 0.0]])
        leant = cv2.warpAffine(small, shear, (width, height), flags=cv2.INTER_NEAREST)
        # Hands that lean backward are rare, and the diagonals of N, V and W lean so.
        doubt = float(np.exp(-_BACKWARD_DOUBT * max(0.0, -slant)))
        return doubt * cv2.countNonZero(cv2.erode(leant, bar))

    # Where much ink stands upright as it is, no lean can win.
    if upright_px(0.0) >= _UPRIGHT_SHARE * cv2.countNonZero(small):
        return 0.0
    known = {round(float(slant), 2): upright_px(float(slant)) for slant in _COARSE}
    peak = max(known, key=lambda slant: known[slant])
    for slant in (peak - _FINE_STEP, peak + _FINE_STEP):
        if slant <= _MOST_SLANT:
            known[round(slant, 2)] = upright_px(slant)
    best = max(known, key=lambda slant: known[slant])
    clear = known[best] >= max(_FEW_PX, _CLEARLY * known[0.0])
    return best if clear and abs(best) >= LEAST_SLANT else 0.0


def upright(page: Straightened, slant: float) -> Straightened:
    """Shear a page so that what leans by `slant` stands upright; the way back goes along."""
    height, width = page.grey.shape
    wider = width + int(np.ceil(abs(slant) * height))
    shear = np.array([[1.0, slant, max(0.0, -slant * height)], [0.0, 1.0, 0.0]])
    grey = cv2.warpAffine(page.grey, shear, (wider, height), borderMode=cv2.BORDER_REPLICATE)
    back = np.linalg.inv(np.vstack([shear, [0.0, 0.0, 1.0]]))
    return Straightened(np.asarray(grey, np.uint8), page.to_picture @ back)
