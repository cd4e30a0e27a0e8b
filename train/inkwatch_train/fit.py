"""Trains a recipe in a run folder; killed at any time, it goes on from the last whole epoch."""

import csv
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import msgspec
import numpy as np

from inkwatch.errors import DataError
from inkwatch_train import loss
from inkwatch_train.batches import Batches, as_input
from inkwatch_train.labels import Labels
from inkwatch_train.mixture import Bank, Crops
from inkwatch_train.network import build_network, multiply_adds
from inkwatch_train.recipe import Recipe, Schedule

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder and the files in it."""

    folder: Path

    @property
    def model(self) -> Path:
        """The best model so far, by validation loss."""
        return self.folder / "model.keras"

    @property
    def labels(self) -> Path:
        """The classes, in the order of the outputs."""
        return self.folder / "labels.json"

    @property
    def recipe(self) -> Path:
        """A copy of the recipe, to notice that it changed under a resumed run."""
        return self.folder / "recipe.json"

    @property
    def history(self) -> Path:
        """Loss and accuracy, a row an epoch."""
        return self.folder / "history.csv"

    @property
    def resume(self) -> Path:
        """What a resumed run goes on from."""
        return self.folder / "resume"

    @property
    def done(self) -> Path:
        """Stands when training has ended."""
        return self.folder / "done"


def fit(
    recipe: Recipe, run: Run, banks: Sequence[Bank], validation: Crops, labels: Labels
) -> keras.Sequential:
    """Train to the recipe's end, or go on with what an earlier call began.

    Returns:
        The model of the epoch with the lowest validation loss, loaded from the run folder.

    Raises:
        DataError: the folder holds a run of another recipe.
    """
    _claim(run, recipe, labels)
    if not run.done.exists():
        _train(recipe, run, banks, validation, labels)
        run.done.touch()
    model: keras.Sequential = keras.saving.load_model(run.model)
    return model


def read_history(run: Run) -> list[dict[str, float]]:
    """Return the learning curve so far: a row an epoch, `epoch` counted from 0."""
    if not run.history.exists():
        return []
    with run.history.open(newline="") as file:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]
    # An epoch that was cut short after it was logged is logged again: the later row holds.
    return list({row["epoch"]: row for row in rows}.values())


def _claim(run: Run, recipe: Recipe, labels: Labels) -> None:
    run.folder.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(recipe))
    if run.recipe.exists() and run.recipe.read_bytes() != text:
        raise DataError(
            f"{run.folder} was begun with another recipe. Give this one a folder of its own with "
            "--run, or start afresh with --fresh."
        )
    run.recipe.write_bytes(text)
    run.labels.write_bytes(msgspec.json.encode(labels.classes))


def _train(
    recipe: Recipe, run: Run, banks: Sequence[Bank], validation: Crops, labels: Labels
) -> None:
    keras.utils.set_random_seed(recipe.seed)
    schedule = recipe.schedule
    history = read_history(run)
    model = build_network(recipe.network, len(labels.classes))
    model.compile(
        optimizer=keras.optimizers.AdamW(_rate(schedule), weight_decay=schedule.weight_decay),
        loss=loss.EitherCaseCrossEntropy(schedule.label_smoothing),
        metrics=[loss.accuracy],
        jit_compile=False,  # XLA on a CPU was measured to be 2.5 times slower
    )
    _log.info(
        "%s parameters, %.1f M multiply-adds a crop, %d epochs of %s crops",
        f"{model.count_params():,}",
        multiply_adds(model) / 1e6,
        schedule.epochs,
        f"{schedule.batches_per_epoch * schedule.batch_size:,}",
    )
    best = min((row["val_loss"] for row in history), default=float("inf"))
    model.fit(
        Batches(banks, labels, recipe, first_epoch=len(history)),
        epochs=schedule.epochs,
        validation_data=(
            as_input(validation.crops),
            labels.targets([str(label) for label in validation.labels], validation.folded),
        ),
        validation_batch_size=512,
        callbacks=[
            # Order matters: the log and the best model must stand before the epoch counts as done.
            keras.callbacks.CSVLogger(str(run.history), append=True),
            keras.callbacks.ModelCheckpoint(
                str(run.model),
                monitor="val_loss",
                save_best_only=True,
                initial_value_threshold=best if np.isfinite(best) else None,
            ),
            keras.callbacks.EarlyStopping(patience=schedule.patience_epochs, verbose=1),
            keras.callbacks.BackupAndRestore(str(run.resume), delete_checkpoint=False),
        ],
        verbose="auto",
    )


def _rate(schedule: Schedule) -> keras.optimizers.schedules.LearningRateSchedule:
    """Rise linearly, then fall as a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983)."""
    steps = schedule.epochs * schedule.batches_per_epoch
    warmup = max(1, round(schedule.warmup_epochs * schedule.batches_per_epoch))
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=schedule.learning_rate / 25,
        warmup_target=schedule.learning_rate,
        warmup_steps=warmup,
        decay_steps=max(1, steps - warmup),
        alpha=0.01,
    )
