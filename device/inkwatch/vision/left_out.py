"""Ink that no line holds: what was taken for no writing, and what stands near no line.

Boxes here are `(N, 4)` int32: left, top, width and height in pixels of the straightened page.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

Boxes = npt.NDArray[np.int32]

_CELLS = 48
_LEAST_IN_CELL = 5


def _none() -> Boxes:
    return np.zeros((0, 4), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class LeftOut:
    """Pieces of ink in boxes, by why they were left out.

    `specks` are smaller than a dot of the pen, `not_writing` ruled lines and large dark areas,
    `surplus` the smallest where there are too many pieces, `strays` marks that joined no line,
    `texture` all that was found where nothing is written.
    """

    specks: Boxes = field(default_factory=_none)
    not_writing: Boxes = field(default_factory=_none)
    surplus: Boxes = field(default_factory=_none)
    strays: Boxes = field(default_factory=_none)
    texture: Boxes = field(default_factory=_none)


NOTHING = LeftOut()
"""No ink at all."""


def around(boxes: Boxes) -> Boxes:
    """One box around all: `(1, 4)`, or `(0, 4)` where there are none."""
    if not len(boxes):
        return boxes
    low = boxes[:, :2].min(axis=0)
    high = (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return np.concatenate([low, high - low])[None].astype(np.int32)


def crowds(specks: Boxes, width: int, height: int) -> Boxes:
    """Where specks stand close together, as writing too small to read does and dust does not.

    Args:
        specks: the specks.
        width: the page's, in pixels.
        height: the page's, in pixels.

    Returns:
        A box around each crowd: cells of a grid, 48 along the longer side, that hold five specks
        or more, joined with their neighbours.
    """
    cell = max(1.0, max(width, height) / _CELLS)
    middle = ((specks[:, :2] + specks[:, 2:] / 2) / cell).astype(np.intp)
    rows, columns = int(height / cell) + 1, int(width / cell) + 1
    counts = np.zeros((rows, columns), np.intp)
    np.add.at(counts, (middle[:, 1], middle[:, 0]), 1)
    full = (counts >= _LEAST_IN_CELL).astype(np.uint8)
    if not full.any():
        return _none()
    # The edge of a crowd reaches a little into the cells around.
    near = cv2.dilate(full, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents(near, connectivity=8, ltype=cv2.CV_32S)
    crowd = np.asarray(labels)[middle[:, 1], middle[:, 0]]
    found = [around(specks[crowd == number]) for number in range(1, int(crowd.max()) + 1)]
    return np.concatenate(found)
