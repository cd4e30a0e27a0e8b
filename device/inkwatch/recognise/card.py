"""A model bundle's card: what the model is, what it was made from, how well it reads.

`card.json` stands beside `model.tflite`. The device reads it before the model and refuses
what does not fit; people read it to know what they run.
"""

import msgspec

FORMAT = "inkwatch-bundle/1"


class Crop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which normalisation the model was trained on: `recognise.crop`'s version and size."""

    version: int
    size: int


class Tensor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A model's input or output: `real = scale * (stored - zero_point)`.

    `shape` has the batch first, as 1; `dtype` is `int8`.
    """

    dtype: str
    shape: tuple[int, ...]
    scale: float
    zero_point: int


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Data that the model was trained on; `images` counts what went into training."""

    name: str
    licence: str
    images: int


class Golden(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A crop with the outputs it must give, to catch a runtime that miscalculates.

    `crop` is `size * size` uint8 pixels, row-major; `output` the int8 outputs as uint8 bytes
    (base64 in JSON).
    """

    crop: bytes
    output: bytes


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole card.

    `labels[i]` is the character of output `i`. `temperature` divides the logits before the
    softmax (Guo et al. 2017, arXiv:1706.04599). `terms` is `open` or `research`.
    `figures` maps a data set's name to measured figures, such as `{"paper62/val":
    {"accuracy": 0.9, "n": 578}}`; `report` holds the four that such projects quote.
    """

    format: str
    name: str
    engine: str
    created: str
    labels: list[str]
    crop: Crop
    input: Tensor
    output: Tensor
    temperature: float
    terms: str
    licence: str
    sources: list[Source]
    recipe: str
    figures: dict[str, dict[str, float]]
    report: dict[str, float]
    tools: dict[str, str]
    model_sha256: str
    model_bytes: int
    golden: Golden
