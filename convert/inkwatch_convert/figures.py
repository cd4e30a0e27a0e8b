"""What an evaluation measured, written into a bundle's card."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from inkwatch.errors import DataError, OutputError
from inkwatch.recognise.bundle import CARD_FILE, load_bundle
from inkwatch.recognise.card import Card, encode_card

KEEP = "val"
"""Figures of conversion itself, `val` and `val/...`, stay: evaluations know nothing of them."""


class Evaluation(msgspec.Struct, frozen=True):
    """`evaluation.json` of `inkwatch-train evaluate --report`: by data set, by question."""

    bundle: str
    model_sha256: str
    figures: dict[str, dict[str, dict[str, float]]]


def add_figures(folder: Path, evaluations: Sequence[Path]) -> Card:
    """Put evaluations' figures in the place of those that the card has of data sets.

    Args:
        folder: the bundle's folder.
        evaluations: `evaluation.json` files of that very bundle; of a data set that several
            tell of, the last holds.

    Returns:
        The card as it was written.

    Raises:
        BundleError: the bundle is damaged.
        DataError: an evaluation cannot be read, or is of another model.
        OutputError: the card cannot be written.
    """
    bundle = load_bundle(folder, engine=None)
    measured: dict[str, dict[str, float]] = {}
    for evaluation in evaluations:
        told = _read(evaluation)
        if told.model_sha256 != bundle.card.model_sha256:
            raise DataError(
                f"{evaluation} tells of another model than the one in {folder}. Evaluate this one."
            )
        measured |= flat_figures(told.figures)
    kept = {
        name: figures
        for name, figures in bundle.card.figures.items()
        if name == KEEP or name.startswith(f"{KEEP}/")
    }
    card = msgspec.structs.replace(bundle.card, figures=measured | kept)
    path = folder / CARD_FILE
    part = path.with_name(f".{CARD_FILE}.{os.getpid()}")
    try:
        part.write_bytes(encode_card(card))
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}.") from error
    return card


def _read(evaluation: Path) -> Evaluation:
    try:
        return msgspec.json.decode(evaluation.read_bytes(), type=Evaluation)
    except OSError as error:
        raise DataError(f"{evaluation} cannot be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise DataError(
            f"{evaluation} is no evaluation of a bundle: {error}. Make it with inkwatch-train "
            "evaluate BUNDLE ... --report DIR."
        ) from error


def flat_figures(
    by_task: dict[str, dict[str, dict[str, float]]],
) -> dict[str, dict[str, float]]:
    """Bring figures into the card's form: one table a data set and question.

    `{"paper62/val": {"digits": {...}}}` becomes `{"paper62/val digits": {...}}`.
    """
    return {
        f"{name} {task}": {key: round(value, 5) for key, value in figures.items()}
        for name, tasks in by_task.items()
        for task, figures in tasks.items()
    }
