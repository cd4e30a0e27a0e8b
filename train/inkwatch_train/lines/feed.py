"""Draws batches in processes of their own beside the training.

Threads would take Python's lock from one another so often that training stood still most of the
time (measured: 1.4 s a step beside a drawing thread, 0.35 s beside a process).
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch_train.lines.batches import TOGETHER, Batch, Drawer
from inkwatch_train.lines.recipe import LineRecipe
from inkwatch_train.lines.sets import open_line_sources

Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

_AHEAD = 2
"""So many groups of batches wait, drawn, for the training."""


class Feed:
    """Batches of a recipe, from an epoch on, in the order that the seed says.

    Use it as a context: at its end the drawing processes go.
    """

    def __init__(
        self,
        recipe: LineRecipe,
        *,
        first_epoch: int,
        data: Path | None = None,
        fonts: Path | None = None,
        processes: int = 1,
    ) -> None:
        """Start drawing.

        Args:
            recipe: what is drawn.
            first_epoch: the epoch to begin with.
            data: the data folder, as of `open_line_sources`, as are `fonts`.
            fonts: where the fonts were fetched to.
            processes: how many draw; the batches are the same whatever their number.
        """
        context = multiprocessing.get_context("spawn")
        self._recipe = recipe
        self._queues: list[Any] = [context.Queue(maxsize=_AHEAD) for _ in range(processes)]
        self._processes = [
            context.Process(
                target=_draw_on,
                args=(recipe, (data, fonts), (first_epoch, k, processes), queue),
                daemon=True,
            )
            for k, queue in enumerate(self._queues)
        ]
        for process in self._processes:
            process.start()

    def batches(self) -> Iterator[tuple[Floats32, Ints]]:
        """Give batch after batch, without end.

        Raises:
            DataError: drawing failed; the message says why.
        """
        steps = self._recipe.schedule.batches_per_epoch
        groups = -(-steps // TOGETHER)
        count = 0
        while True:
            for group in range(groups):
                drawn = self._queues[count % len(self._queues)].get()
                count += 1
                if isinstance(drawn, str):
                    raise DataError(drawn)
                for batch in drawn[: steps - group * TOGETHER]:
                    yield batch.as_input(), batch.targets

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        del kind, error, trace
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()


def _draw_on(
    recipe: LineRecipe,
    places: tuple[Path | None, Path | None],
    start: tuple[int, int, int],
    queue: Any,
) -> None:
    """Draw groups of batches for ever: `start` is the epoch, the group in it, and the stride."""
    epoch, first, stride = start
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the training ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    cv2.setNumThreads(1)
    groups = -(-recipe.schedule.batches_per_epoch // TOGETHER)
    try:
        weights = [item.weight for item in recipe.data]
        drawer = Drawer(
            open_line_sources(recipe, *places), weights, recipe.schedule.batch_columns, recipe.seed
        )
        at = first
        while True:
            drawn: list[Batch] = drawer.draw(epoch + at // groups, at % groups)
            queue.put(drawn)
            at += stride
    except DataError as error:
        queue.put(str(error))


def _end_with_parent() -> None:
    """A training that is killed says nothing: without this, its drawing would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
