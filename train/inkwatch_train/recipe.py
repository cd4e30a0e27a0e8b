"""A recipe: everything that makes a model, in one TOML file that can be read in one sitting."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from inkwatch.errors import DataError
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch_train.alphabet import ALPHANUMERIC, PUNCTUATION
from inkwatch_train.augment.settings import Augment

Decoded = TypeVar("Decoded")

Positive = Annotated[int, msgspec.Meta(gt=0)]


class DataItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One source of the mixture.

    `source` is a name as `inkwatch-train data show` lists or takes them, or `fonts-print`,
    `fonts-joined` or `hershey`. `weight` is its share of each batch against the other sources'.
    `limit` takes at most so many training samples. `leave_out` lists samples that somebody looked
    at and found mislabelled: their places in the source, counted from 0.
    """

    source: str
    weight: Annotated[float, msgspec.Meta(gt=0, le=1e6)] = 1.0
    limit: Positive | None = None
    leave_out: list[Annotated[int, msgspec.Meta(ge=0)]] = msgspec.field(default_factory=list)


class Network(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A plain stack of 3x3 convolutions: `stages[i]` lists the widths before the i-th pooling.

    `stem`, where given, is the width of a 5x5 convolution with stride 2 before all of them: the
    full 32x32 pixels cost more time than they tell. Five halvings bring 32 pixels down to one,
    so there can be no sixth.
    """

    stem: Positive | None = None

    stages: Annotated[list[list[Positive]], msgspec.Meta(max_length=5)] = msgspec.field(
        default_factory=lambda: [[20], [40, 40], [80, 80]]
    )
    dense: Positive = 128
    dropout: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.3

    def __post_init__(self) -> None:
        if self.stem is not None and len(self.stages) > 4:
            raise ValueError("with a stem there can be four stages at most")


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long and how fast.

    The rate rises for `warmup_epochs`, then falls as a cosine to 1 % of `learning_rate`.
    """

    epochs: Positive = 40
    batches_per_epoch: Positive = 200
    batch_size: Positive = 256
    learning_rate: Annotated[float, msgspec.Meta(gt=0, le=10)] = 2e-3
    weight_decay: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1e-3
    warmup_epochs: Annotated[float, msgspec.Meta(ge=0, le=1e6)] = 1.0
    label_smoothing: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.05
    patience_epochs: Positive = 12


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file.

    `start_from` names a bundle, or a bundle's folder with a slash in it, whose weights training
    begins with; the network is then the bundle's, and of `network` only the dropout counts.
    `class_balance` is the power of a class's count that its share follows: 1
    leaves the data as it is, 0 makes all classes of a source equally frequent. `reject` is the
    share of each batch that are wrong cuts, for a class of their own; 0 leaves the class out.
    """

    name: str
    terms: Literal["open", "research"] = "open"
    start_from: str | None = None
    alphabet: str = ALPHANUMERIC + PUNCTUATION
    seed: Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)] = 1
    data: list[DataItem]
    class_balance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.3
    reject: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.0
    val_limit_per_source: Positive = 4000
    network: Network = msgspec.field(default_factory=Network)
    augment: Augment = msgspec.field(default_factory=Augment)
    schedule: Schedule = msgspec.field(default_factory=Schedule)

    def __post_init__(self) -> None:
        if len(set(self.alphabet)) < 3:
            raise ValueError("the alphabet needs at least three characters")
        if NOT_A_CHARACTER in self.alphabet:
            raise ValueError("U+FFFD stands for what is no character: use reject instead")
        check_recipe(self.name, self.data)


def check_recipe(name: str, data: Sequence[object]) -> None:
    """Hold what every kind of recipe must have against it.

    Raises:
        ValueError: there is no data, or the name could not be a folder's.
    """
    if not data:
        raise ValueError("a recipe needs at least one data source")
    if not name.replace("-", "").replace("_", "").isalnum():
        raise ValueError("the name may hold letters, digits, '-' and '_' only")


def load_recipe(path: Path) -> Recipe:
    """Read a recipe file.

    Raises:
        DataError: the file is missing, not TOML, or holds what no recipe has; the message names
            the file and the key.
    """
    return decode_recipe(path, Recipe, like="chars.toml")


def decode_recipe(path: Path, kind: type[Decoded], *, like: str) -> Decoded:
    """Read a recipe file of some kind; `like` is one that is right, for the errors.

    Raises:
        DataError: as of `load_recipe`.
    """
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}. Recipes lie in train/recipes/.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}. Compare it with train/recipes/{like}.") from error
