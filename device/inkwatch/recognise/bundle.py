"""Model bundles on disk: a folder with `model.tflite` and the `card.json` that describes it.

Bundles ship inside the package, in `models/`; the environment variable INKWATCH_MODELS may name
one more folder of them, whose bundles go before the shipped ones of the same name. The checks
find damage and mistakes, not malice: tflite-runtime trusts a model as one trusts a program.
"""

import hashlib
import os
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from inkwatch.errors import BundleError
from inkwatch.recognise.card import CHARACTERS, LINES, Card, decode_card
from inkwatch.recognise.crop import CROP_SIZE, CROP_VERSION
from inkwatch.recognise.line_image import LINE_HEIGHT, LINE_VERSION

DEFAULT_BUNDLE = "chars"
DEFAULT_LINES = "lines"
MODEL_FILE = "model.tflite"
CARD_FILE = "card.json"
MODELS_VARIABLE = "INKWATCH_MODELS"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that passed its checks: the folder it came from, its card, the model's bytes."""

    path: Path
    card: Card
    model: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The name that the card gives."""
        return self.card.name


def list_bundles() -> dict[str, Path]:
    """Find the bundles that can be loaded by name: name to folder, sorted by name."""
    found: dict[str, Path] = {}
    for root in _roots():
        for folder in sorted(root.glob("*/")):
            if (folder / CARD_FILE).is_file():
                found.setdefault(folder.name, folder)
    return dict(sorted(found.items()))


def load_bundle(name_or_path: str | Path | None = None, engine: str | None = CHARACTERS) -> Bundle:
    """Load a bundle and check that it is whole and made for this version of the crop.

    Whether the model's tensors are what the card says is checked by what runs it, since only an
    interpreter can tell.

    Args:
        name_or_path: a shipped bundle's name; or a folder, as a `Path` or as a string with a
            slash in it. None loads `chars`.
        engine: the kind of model that is wanted, `CHARACTERS` or `LINES`; None takes either.

    Raises:
        BundleError: there is none of that name, or it is damaged, of another kind or made for
            another version.
    """
    folder = find_bundle(name_or_path)
    card = read_card(folder) if engine is None else require_engine(folder, engine)
    _check_crop(card, folder)
    return Bundle(folder, card, _read_model(folder / MODEL_FILE, card))


def has_lines() -> bool:
    """Whether a bundle for whole lines is there to be taken by default."""
    return DEFAULT_LINES in list_bundles()


def find_bundle(name_or_path: str | Path | None = None) -> Path:
    """Give the folder that a name or path stands for. See `load_bundle`.

    Raises:
        BundleError: no bundle has that name.
    """
    name = DEFAULT_BUNDLE if name_or_path is None else name_or_path
    if isinstance(name, Path) or os.sep in name:
        return Path(name)
    bundles = list_bundles()
    if name in bundles:
        return bundles[name]
    known = ", ".join(bundles) or "none"
    raise BundleError(
        f"No model bundle is named '{name}' (there are: {known}). "
        f"A bundle elsewhere is named by its folder, with a slash: ./{name}"
    )


def read_card(folder: Path) -> Card:
    """Read and check the card of the bundle in `folder`, without its model.

    Raises:
        BundleError: it is missing, damaged, or of another format.
    """
    path = folder / CARD_FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BundleError(
            f"{path} cannot be read: {error.strerror}. "
            f"A bundle is a folder with {CARD_FILE} and {MODEL_FILE}."
        ) from error
    return decode_card(data, str(path))


def require_engine(folder: Path, engine: str) -> Card:
    """Read the card of the bundle in `folder`, which must be of a kind.

    Raises:
        BundleError: it is of another kind; or as of `read_card`.
    """
    card = read_card(folder)
    if card.engine != engine:
        option = "--lines-model" if card.engine == LINES else "--model"
        raise BundleError(
            f"{folder}: this bundle is for {card.engine}, not for {engine}. Name it with {option} "
            f"(in the config reading.{option[2:].replace('-', '_')})."
        )
    return card


def _roots() -> tuple[Path, ...]:
    shipped = Path(str(resources.files("inkwatch").joinpath("models")))
    extra = os.environ.get(MODELS_VARIABLE)
    return (Path(extra), shipped) if extra else (shipped,)


def _check_crop(card: Card, folder: Path) -> None:
    lines = card.engine == LINES
    known = (LINE_VERSION, LINE_HEIGHT) if lines else (CROP_VERSION, CROP_SIZE)
    if (card.crop.version, card.crop.size) == known:
        return
    raise BundleError(
        f"{folder / CARD_FILE}: the model was trained on {'lines' if lines else 'crops'} of "
        f"version {card.crop.version} and size {card.crop.size}; this Inkwatch cuts version "
        f"{known[0]} and size {known[1]}. Use a bundle made for this version, or train the model "
        "anew."
    )


def _read_model(path: Path, card: Card) -> bytes:
    try:
        size = path.stat().st_size
        if size != card.model_bytes:
            raise BundleError(
                f"{path} has {size} bytes, its card says {card.model_bytes}: it was cut short or "
                "exchanged. Install the bundle again."
            )
        model = path.read_bytes()
    except OSError as error:
        raise BundleError(
            f"{path} cannot be read: {error.strerror}. Install the bundle again."
        ) from error
    if hashlib.sha256(model).hexdigest() != card.model_sha256:
        raise BundleError(
            f"{path} is not the model that its card describes (the SHA-256 differs): it is "
            "damaged or was exchanged. Install the bundle again."
        )
    return model
