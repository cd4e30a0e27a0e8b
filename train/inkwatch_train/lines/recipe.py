"""A recipe for a model of lines: data, network and schedule, in one TOML file."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from inkwatch_train.recipe import Positive, check_recipe, decode_recipe

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class LineItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One source of lines.

    `fonts-print`, `fonts-joined` and `fonts-other` set lines in fonts of a kind, `pens-print` and
    so on write them with the fonts' strokes, `pens-people` with those of the open packs of single
    characters, `pens-tablet` with those of tablets; `iam-lines` and `iam-ondb` are real. `weight`
    is its share of each batch against the others'.
    """

    source: str
    weight: Annotated[float, msgspec.Meta(gt=0, le=1e6)] = 1.0


class LineNetwork(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How wide the parts of the network are.

    `stem` is a 5x5 convolution with stride 2; `stages` are 3x3 ones, the first of which has stride
    2, with the height halved between stages (48 rows leave room for three); `sequence` is how many
    channels the line has once its height is gone, and `dilations` one 1x5 convolution each.
    `wide` are the windows of separable convolutions, one after each of the last of these.
    """

    stem: Positive = 24
    stages: Annotated[list[list[Positive]], msgspec.Meta(min_length=3, max_length=3)] = (
        msgspec.field(default_factory=lambda: [[48, 48, 48], [80, 80], [112]])
    )
    sequence: Positive = 160
    dilations: list[Positive] = msgspec.field(default_factory=lambda: [1, 1, 2, 2, 1])
    wide: list[Positive] = msgspec.field(default_factory=lambda: [15, 15, 15])
    dropout: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0


class LineSchedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long and how fast.

    A batch holds so many lines that they have about `batch_columns` columns together, and is
    trained on so many `times`, moved a little. The rate rises for `warmup_epochs`, then falls as a
    cosine to 2 % of `learning_rate`.
    """

    epochs: Positive = 40
    batches_per_epoch: Positive = 300
    batch_columns: Positive = 16384
    times: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1
    learning_rate: Annotated[float, msgspec.Meta(gt=0, le=10)] = 2e-3
    weight_decay: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1e-3
    warmup_epochs: Annotated[float, msgspec.Meta(ge=0, le=1e6)] = 1.0


class LineRecipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file.

    `engine` tells it from a recipe of characters. `start_from` names what training begins
    with: a run's folder, or a bundle of lines by its name or folder.
    """

    engine: Literal["lines"]
    name: str
    terms: Literal["open", "research"] = "open"
    start_from: str | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)] = 1
    data: list[LineItem]
    strays: Share = 0.12
    val_lines: Positive = 600
    network: LineNetwork = msgspec.field(default_factory=LineNetwork)
    schedule: LineSchedule = msgspec.field(default_factory=LineSchedule)

    def __post_init__(self) -> None:
        check_recipe(self.name, self.data)


def load_line_recipe(path: Path) -> LineRecipe:
    """Read a recipe file.

    Raises:
        DataError: the file is missing, not TOML, or holds what no recipe has; the message names
            the file and the key.
    """
    return decode_recipe(path, LineRecipe, like="lines.toml")
