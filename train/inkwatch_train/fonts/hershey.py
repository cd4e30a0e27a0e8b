"""Characters drawn with the stroke fonts inside OpenCV: data for trials, with nothing to fetch.

The fonts are A. V. Hershey's of 1967, in the public domain. They are plain beside any hand, but
they are always there, so that the whole path can be tested on any machine.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from inkwatch_train.data.sample import Grey, Sample, Split

_FACES = {
    "simplex": cv2.FONT_HERSHEY_SIMPLEX,
    "plain": cv2.FONT_HERSHEY_PLAIN,
    "duplex": cv2.FONT_HERSHEY_DUPLEX,
    "complex": cv2.FONT_HERSHEY_COMPLEX,
    "triplex": cv2.FONT_HERSHEY_TRIPLEX,
}
_VAL_FACE = "duplex"
_HEIGHT_PX = 64
_THICKNESS_PX = (2, 4, 7)
_MARGIN_PX = 10


@dataclass(frozen=True, slots=True)
class HersheySource:
    """Every character of `alphabet` that the faces have, in five faces and three thicknesses.

    They have ASCII only. One face is the `val` split.
    """

    alphabet: str

    @property
    def name(self) -> str:
        """The name that recipes use."""
        return "hershey"

    @property
    def licence(self) -> str:
        """The licence of what is drawn."""
        return "public domain (Hershey fonts)"

    @property
    def terms(self) -> Literal["open", "research"]:
        """Free of terms."""
        return "open"

    def samples(self) -> Iterator[Sample]:
        """Yield each character of each face. See `Source.samples`."""
        for face, font in _FACES.items():
            split: Split = "val" if face == _VAL_FACE else "train"
            for character in self.alphabet:
                # OpenCV draws a question mark in the place of what it lacks.
                if not (character.isascii() and character.isprintable()):
                    continue
                for thickness in _THICKNESS_PX:
                    image = draw_text(character, font, thickness)
                    yield Sample(image, character, face, split)


def draw_text(text: str, font: int = cv2.FONT_HERSHEY_SIMPLEX, thickness: int = 4) -> Grey:
    """Draw ASCII text black on white.

    Returns:
        `(H, W)` uint8; capitals are 64 pixels tall.
    """
    scale = cv2.getFontScaleFromHeight(font, _HEIGHT_PX, thickness)
    (width, height), below = cv2.getTextSize(text, font, scale, thickness)
    margin = _MARGIN_PX + thickness
    image = np.full((height + below + 2 * margin, width + 2 * margin), 255, np.uint8)
    at = (margin, margin + height)
    cv2.putText(image, text, at, font, scale, 0, thickness, cv2.LINE_AA)
    return image
