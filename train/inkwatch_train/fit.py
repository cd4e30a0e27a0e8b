"""Trains a recipe in a run folder; killed at any time, it goes on from the last whole epoch."""

import logging
import sys
import zipfile
from collections.abc import Sequence

import keras
import msgspec
import numpy as np

from inkwatch.errors import DataError, OutputError
from inkwatch_train import loss
from inkwatch_train.batches import Batches, as_input
from inkwatch_train.bundle_weights import BundleWeights
from inkwatch_train.labels import Labels
from inkwatch_train.mixture import Bank, Crops, draw_crops
from inkwatch_train.network import build_network, multiply_adds
from inkwatch_train.rate import warmed_cosine
from inkwatch_train.recipe import Recipe, Schedule
from inkwatch_train.resume import KeepBest, KeepLast, read_rows, restore, rows_of
from inkwatch_train.run import Run, claim
from inkwatch_train.warm_start import CROPS as START_CROPS
from inkwatch_train.warm_start import warm_start

_log = logging.getLogger(__name__)

_START_STREAM = (1 << 30) + 1
"""Chance of its own, so that what settles the start is no batch of the training."""


def fit(
    recipe: Recipe,
    run: Run,
    banks: Sequence[Bank],
    validation: Crops,
    labels: Labels,
    *,
    start: BundleWeights | None = None,
) -> keras.Sequential:
    """Train to the recipe's end, or go on with what an earlier call began.

    Args:
        recipe: what is trained; its network must be that of `start`.
        run: the folder.
        banks: the glyphs to train on.
        validation: crops that training never sees.
        labels: the classes.
        start: weights to begin with; None begins at random.

    Returns:
        The model of the epoch with the lowest validation loss, loaded from the run folder.

    Raises:
        DataError: the folder holds a run of another recipe, or a damaged one; or the validation
            loss was never a number.
        OutputError: the folder cannot be written.
    """
    claim(run, recipe, {run.labels: msgspec.json.encode(labels.classes)})
    if not run.done.exists():
        try:
            _train(recipe, run, banks, validation, labels, start=start)
        except OSError as error:
            raise OutputError(
                f"The run cannot be written to {run.folder}: {error}. Make room; the same command "
                "then goes on from the last whole epoch."
            ) from error
        if not run.model.exists():
            raise DataError(
                f"The training of '{recipe.name}' ran away: no epoch had a validation loss that "
                "is a number. Lower learning_rate in the recipe, then use --fresh."
            )
        run.done.touch()
    try:
        model: keras.Sequential = keras.saving.load_model(run.model)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise DataError(
            f"{run.model} is missing or damaged, though the training had ended. "
            "Train anew with --fresh."
        ) from error
    return model


def read_history(run: Run) -> list[dict[str, float]]:
    """Return the learning curve so far: a row an epoch, `epoch` counted from 0."""
    return read_rows(run.history)


def _train(
    recipe: Recipe,
    run: Run,
    banks: Sequence[Bank],
    validation: Crops,
    labels: Labels,
    *,
    start: BundleWeights | None,
) -> None:
    keras.utils.set_random_seed(recipe.seed)
    schedule = recipe.schedule
    model = build_network(recipe.network, len(labels.classes))
    if start is not None and not run.last.exists():
        rng = np.random.default_rng([recipe.seed, _START_STREAM])
        warm_start(model, start, labels, draw_crops(banks, START_CROPS, rng, recipe))
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
    done = restore(model, run.last, schedule.batches_per_epoch)
    history = rows_of(run.history, done)
    best = KeepBest(run.model, schedule.patience_epochs, history)
    if done:
        _log.info("%d of %d epochs are done; going on.", done, schedule.epochs)
        if best.epoch == done - 1:
            best.save(model)  # the run may have been killed before it was
        if best.is_stale(done - 1):
            return
    model.fit(
        Batches(banks, labels, recipe, first_epoch=done),
        epochs=schedule.epochs,
        initial_epoch=done,
        validation_data=(
            as_input(validation.crops),
            labels.targets([str(label) for label in validation.labels], validation.folded),
        ),
        validation_batch_size=512,
        callbacks=[
            # Order matters: see resume.py. The log comes first, what depends on it last.
            keras.callbacks.CSVLogger(str(run.history), append=True),
            KeepLast(run.last),
            best,
        ],
        verbose=1 if sys.stderr.isatty() else 2,  # a bar, or in a log one line an epoch
    )


def _rate(schedule: Schedule) -> keras.optimizers.schedules.LearningRateSchedule:
    """The recipe's, down to 1 % of its height."""
    return warmed_cosine(
        schedule.learning_rate,
        steps=schedule.epochs * schedule.batches_per_epoch,
        warmup_steps=round(schedule.warmup_epochs * schedule.batches_per_epoch),
        last_share=0.01,
    )
