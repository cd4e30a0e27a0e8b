"""A model bundle's card: what the model is, what it was made from, how well it reads.

`card.json` stands beside `model.tflite`. The device reads it before the model and refuses
what does not fit; people read it to know what they run.
"""

import math
import zlib
from collections.abc import Iterator, Mapping
from ctypes import c_float
from typing import Any, Literal, Self

import msgspec

from inkwatch.errors import BundleError

FORMAT = "inkwatch-bundle/1"
"""The card's form; it changes whenever an older Inkwatch could not read the card."""

CHARACTERS = "characters"
"""A kind of model: one crop in, one character's logits out."""

LINES = "lines"
"""A kind of model: a piece of a line in, logits for each step along it out."""

NOT_A_CHARACTER = "\ufffd"
"""Label of the output for what holds no character: U+FFFD, Unicode's sign for what cannot be told.
Models of characters may have it, models of lines must: it is CTC's blank. It comes last."""


_MOST_GOLDEN_BYTES = 1 << 20


class Crop(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which normalisation the model was trained on.

    Version and size are those of `recognise.crop`, or of `recognise.line_image`, whose size is the
    height.
    """

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

    @staticmethod
    def of(detail: Mapping[str, Any]) -> "Tensor":
        """Describe a tensor from what TFLite's interpreter tells of it."""
        scale, zero_point = detail["quantization"]
        return Tensor(
            dtype=getattr(detail["dtype"], "__name__", str(detail["dtype"])),
            shape=tuple(int(length) for length in detail["shape"]),
            scale=float(scale),
            zero_point=int(zero_point),
        )

    def agrees(self, other: "Tensor") -> bool:
        """Whether both are the same; the scale only to float32, since JSON may have rounded it."""
        return (
            (self.dtype, self.shape, self.zero_point)
            == (other.dtype, other.shape, other.zero_point)
        ) and c_float(self.scale).value == c_float(other.scale).value


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Data that the model was trained on; `images` counts what went into training."""

    name: str
    licence: str
    images: int


class Golden(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A crop with the outputs it must give, to catch a runtime that miscalculates.

    `crop` holds as many uint8 pixels as the model's input, row-major; `output` the int8 outputs as
    uint8 bytes (base64 in JSON), both by zlib where they are `deflated`: a piece of a line is
    mostly paper.
    """

    crop: bytes
    output: bytes
    deflated: bool = False

    @classmethod
    def packed(cls, pixels: bytes, outputs: bytes) -> Self:
        """Make one that takes less room."""
        return cls(zlib.compress(pixels, 9), zlib.compress(outputs, 9), deflated=True)

    @property
    def pixels(self) -> bytes:
        """The crop as it goes into the model; empty where it is damaged."""
        return self._plain(self.crop)

    @property
    def outputs(self) -> bytes:
        """What must come out; empty where it is damaged."""
        return self._plain(self.output)

    def _plain(self, data: bytes) -> bytes:
        if not self.deflated:
            return data
        try:
            return zlib.decompressobj().decompress(data, _MOST_GOLDEN_BYTES)
        except zlib.error:
            return b""


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole card.

    `engine` is `CHARACTERS` or `LINES`. `labels[i]` is the character of output `i`; the last may be
    `NOT_A_CHARACTER`. `temperature`
    divides the logits before the softmax (Guo et al. 2017, arXiv:1706.04599). `terms` is `open` or
    `research`.
    `figures` maps a data set and a question to measured figures, such as `{"paper62/val
    any_case": {"right": 0.9, "n": 578}}`; `report` holds the four that such projects quote.
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
    terms: Literal["open", "research"]
    licence: str
    sources: list[Source]
    recipe: str
    figures: dict[str, dict[str, float]]
    report: dict[str, float]
    tools: dict[str, str]
    model_sha256: str
    model_bytes: int
    golden: Golden


def encode_card(card: Card) -> bytes:
    """Give the card as JSON for people: indented, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n"


def decode_card(data: bytes, source: str) -> Card:
    """Read a card and check what can be checked without the model.

    Args:
        data: the contents of `card.json`.
        source: what the errors name, such as the file's path.

    Raises:
        BundleError: it is no card, of another format or engine, or contradicts itself.
    """
    try:
        # First alone: another format may have other keys, and that is what the user should hear.
        form = msgspec.json.decode(data, type=_Form).format
        if form != FORMAT:
            raise BundleError(
                f"{source}: its format is '{form}', this Inkwatch reads '{FORMAT}': "
                "update whichever is older."
            )
        card = msgspec.json.decode(data, type=Card)
    except msgspec.DecodeError as error:
        raise BundleError(
            f"{source} is not a bundle's card: {error}. Install the bundle again."
        ) from error
    problem = next(_problems(card), "")
    if problem:
        raise BundleError(f"{source}: {problem}. Install the bundle again, or use another.")
    return card


class _Form(msgspec.Struct, frozen=True):
    format: str


def _problems(card: Card) -> Iterator[str]:
    """Say what makes the card unusable."""
    if card.engine not in (CHARACTERS, LINES):
        yield f"this Inkwatch knows no engine '{card.engine}'"
    yield from _label_problems(card.labels)
    for name, tensor in (("input", card.input), ("output", card.output)):
        if tensor.dtype != "int8":
            yield f"the model's {name} is {tensor.dtype}, not int8"
        if not (math.isfinite(tensor.scale) and tensor.scale > 0):
            yield f"the scale of the model's {name} is {tensor.scale}"
    yield from _line_problems(card) if card.engine == LINES else _crop_problems(card)
    if not (math.isfinite(card.temperature) and card.temperature > 0):
        yield f"its temperature is {card.temperature}"
    pixels, outputs = len(card.golden.pixels), len(card.golden.outputs)
    if pixels != math.prod(card.input.shape) or outputs != math.prod(card.output.shape):
        yield "its golden crop and output do not fit the model's shapes"


def _crop_problems(card: Card) -> Iterator[str]:
    if card.input.shape != (1, card.crop.size, card.crop.size, 1):
        yield f"the model's input is {card.input.shape}, which does not fit the crop's size"
    if card.output.shape != (1, len(card.labels)):
        yield f"the model's output is {card.output.shape}, which does not fit the labels"


def _line_problems(card: Card) -> Iterator[str]:
    shape = card.input.shape
    if len(shape) != 4 or (shape[0], shape[1], shape[3]) != (1, card.crop.size, 1) or shape[2] < 1:
        yield f"the model's input is {shape}, which does not fit the line's height"
    steps = card.output.shape
    if len(steps) != 3 or (steps[0], steps[2]) != (1, len(card.labels)) or steps[1] < 1:
        yield f"the model's output is {steps}, which does not fit the labels"
    elif len(shape) == 4 and shape[2] % steps[1]:
        yield f"its {steps[1]} steps do not divide the {shape[2]} columns of its input"
    if card.labels[-1:] != [NOT_A_CHARACTER]:
        yield "its last output is not the blank"


def _label_problems(labels: list[str]) -> Iterator[str]:
    if not labels:
        yield "it has no labels"
    for label in labels:
        if len(label) != 1:
            yield f"label '{label}' is not a single character"
    if len(set(labels)) != len(labels):
        yield "a label occurs twice"
    if NOT_A_CHARACTER in labels[:-1]:
        yield "the output for what is no character is not the last one"
