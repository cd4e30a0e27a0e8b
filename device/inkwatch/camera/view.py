"""One look through a camera: a picture to read and a small one to decide by."""

from dataclasses import dataclass

from inkwatch.frames.frame import Frame, Image

SMALL_WIDTH_PX = 320
"""Width of the small picture; its height keeps the view's shape, to the pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What a camera saw at one moment.

    `frame.image` is `(H, W)` grey or `(H, W, 3)` BGR uint8. `small` is `(h, w)` grey uint8 of the
    same view, `SMALL_WIDTH_PX` wide, or the picture's own width where that is less. `number`
    counts the camera's pictures from 0 and rises with each; numbers left out were dropped for
    newer ones.
    """

    frame: Frame
    small: Image
    number: int
