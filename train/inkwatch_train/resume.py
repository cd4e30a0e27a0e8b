"""What lets a training be killed at any moment and go on from its last whole epoch.

Each file appears in one step (written beside its place, then moved), so that none is ever half
there. An epoch counts as done when its weights stand; its row of the history is older than them,
and what the history holds beyond them is of an epoch that will be trained again.
"""

import csv
import logging
from collections.abc import Sequence
from pathlib import Path

import keras

from inkwatch.errors import DataError

_log = logging.getLogger(__name__)


class KeepLast(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the weights and the optimiser's state of the last whole epoch in one file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Replace the epoch before."""
        del epoch, logs
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_name("part.weights.h5")
        self.model.save_weights(part)
        part.replace(self._path)


class KeepBest(keras.callbacks.Callback):  # type: ignore[misc]
    """Keeps the model of the lowest validation loss, and stops when no better one came for long.

    `monitor` names what is to be low.

    Args:
        path: where the model goes, `*.keras`.
        patience_epochs: how many epochs may pass without a better one.
        history: the rows of earlier epochs, whose best must be beaten.
    """

    monitor = "val_loss"

    def __init__(
        self, path: Path, patience_epochs: int, history: Sequence[dict[str, float]]
    ) -> None:
        super().__init__()
        self._path = path
        self._patience_epochs = patience_epochs
        self._loss = float("inf")
        self._epoch = -1
        for row in history:
            self._is_better(int(row["epoch"]), row)

    @property
    def epoch(self) -> int:
        """The best epoch so far, counted from 0; -1 before there is one."""
        return self._epoch

    def is_stale(self, epoch: int) -> bool:
        """Tell whether training ends after `epoch` for want of a better one."""
        return epoch - self._epoch >= self._patience_epochs

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save this epoch's model if it is the best."""
        if self._is_better(epoch, logs or {}):
            self.save(self.model)
        elif self.is_stale(epoch):
            _log.info(
                "No better epoch than %d for %d epochs.", self._epoch + 1, epoch - self._epoch
            )
            self.model.stop_training = True

    def save(self, model: keras.Model) -> None:
        """Write the model."""
        part = self._path.with_name("part.keras")
        model.save(part)
        part.replace(self._path)

    def _is_better(self, epoch: int, row: dict[str, float]) -> bool:
        loss = row.get(self.monitor, float("inf"))
        if not loss < self._loss:
            return False
        self._loss, self._epoch = loss, epoch
        return True


def restore(model: keras.Model, path: Path, batches_per_epoch: int) -> int:
    """Load what `KeepLast` kept.

    Args:
        model: compiled; its weights and its optimiser's state are replaced.
        path: the file; where there is none, nothing happens.
        batches_per_epoch: to tell epochs from the optimiser's count of steps.

    Returns:
        How many epochs are done.

    Raises:
        DataError: the file is damaged.
    """
    if not path.exists():
        return 0
    model.optimizer.build(model.trainable_variables)
    try:
        model.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{path} is damaged, so that the training cannot go on: {error}. "
            "Start afresh with --fresh."
        ) from error
    return int(model.optimizer.iterations) // batches_per_epoch


def read_rows(path: Path) -> list[dict[str, float]]:
    """Read a history: a row an epoch, `epoch` counted from 0; none where there is no file.

    A row that was cut short is left out; of an epoch that was logged twice, the later row holds.
    """
    if not path.exists():
        return []
    with path.open(newline="") as file:
        whole = [row for row in csv.DictReader(file) if None not in (*row, *row.values())]
    rows = [{key: float(value) for key, value in row.items()} for row in whole]
    return list({row["epoch"]: row for row in rows}.values())


def trim_rows(path: Path, epochs: int) -> list[dict[str, float]]:
    """Take out of a history what lies beyond the first `epochs`; return what stays."""
    rows = [row for row in read_rows(path) if row["epoch"] < epochs]
    if rows:
        part = path.with_name("part.csv")
        with part.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows({**row, "epoch": int(row["epoch"])} for row in rows)
        part.replace(path)
    else:
        path.unlink(missing_ok=True)
    return rows


def rows_of(path: Path, epochs: int) -> list[dict[str, float]]:
    """Trim a history to the first `epochs`, as `trim_rows` does, and see that it tells of them all.

    Raises:
        DataError: it does not.
    """
    rows = trim_rows(path, epochs)
    if len(rows) < epochs:
        raise DataError(
            f"{path} tells of {len(rows)} epochs, but {epochs} were trained. "
            "Start afresh with --fresh."
        )
    return rows
