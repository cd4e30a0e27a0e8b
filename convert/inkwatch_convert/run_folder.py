"""What a training run leaves behind, read and checked before the slow work begins.

`runs/<name>/` holds `model.keras`, `labels.json` (the characters in the order of the model's
outputs), `run.json`, `representative.npz` and `validation.npz`.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.recognise.card import Crop, Source
from inkwatch.recognise.crop import CROP_SIZE, CROP_VERSION

MODEL_FILE = "model.keras"

Crops = npt.NDArray[np.uint8]
Decoded = TypeVar("Decoded")


class RunCard(msgspec.Struct, frozen=True):
    """`run.json`: where the model comes from. Keys that conversion does not need may be added."""

    recipe: str
    terms: Literal["open", "research"]
    licence: str
    sources: list[Source]
    report: dict[str, float]
    crop: Crop


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Labelled crops that the model was not trained on.

    `crops` is `(N, 32, 32)` uint8; `labels` and `sources` are `(N,)` str; `folded` is `(N,)`
    bool: true where the label's case is not known, so that either case is right.
    """

    crops: Crops
    labels: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]
    folded: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A training run: its folder, the characters in order, its card and its crops.

    `representative` is `(N, 32, 32)` uint8, crops of the training split.
    """

    path: Path
    labels: tuple[str, ...]
    card: RunCard
    representative: Crops
    validation: Validation


def load_run(path: Path) -> Run:
    """Read everything but the model.

    Raises:
        DataError: a file is missing, damaged, or does not fit the others; the message names it.
    """
    if not (path / MODEL_FILE).is_file():
        raise DataError(
            f"{path} is not a training run: {MODEL_FILE} is missing. "
            "Make one with inkwatch-train fit RECIPE."
        )
    labels = tuple(read_json(path / "labels.json", list[str]))
    card = read_json(path / "run.json", RunCard)
    if (card.crop.version, card.crop.size) != (CROP_VERSION, CROP_SIZE):
        raise DataError(
            f"{path / 'run.json'}: trained on crops of version {card.crop.version} and size "
            f"{card.crop.size}, this Inkwatch cuts version {CROP_VERSION} and size {CROP_SIZE}. "
            "Train the model anew."
        )
    representative = read_arrays(path / "representative.npz", ("crops",))["crops"]
    _check_crops(path / "representative.npz", representative)
    return Run(path, labels, card, representative, _read_validation(path, labels))


def _read_validation(path: Path, labels: tuple[str, ...]) -> Validation:
    file = path / "validation.npz"
    arrays = read_arrays(file, ("crops", "labels", "sources", "folded"))
    _check_crops(file, arrays["crops"])
    for name in ("labels", "sources", "folded"):
        if arrays[name].shape != (len(arrays["crops"]),):
            raise DataError(f"{file}: '{name}' does not have one entry for each crop.")
    unknown = sorted(set(arrays["labels"].tolist()) - set(labels))
    if unknown:
        raise DataError(f"{file}: labels that the model does not know: {' '.join(unknown)}")
    return Validation(
        crops=arrays["crops"],
        labels=arrays["labels"].astype(np.str_),
        sources=arrays["sources"].astype(np.str_),
        folded=arrays["folded"].astype(np.bool_),
    )


def _check_crops(file: Path, crops: npt.NDArray[Any]) -> None:
    shape = (CROP_SIZE, CROP_SIZE)
    if crops.dtype != np.uint8 or crops.ndim != 3 or crops.shape[1:] != shape or not len(crops):
        raise DataError(
            f"{file}: 'crops' must be (N, {CROP_SIZE}, {CROP_SIZE}) uint8 with N of at least 1, "
            f"it is {crops.shape} {crops.dtype}."
        )


def read_json(file: Path, kind: type[Decoded]) -> Decoded:
    """Read one of a run's JSON files.

    Raises:
        DataError: it is missing, or not what the trainer writes.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}. Train again.") from error
    except msgspec.DecodeError as error:
        raise DataError(f"{file} is not what the trainer writes: {error}. Train again.") from error


def read_arrays(file: Path, names: tuple[str, ...]) -> dict[str, npt.NDArray[Any]]:
    """Read arrays of one of a run's packs.

    Raises:
        DataError: the file is missing, damaged, or lacks one.
    """
    try:
        with np.load(file, allow_pickle=False) as pack:
            return {name: pack[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{file} is not what the trainer writes: {error}. Train again.") from error
