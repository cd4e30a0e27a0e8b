"""Trains a model of lines in a run folder; killed at any time, it goes on from the last epoch."""

import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras

from inkwatch.errors import DataError, OutputError
from inkwatch_train.lines.alphabet import BLANK
from inkwatch_train.lines.feed import Feed
from inkwatch_train.lines.network import build_line_network, multiply_adds
from inkwatch_train.lines.recipe import LineRecipe, LineSchedule
from inkwatch_train.lines.score import error_rate, read_lines
from inkwatch_train.lines.source import LabelledLine
from inkwatch_train.lines.warm_start import LINES_TO_SETTLE, begin_with
from inkwatch_train.rate import warmed_cosine
from inkwatch_train.resume import KeepBest, KeepLast, read_rows, restore, rows_of
from inkwatch_train.run import Run, claim

_log = logging.getLogger(__name__)

_CHOSEN_BY = "val_cer"
_MOST_NORM = 5.0


def fit_lines(
    recipe: LineRecipe,
    run: Run,
    validation: Mapping[str, Sequence[LabelledLine]],
    *,
    data: Path | None = None,
    fonts: Path | None = None,
) -> None:
    """Train to the recipe's end, or go on with what an earlier call began.

    Keras may run on TensorFlow or on PyTorch (`KERAS_BACKEND=torch`), which is nearly twice as
    fast where the processor multiplies bfloat16.

    Args:
        recipe: what is trained.
        run: the folder; its `best.weights.h5` is of the epoch with the lowest error rate.
        validation: sets of lines that training never sees; the first chooses the best epoch.
        data: the data folder, as of `open_line_sources`, as are `fonts`.
        fonts: where the fonts were fetched to.

    Raises:
        BundleError: what training begins with is neither a run nor a bundle of lines.
        DataError: the folder holds a run of another recipe, or a damaged one; or training cannot
            begin with what it should, see `begin_with`.
        OutputError: the folder cannot be written.
    """
    claim(run, recipe)
    if run.done.exists():
        return
    try:
        _train(recipe, run, validation, (data, fonts))
        run.done.touch()
    except OSError as error:
        raise OutputError(
            f"The run cannot be written to {run.folder}: {error}. Make room; the same command "
            "then goes on from the last whole epoch."
        ) from error


def _train(
    recipe: LineRecipe,
    run: Run,
    validation: Mapping[str, Sequence[LabelledLine]],
    places: tuple[Path | None, Path | None],
) -> None:
    keras.utils.set_random_seed(recipe.seed)
    schedule = recipe.schedule
    if keras.backend.backend() == "torch":
        keras.config.set_dtype_policy("mixed_bfloat16")
    model = build_line_network(recipe.network)
    model.compile(
        optimizer=keras.optimizers.AdamW(
            _rate(schedule), weight_decay=schedule.weight_decay, global_clipnorm=_MOST_NORM
        ),
        loss=ctc_loss,
        jit_compile=False,
    )
    _log.info(
        "%s parameters, %.0f M multiply-adds for 512 columns",
        f"{model.count_params():,}",
        multiply_adds(model, 512) / 1e6,
    )
    if recipe.start_from is not None and not run.last.exists():
        # A network is settled by lines like those that it is measured on, of all sets.
        some = [line for each in validation.values() for line in each[:LINES_TO_SETTLE]]
        begin_with(model, recipe.start_from, recipe, some)
    done = restore(model, run.last, schedule.batches_per_epoch)
    history = rows_of(run.history, done)
    best = _KeepBestWeights(run.best_weights, schedule.epochs, history)
    if done and best.epoch == done - 1:
        best.save(model)  # the run may have been killed before it was
    with Feed(recipe, first_epoch=done, data=places[0], fonts=places[1]) as feed:
        model.fit(
            feed.batches(),
            steps_per_epoch=schedule.batches_per_epoch,
            epochs=schedule.epochs,
            initial_epoch=done,
            callbacks=[
                ErrorRates(validation),
                keras.callbacks.CSVLogger(str(run.history), append=True),
                KeepLast(run.last),
                best,
            ],
            verbose=1 if sys.stderr.isatty() else 2,
        )


def rates_of(run: Run) -> dict[str, float]:
    """The error rates of the best epoch: `cer_<set>` for each set of validation lines."""
    rows = read_rows(run.history)
    if not rows:
        raise DataError(f"{run.history} tells of no epoch. Train again with --fresh.")
    best = min(rows, key=lambda row: row[_CHOSEN_BY])
    return {name: rate for name, rate in best.items() if name.startswith("cer_")}


class ErrorRates(keras.callbacks.Callback):  # type: ignore[misc]
    """Measures the error rate of some sets of lines after each epoch, into the log."""

    def __init__(self, sets: Mapping[str, Sequence[LabelledLine]]) -> None:
        super().__init__()
        self._sets = sets

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Read all sets; the first set's rate also stands as `val_cer`."""
        del epoch
        if logs is None:
            return
        for place, (name, lines) in enumerate(self._sets.items()):
            rate = error_rate(read_lines(self.model, lines), [line.text for line in lines])
            logs[f"cer_{name}"] = rate
            if place == 0:
                logs[_CHOSEN_BY] = rate


class _KeepBestWeights(KeepBest):
    """Keeps weights instead of a model, which would keep the training's own layers."""

    monitor = _CHOSEN_BY

    def save(self, model: keras.Model) -> None:
        part = self._path.with_name("part.weights.h5")
        model.save_weights(part)
        part.replace(self._path)


def ctc_loss(target: Any, logits: Any) -> Any:
    """Give each line's loss by connectionist temporal classification, by its length.

    Graves et al. 2006, doi:10.1145/1143844.1143891.

    Args:
        target: `(N, L)` outputs' numbers, filled up with the blank's.
        logits: `(N, T, OUTPUTS)`; each line must have the steps that its text needs.

    Returns:
        `(N,)` nats a character.
    """
    ops = keras.ops
    target = ops.cast(target, "int32")
    lengths = ops.sum(ops.cast(target != BLANK, "int32"), axis=1)
    steps = ops.full((ops.shape(logits)[0],), ops.shape(logits)[1], dtype="int32")
    loss = ops.ctc_loss(target, logits, lengths, steps, mask_index=BLANK)
    return loss / ops.maximum(ops.cast(ops.mean(lengths), "float32"), 1.0)


def _rate(schedule: LineSchedule) -> keras.optimizers.schedules.LearningRateSchedule:
    """The recipe's, down to 2 % of its height."""
    return warmed_cosine(
        schedule.learning_rate,
        steps=schedule.epochs * schedule.batches_per_epoch,
        warmup_steps=round(schedule.warmup_epochs * schedule.batches_per_epoch),
        last_share=0.02,
    )
