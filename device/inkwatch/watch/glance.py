"""A short look at a view: has it moved, is it another one than was read, is it sharp, is it dark.

All on the small grey picture: what a glance costs is a small part of a reading's cost. Pictures are
compared after their light was evened out, block by block, so that a lamp, a cloud or the camera's
noise is no change, and a word that was added is one.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.frames.frame import Image

Blocks = npt.NDArray[np.bool_]
"""`(rows, columns)`, one for each block of `BLOCK_PX` by `BLOCK_PX` of the small picture."""

BLOCK_PX = 8

_GROUND_PX = 31
"""Around each pixel so much is taken as its ground: more than letters, less than shadows."""
_LEAST_GROUND = 16
_CONTRAST = 0.06
"""A pixel differs when it does by more than this share of its ground; faint pencil has twice it."""
_NOISE_TIMES = 5.0
_MOST_NOISE = 6.0
"""Grey levels. What seems to be more noise than this is a view of which all moves."""
_QUIET = 20
"""The per cent of the blocks that are taken for still when the noise is measured."""
_LEAST_IN_BLOCK = 2.5 / BLOCK_PX**2

_SHAKE_PX = 0.5
"""Edges may lie beside where they were by so much: a table shakes, and nothing changed."""

_THICKEST_PX = 9
"""What is thicker than this in the small picture is no stroke."""
_STROKE = 0.14
"""Pixels that stand out from beside them by this share of their ground are strokes."""
_NEIGHBOURS = np.ones((3, 3), np.uint8)
_LEAST_STROKES = 30
"""With fewer such pixels there is nothing to be sharp."""


@dataclass(frozen=True, slots=True)
class Glance:
    """What a view looks like.

    `motion` is the share of the view's blocks that differ from the view before, `change` the
    share that differs from the view that was read last; both are 1.0 where there is none.
    `sharpness` is how steep strokes' edges are: about 1 for thin strokes in focus, below 0.5 where
    they are smeared; None where nothing is written. `brightness` is the mean grey level, 0 to 255.
    """

    motion: float
    change: float
    sharpness: float | None
    brightness: float


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A small picture with the light on it and its edges, each `(h, w)` uint8.

    `ground` is the grey level around each pixel, `edges` the range of grey levels about it.
    """

    grey: Image
    ground: Image
    edges: Image


class Glancer:
    """Takes glances, one view after the other."""

    def __init__(self) -> None:
        self._last: Look | None = None
        self._read: Look | None = None
        self._noise = 0.0

    def look(self, small: Image) -> Glance:
        """Glance at the next view.

        Args:
            small: `(h, w)` grey uint8.
        """
        look = look_at(small)
        motion = 1.0
        if self._last is not None and self._last.grey.shape == small.shape:
            self._noise = noise_between(look, self._last)
            motion = share(differing(look, self._last, self._noise))
        self._last = look
        change = 1.0 if self._read is None else share(self.differing_from(self._read))
        return Glance(motion, change, sharpness(look), float(cv2.mean(small)[0]))

    def mark_read(self) -> None:
        """Take the view that was looked at last as the one that changes are told from."""
        self._read = self._last

    @property
    def last(self) -> Look | None:
        """The view that was looked at last."""
        return self._last

    def differing_from(self, other: Look) -> Blocks:
        """Where the view that was looked at last is not as another was."""
        if self._last is None:
            raise ValueError("nothing was looked at yet")
        return differing(self._last, other, self._noise)


def look_at(small: Image) -> Look:
    """Take a small picture with the light on it."""
    ground = np.maximum(np.asarray(cv2.blur(small, (_GROUND_PX, _GROUND_PX))), _LEAST_GROUND)
    edges = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, _NEIGHBOURS)
    return Look(small, ground.astype(np.uint8, copy=False), np.asarray(edges, np.uint8))


def noise_between(look: Look, other: Look) -> float:
    """How much two pictures of one thing differ by noise: the standard deviation in grey levels.

    It is measured where they differ least, since elsewhere something may have moved.
    """
    blocks = _by_blocks(np.abs(look.grey.astype(np.float32) - other.grey))
    # A normal distribution's mean deviation is 0.8 of its standard deviation.
    return min(float(np.percentile(blocks, _QUIET)) / 0.8, _MOST_NOISE)


def differing(look: Look, other: Look, noise: float) -> Blocks:
    """Where two looks show another thing, whatever the light.

    Args:
        look: one of them.
        other: the other; where it is of another size, all differs.
        noise: the standard deviation of their difference in grey levels.
    """
    if look.grey.shape != other.grey.shape:
        return np.ones(_block_shape(look.grey), np.bool_)
    ground = look.ground.astype(np.float32)
    expected = other.grey * (ground / other.ground)
    least = np.maximum(_CONTRAST * ground, _NOISE_TIMES * noise)
    # What only shook has the edge in both.
    least += _SHAKE_PX * np.minimum(look.edges, other.edges)
    hits = np.abs(look.grey - expected) > least
    return _by_blocks(hits.astype(np.float32)) >= _LEAST_IN_BLOCK


def share(blocks: Blocks) -> float:
    """The share of the blocks that differ."""
    return float(np.count_nonzero(blocks)) / blocks.size


def sharpness(look: Look) -> float | None:
    """How steep the edges of what is written are: see `Glance`.

    The Laplacian's mean over the strokes' mean contrast: it is high where grey falls off within a
    pixel or two. Noise is measured beside the strokes and taken off.

    Returns:
        None where next to nothing is written.
    """
    thick = np.ones((_THICKEST_PX, _THICKEST_PX), np.uint8)
    dark = cv2.morphologyEx(look.grey, cv2.MORPH_BLACKHAT, thick)
    bright = cv2.morphologyEx(look.grey, cv2.MORPH_TOPHAT, thick)
    contrast = np.maximum(np.asarray(dark), np.asarray(bright))
    strokes = contrast > _STROKE * look.ground
    if np.count_nonzero(strokes) < _LEAST_STROKES:
        return None
    steep = np.abs(np.asarray(cv2.Laplacian(look.grey, cv2.CV_32F)))
    there = float(steep[strokes].mean())
    beside = float(steep[~strokes].mean()) if not strokes.all() else 0.0
    # Noise and edges are independent: their squares add up.
    clean = math.sqrt(max(there * there - beside * beside, 0.0))
    return clean / float(contrast[strokes].mean())


def _by_blocks(picture: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    rows, columns = _block_shape(picture)
    means = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(means, np.float32).reshape(rows, columns)


def _block_shape(picture: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> tuple[int, int]:
    height, width = picture.shape[:2]
    return max(height // BLOCK_PX, 1), max(width // BLOCK_PX, 1)
