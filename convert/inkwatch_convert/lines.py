"""A training run of lines in, a bundle out: quantised, compared, calibrated."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError, ParityError
from inkwatch.recognise.card import LINES, NOT_A_CHARACTER, Golden
from inkwatch.recognise.line_image import LINE_HEIGHT, LINE_VERSION
from inkwatch.recognise.line_model import LineModel
from inkwatch.recognise.runtime import find_runtime
from inkwatch_convert.bundle import Draft, draft_bundle, write_bundle
from inkwatch_convert.host import load_tensorflow
from inkwatch_convert.run_folder import RunCard, read_arrays, read_json
from inkwatch_convert.tflite import quantise_model, require_int8
from inkwatch_train.run import Run

MAX_LOSS_POINTS = 0.3
"""Percentage points of character error rate that int8 may lose unless told otherwise."""

Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class LineRun:
    """A training run of lines.

    `representative` is `(N, 48, W)` uint8, pieces of the width that the device reads; `lines` are
    those of validation, `(48, W)` each, with their `texts`, and `sources` that they come from.
    """

    path: Path
    card: RunCard
    representative: Grey
    lines: tuple[Grey, ...]
    texts: tuple[str, ...]
    sources: tuple[str, ...]


def is_line_run(path: Path) -> bool:
    """Whether a folder holds a run of lines, not of characters."""
    return Run(path).best_weights.is_file()


def load_line_run(path: Path) -> LineRun:
    """Read everything but the model.

    Raises:
        DataError: a file is missing, damaged, or of another version; the message names it.
    """
    card = read_json(path / "run.json", RunCard)
    if (card.crop.version, card.crop.size) != (LINE_VERSION, LINE_HEIGHT):
        raise DataError(
            f"{path / 'run.json'}: trained on lines of version {card.crop.version} and size "
            f"{card.crop.size}, this Inkwatch makes version {LINE_VERSION} and size {LINE_HEIGHT}. "
            "Train the model anew."
        )
    representative = read_arrays(path / "representative.npz", ("crops",))["crops"]
    arrays = read_arrays(path / "validation.npz", ("pixels", "widths", "texts", "sources"))
    ends = np.cumsum(arrays["widths"])
    counts = {len(arrays[name]) for name in ("widths", "texts", "sources")}
    whole = len(counts) == 1 and len(ends) > 0 and ends[-1] == arrays["pixels"].shape[1]
    if representative.ndim != 3 or not whole:
        raise DataError(f"{path}: its lines are not what the trainer writes. Train again.")
    return LineRun(
        path,
        card,
        representative,
        tuple(np.split(arrays["pixels"], ends[:-1], axis=1)),
        tuple(arrays["texts"].tolist()),
        tuple(arrays["sources"].tolist()),
    )


def convert_lines(
    run: LineRun,
    to: Path,
    name: str,
    *,
    max_loss_points: float = MAX_LOSS_POINTS,
    tell: Callable[[str], None] = lambda _: None,
) -> Draft:
    """Quantise the run's model, measure what that costs, and write the bundle to `to`.

    Args:
        run: from `load_line_run`.
        to: the bundle's folder; a bundle that is there is replaced as a whole.
        name: what the card calls the bundle.
        max_loss_points: percentage points of character error rate that int8 may lose.
        tell: takes one line of progress at a time.

    Returns:
        What was written.

    Raises:
        ParityError: int8 loses more than that; nothing was written.
        DataError: the weights are not what the trainer writes, or an operation has no int8 form.
        OutputError: the bundle cannot be written.
        MissingPackageError: TensorFlow or a TFLite runtime is missing.
    """
    load_tensorflow()
    from inkwatch_train.lines.alphabet import LINE_ALPHABET, best_paths
    from inkwatch_train.lines.score import error_rate, read_lines
    from inkwatch_train.lines.source import LabelledLine

    runtime = find_runtime()
    trained, model = _networks(run)
    tell(f"Quantising with {len(run.representative)} representative pieces ...")
    tflite = quantise_model(model, run.representative)
    require_int8(tflite, runtime)
    labels = [*LINE_ALPHABET, NOT_A_CHARACTER]
    draft = draft_bundle(run.card, name, tflite, runtime, engine=LINES, labels=labels)
    reader = LineModel(draft.bundle, runtime=runtime)

    tell(f"Reading {len(run.lines)} validation lines with both models ...")
    by_float = read_lines(
        trained, [LabelledLine(*pair) for pair in zip(run.lines, run.texts, strict=True)]
    )
    told = reader.probabilities(run.lines)
    by_int8 = best_paths(told)
    figures: dict[str, dict[str, float]] = {}
    for source in dict.fromkeys(run.sources):
        rows = [k for k, each in enumerate(run.sources) if each == source]
        true = [run.texts[k] for k in rows]
        figures[f"val/{source}"] = {
            "n": len(rows),
            "cer": round(error_rate([by_int8[k] for k in rows], true), 5),
            "cer_float": round(error_rate([by_float[k] for k in rows], true), 5),
        }
        tell(f"{source}: " + ", ".join(f"{k} {v:g}" for k, v in figures[f"val/{source}"].items()))
    lost = 100 * (error_rate(by_int8, run.texts) - error_rate(by_float, run.texts))
    tell(f"int8 costs {lost:.2f} points of character error rate")
    if lost > max_loss_points:
        raise ParityError(
            f"The int8 model's character error rate is {lost:.2f} points above the float model's, "
            f"{max_loss_points:g} are allowed. No bundle was written. Train for longer, or allow "
            "more with --max-loss."
        )
    draft = _finished(draft, reader, run.representative, figures)
    write_bundle(draft, to, runtime)
    return draft


def _networks(run: LineRun) -> tuple[Any, Any]:
    """The trained network, and the same for pieces of one width."""
    from inkwatch_train.lines.network import build_line_network, for_device
    from inkwatch_train.lines.recipe import LineRecipe

    recipe = read_json(Run(run.path).recipe, LineRecipe)
    trained = build_line_network(recipe.network)
    weights = Run(run.path).best_weights
    try:
        trained.load_weights(weights)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{weights} does not fit the recipe's network: {error}. Train again."
        ) from error
    return trained, for_device(trained, recipe.network, run.representative.shape[2])


def _finished(
    draft: Draft, reader: LineModel, pieces: Grey, figures: dict[str, dict[str, float]]
) -> Draft:
    """Add what was measured, and the golden piece: the one whose outputs differ most."""
    outputs = [reader.outputs(piece) for piece in pieces[:64]]
    best = int(np.argmax([len(np.unique(each.argmax(axis=1))) for each in outputs]))
    card = msgspec.structs.replace(
        draft.card,
        figures=figures,
        golden=Golden.packed(pieces[best].tobytes(), outputs[best].tobytes()),
    )
    return Draft(card, draft.model)
