"""Draws batches in processes of their own beside the training.

Threads would take Python's lock from one another so often that training stood still most of the
time (measured: 1.4 s a step beside a drawing thread, 0.35 s beside a process).
"""

import multiprocessing
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch_train.lines.batches import TOGETHER, Batch, Drawer, moved
from inkwatch_train.lines.recipe import LineRecipe
from inkwatch_train.lines.sets import open_line_sources

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

Floats32 = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


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
        self._ends: list[Connection] = []
        self._processes: list[SpawnProcess] = []
        for number in range(processes):
            mine, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_draw_on,
                args=(recipe, (data, fonts), (first_epoch, number, processes), theirs),
                daemon=True,
            )
            process.start()
            # The other end is the process's alone: where it dies, ours tells.
            theirs.close()
            self._ends.append(mine)
            self._processes.append(process)

    def batches(self) -> Iterator[tuple[Floats32, Ints]]:
        """Give batch after batch, without end.

        Raises:
            DataError: drawing failed, or was killed; the message says why.
        """
        steps = self._recipe.schedule.batches_per_epoch
        groups = -(-steps // TOGETHER)
        count = 0
        while True:
            for group in range(groups):
                drawn = self._received(count % len(self._ends))
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

    def _received(self, number: int) -> list[Batch] | str:
        """The next group of one process, or why it has none."""
        try:
            drawn: list[Batch] | str = self._ends[number].recv()
        except (EOFError, OSError) as error:
            process = self._processes[number]
            process.join()
            raise DataError(
                f"A drawing process ended with code {process.exitcode}; where memory runs out, the "
                "system kills some. The same command goes on from the last whole epoch."
            ) from error
        return drawn


def _draw_on(
    recipe: LineRecipe,
    places: tuple[Path | None, Path | None],
    start: tuple[int, int, int],
    end: Connection,
) -> None:
    """Draw groups of batches until nobody takes them: from an epoch and group on, by a stride."""
    epoch, first, stride = start
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the training ends us
    cv2.setNumThreads(1)
    groups = -(-recipe.schedule.batches_per_epoch // TOGETHER)
    try:
        weights = [item.weight for item in recipe.data]
        drawer = Drawer(
            open_line_sources(recipe, *places), weights, recipe.schedule.batch_columns, recipe.seed
        )
        times, at = recipe.schedule.times, first
        held: tuple[int, int] | None = None
        drawn: list[Batch] = []
        while True:
            group, again = divmod(at % groups, times)
            if (wanted := (epoch + at // groups, group)) != held:
                drawn, held = drawer.draw(*wanted), wanted
            # This waits until the group before has been taken.
            end.send([moved(batch, again) for batch in drawn])
            at += stride
    except DataError as error:
        end.send(str(error))
    except BrokenPipeError:  # the training was killed
        return
