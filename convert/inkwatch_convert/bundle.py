"""From a quantised model and its figures to a bundle on disk."""

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import msgspec
import numpy as np

from inkwatch import __version__
from inkwatch.errors import OutputError
from inkwatch.recognise.bundle import CARD_FILE, MODEL_FILE, Bundle, load_bundle
from inkwatch.recognise.card import CHARACTERS, FORMAT, Card, Golden, Tensor, encode_card
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.open_model import open_model
from inkwatch.recognise.runtime import Runtime
from inkwatch_convert.run_folder import Crops, RunCard

OPEN_LICENCE = (
    "Apache-2.0 for the weights, which may be given away freely; the data that they were trained "
    "on and its licences are under sources."
)
RESEARCH_LICENCE = (
    "For research only: some of the data under sources may not be used freely, so neither may "
    "the weights."
)

_TOOLS = ("tensorflow", "tensorflow-cpu", "keras", "numpy", "opencv-python-headless")
_GOLDEN_FROM = 256


@dataclass(frozen=True, slots=True)
class Draft:
    """A bundle in the making: nothing of it is on disk."""

    card: Card
    model: bytes

    @property
    def bundle(self) -> Bundle:
        """The bundle as the device will load it."""
        return Bundle(Path(self.card.name), self.card, self.model)

    def classifier(self, runtime: Runtime) -> Classifier:
        """Run a model of characters as the device will run it."""
        return Classifier(self.bundle, runtime=runtime)


def draft_bundle(
    run: RunCard,
    name: str,
    model: bytes,
    runtime: Runtime,
    *,
    labels: Sequence[str],
    engine: str = CHARACTERS,
) -> Draft:
    """Describe the model; temperature, figures and golden crop are still to be measured."""
    interpreter = runtime.open(model)
    card = Card(
        format=FORMAT,
        name=name,
        engine=engine,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        labels=list(labels),
        crop=run.crop,
        input=Tensor.of(interpreter.get_input_details()[0]),
        output=Tensor.of(interpreter.get_output_details()[0]),
        temperature=1.0,
        terms=run.terms,
        licence=run.licence or (OPEN_LICENCE if run.terms == "open" else RESEARCH_LICENCE),
        sources=run.sources,
        recipe=run.recipe,
        figures={},
        report=run.report,
        tools=_tool_versions() | {runtime.name: runtime.version},
        model_sha256=hashlib.sha256(model).hexdigest(),
        model_bytes=len(model),
        golden=Golden(b"", b""),
    )
    return Draft(card, model)


def finish_draft(
    draft: Draft,
    classifier: Classifier,
    crops: Crops,
    temperature: float,
    figures: dict[str, dict[str, float]],
) -> Draft:
    """Add what was measured, and a golden crop taken from `crops`, `(N, 32, 32)` uint8."""
    first = crops[:_GOLDEN_FROM]
    outputs = classifier.outputs(first)
    # The more the outputs differ among themselves, the less a fault can hide in them.
    best = int(np.argmax([len(np.unique(row)) for row in outputs]))
    card = msgspec.structs.replace(
        draft.card,
        temperature=temperature,
        figures=figures,
        golden=Golden(first[best].tobytes(), outputs[best].tobytes()),
    )
    return Draft(card, draft.model)


def write_bundle(draft: Draft, to: Path, runtime: Runtime) -> None:
    """Write the bundle's folder, whole or not at all.

    It is written beside `to`, loaded and run from there, and only then takes the place of what
    was at `to`.

    Raises:
        OutputError: the folder cannot be written, or holds something that is not a bundle.
        BundleError: what was written does not load; nothing was replaced.
    """
    to = to.absolute()
    _refuse_other_content(to)
    fresh = to.with_name(f".{to.name}.{os.getpid()}.new")
    old = to.with_name(f".{to.name}.{os.getpid()}.old")
    try:
        fresh.mkdir(parents=True)
        _write(fresh / MODEL_FILE, draft.model)
        _write(fresh / CARD_FILE, encode_card(draft.card))
        open_model(load_bundle(fresh, draft.card.engine), runtime).check_golden()
        if to.exists():
            to.rename(old)
        try:
            fresh.rename(to)
        except OSError:
            if old.exists():
                old.rename(to)
            raise
    except OSError as error:
        raise OutputError(f"The bundle cannot be written to {to}: {error.strerror}.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
        if to.exists():
            shutil.rmtree(old, ignore_errors=True)


def _refuse_other_content(to: Path) -> None:
    if not to.exists():
        return
    if not to.is_dir():
        raise OutputError(f"{to} is a file; name a folder for the bundle with --to.")
    other = sorted(path.name for path in to.iterdir() if path.name not in (MODEL_FILE, CARD_FILE))
    if other:
        raise OutputError(
            f"{to} holds more than a bundle ({other[0]}); name another folder with --to."
        )


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _tool_versions() -> dict[str, str]:
    versions = {"inkwatch": __version__}
    for package in _TOOLS:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions
