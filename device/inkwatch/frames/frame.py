"""One picture and where it came from: what `frames/` hands to the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""`(H, W)` grey or `(H, W, 3)` in BGR order, uint8: as OpenCV and picamera2 give it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture with its origin.

    `image` is `(H, W)` grey or `(H, W, 3)` BGR uint8. `source` names it for people (a path,
    `-` for standard input, `clip.mp4#12` for a video's frame). `monotonic_s` is the monotonic
    clock when it was taken or opened; `wall_time` is UTC and only a label, to be trusted
    where `time_synced` is true.
    """

    image: Image
    source: str
    monotonic_s: float
    wall_time: datetime
    time_synced: bool


class FrameSource(Protocol):
    """Anything that gives frames: files, standard input, a video."""

    def frames(self) -> Iterator[Frame]:
        """Yield frames until the source ends.

        Raises:
            InputError: the source as a whole cannot be read.
        """
        ...
