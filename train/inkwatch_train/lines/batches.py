"""Lines of like width together, each drawn anew, and the same again when a training goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.recognise.line_image import LINE_HEIGHT
from inkwatch_train.lines.alphabet import STEP_PX, encode
from inkwatch_train.lines.source import LabelledLine, LineSource

Grey = npt.NDArray[np.uint8]
Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

WIDTHS = (128, 192, 256, 320, 384, 448, 512, 640, 768, 1024, 1280)
"""Widths of batches: few, so that a compiled training step is compiled few times."""

TOGETHER = 8
"""So many batches' lines are drawn at once and then sorted by width."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines beside one another, paper to the right of what is narrower.

    `pictures` is `(N, 48, W)` uint8 with bright ink, W one of `WIDTHS` or a multiple of the first;
    `targets` `(N, longest)` int32 as of `encode`.
    """

    pictures: Grey
    targets: Ints

    def as_input(self) -> Floats32:
        """Give the network's `(N, 48, W, 1)` float32 from 0 to 1."""
        return self.pictures[..., None].astype(np.float32) * np.float32(1 / 255)


class Drawer:
    """Draws batches from sources.

    What a batch holds depends on the seed, the epoch and its place, and on nothing else.
    """

    def __init__(
        self, sources: Sequence[LineSource], weights: Sequence[float], batch_columns: int, seed: int
    ) -> None:
        """Take sources with their shares of the lines; a batch has about `batch_columns`."""
        self._sources = sources
        self._bounds = np.cumsum(np.asarray(weights, np.float64) / np.sum(weights))
        self._batch_columns = batch_columns
        self._seed = seed

    def draw(self, epoch: int, group: int) -> list[Batch]:
        """Draw `TOGETHER` batches, the `group`-th so many of an epoch.

        Every batch of one width has as many lines: libraries prepare themselves for each shape.
        """
        rng = np.random.default_rng([self._seed, epoch, group])
        lines: list[LabelledLine] = []
        batches: list[list[LabelledLine]] = []
        while len(batches) < TOGETHER:
            columns = 0
            while columns < TOGETHER * self._batch_columns:
                lines.append(self._line(rng))
                columns += lines[-1].pixels.shape[1]
            lines.sort(key=lambda line: line.pixels.shape[1])
            while lines:
                count = max(1, self._batch_columns // padded_width(lines[-1]))
                if count > len(lines):
                    break
                batches.append(lines[-count:])
                del lines[-count:]
        return [as_batch(batches[int(k)]) for k in rng.permutation(len(batches))[:TOGETHER]]

    def _line(self, rng: np.random.Generator) -> LabelledLine:
        while True:
            source = self._sources[int(np.searchsorted(self._bounds, rng.random(), side="right"))]
            line = source.draw(rng)
            if line.pixels.shape[1] <= WIDTHS[-1]:
                return line


def as_batch(lines: Sequence[LabelledLine]) -> Batch:
    """Put lines, at least one, beside one another."""
    width = max(padded_width(line) for line in lines)
    pictures = np.zeros((len(lines), LINE_HEIGHT, width), np.uint8)
    for picture, line in zip(pictures, lines, strict=True):
        picture[:, : line.pixels.shape[1]] = line.pixels
    return Batch(pictures, encode([line.text for line in lines]))


def moved(batch: Batch, again: int) -> Batch:
    """A batch for the `again`-th time: a little up or down, and some columns further right.

    Drawing costs as much as training; seen once more, lines teach nearly as much as others would
    (Choi et al. 2019, arXiv:1907.05550).
    """
    if not again:
        return batch
    down, right = (1, -1)[again % 2], again % STEP_PX
    shifted = np.zeros_like(batch.pictures)
    height, width = batch.pictures.shape[1:]
    shifted[:, max(0, down) : height + min(0, down), right:] = batch.pictures[
        :, max(0, -down) : height - max(0, down), : width - right
    ]
    return Batch(shifted, batch.targets)


def padded_width(line: LabelledLine) -> int:
    """How wide the batch is that a line goes into, in columns."""
    width = line.pixels.shape[1]
    return next((each for each in WIDTHS if each >= width), -(-width // WIDTHS[0]) * WIDTHS[0])
