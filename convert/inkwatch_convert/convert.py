"""The whole conversion, step by step: a training run in, a bundle out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkwatch.recognise.quantise import Float32
from inkwatch.recognise.runtime import find_runtime
from inkwatch_convert.answers import Answers, answers_of
from inkwatch_convert.bundle import Draft, draft_bundle, finish_draft, write_bundle
from inkwatch_convert.parity import Parity, compare, require_parity
from inkwatch_convert.run_folder import MODEL_FILE, Crops, Run
from inkwatch_convert.temperature import (
    calibration_error,
    fit_temperature,
    negative_log_likelihood,
)
from inkwatch_convert.tflite import load_keras, quantise_model, require_int8

MAX_LOSS_POINTS = 0.5
"""Percentage points of accuracy that int8 may lose unless told otherwise."""

_SPLIT_SEED = 0


def convert(
    run: Run,
    to: Path,
    name: str,
    *,
    max_loss_points: float = MAX_LOSS_POINTS,
    tell: Callable[[str], None] = lambda _: None,
) -> Draft:
    """Quantise the run's model, measure what that costs, and write the bundle to `to`.

    Args:
        run: from `load_run`.
        to: the bundle's folder; a bundle that is there is replaced as a whole.
        name: what the card calls the bundle.
        max_loss_points: percentage points of accuracy that int8 may lose.
        tell: takes one line of progress at a time.

    Returns:
        What was written.

    Raises:
        ParityError: int8 loses more than that; nothing was written.
        DataError: the model is not what the trainer writes, or has no int8 form.
        OutputError: the bundle cannot be written.
        MissingPackageError: TensorFlow or a TFLite runtime is missing.
    """
    runtime = find_runtime()
    keras_model = load_keras(run.path / MODEL_FILE, len(run.labels))
    tell(f"Quantising with {len(run.representative)} representative crops ...")
    model = quantise_model(keras_model, run.representative)
    require_int8(model, runtime)
    draft = draft_bundle(run.card, name, model, runtime, labels=run.labels)
    classifier = draft.classifier(runtime)

    validation = run.validation
    tell(f"Reading {len(validation.crops)} validation crops with both models ...")
    int8_logits = classifier.logits(validation.crops)
    float_logits = predict(keras_model, validation.crops)
    answers = answers_of(validation, run.labels)
    parity = compare(float_logits, int8_logits, answers, run.labels, validation.sources)
    for line in parity_lines(parity):
        tell(line)
    require_parity(parity, max_loss_points)

    temperature, calibration = calibrate(int8_logits, answers, validation.sources)
    tell(
        f"Temperature {temperature:g}: calibration error {calibration['ece']:.4f}, "
        f"without it {calibration['ece_uncalibrated']:.4f}"
    )
    figures = parity.figures | {"val/calibration": calibration}
    draft = finish_draft(draft, classifier, validation.crops, temperature, figures)
    write_bundle(draft, to, runtime)
    return draft


def predict(keras_model: Any, crops: Crops) -> Float32:
    """Run the float model: `(N, 32, 32)` uint8 to `(N, L)` float32 logits."""
    batch = 512
    parts = [
        np.asarray(
            keras_model(
                crops[start : start + batch, ..., np.newaxis] / np.float32(255), training=False
            ),
            np.float32,
        )
        for start in range(0, len(crops), batch)
    ]
    return np.concatenate(parts)


def calibrate(
    logits: Float32, answers: Answers, sources: npt.NDArray[np.str_]
) -> tuple[float, dict[str, float]]:
    """Fit the temperature on one half of the crops and measure on the other.

    While fitting, each of the `sources` (`(N,)` str) counts the same: thousands of easy digits
    must not settle how sure the model is of a few hundred letters.

    Returns:
        The temperature, and the figures of the half that it was not fitted on: `n`, `ece` (the
        expected calibration error), `nll`, and both with `_uncalibrated` for temperature 1.
    """
    rows = np.random.default_rng(_SPLIT_SEED).permutation(len(logits))
    half = max(1, len(rows) // 2)
    # A single crop is both halves; with so few, the figures say so by their n.
    fit, test = rows[:half], rows[half:] if len(rows) > 1 else rows
    _, which, counts = np.unique(sources[fit], return_inverse=True, return_counts=True)
    temperature = fit_temperature(logits[fit], answers.take(fit), 1.0 / counts[which])
    held_out = answers.take(test)
    scaled = logits[test] / np.float32(temperature)
    return temperature, {
        "n": len(test),
        "ece": round(calibration_error(scaled, held_out), 5),
        "ece_uncalibrated": round(calibration_error(logits[test], held_out), 5),
        "nll": round(negative_log_likelihood(scaled, held_out), 5),
        "nll_uncalibrated": round(negative_log_likelihood(logits[test], held_out), 5),
    }


def parity_lines(parity: Parity) -> list[str]:
    """Say the comparison in lines for people."""
    lines = [
        f"{name}: float {100 * score.float_accuracy:.2f} %, int8 "
        f"{100 * score.int8_accuracy:.2f} % of {score.n}"
        for name, score in (*parity.by_source.items(), ("all", parity.overall))
    ]
    lines.append(f"Both models agree on {100 * parity.agreement:.2f} %")
    if parity.worst_class:
        drop = parity.by_class[parity.worst_class].loss_points
        lines.append(f"Largest drop of a class: '{parity.worst_class}', {drop:.2f} points")
    return lines
