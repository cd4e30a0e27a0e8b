"""A shipped bundle's int8 weights as real numbers, so that a training can go on from them.

Bundles ship without the float model that they were made from. Its convolutions are all still
there, each with the BatchNorm folded in (Jacob et al. 2018, arXiv:1712.05877): int8 kernels with
a scale for each output channel, int32 biases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.recognise.bundle import Bundle
from inkwatch_train.recipe import Network

Floats = npt.NDArray[np.float32]

_STEM_SIZE = 5
PASSED_OVER = frozenset({"SHAPE", "STRIDED_SLICE", "PACK", "RESHAPE"})
"""What TFLite does to shapes between the layers."""


_OF_CHARACTERS = frozenset({"CONV_2D", "FULLY_CONNECTED"})
"""What the networks of characters are made of."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """One layer: `kernel` is `(h, w, in, out)`, or `(in, out)` where dense; `bias` is `(out,)`.

    Where each channel is convolved by itself, `kernel` is `(h, w, out, 1)`.
    """

    kernel: Floats
    bias: Floats

    @property
    def is_dense(self) -> bool:
        """Whether every input leads to every output."""
        return self.kernel.ndim == 2

    @property
    def width(self) -> int:
        """How many outputs there are."""
        return int(self.bias.shape[0])


@dataclass(frozen=True, slots=True, eq=False)
class BundleWeights:
    """All layers of a bundle's model in order, and the network that they make."""

    layers: tuple[Weights, ...]
    network: Network
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a bundle's model: its name in TFLite, and its weights where it has any."""

    name: str
    weights: Weights | None


def operations_of(bundle: Bundle) -> list[Operation]:
    """Give the operations of a bundle's model in their order."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    interpreter = Interpreter(
        model_content=bundle.model,
        # XNNPACK would take the operations over, and nothing could be seen of them.
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    tensors = {tensor["index"]: tensor for tensor in interpreter.get_tensor_details()}

    def real(index: int) -> Floats:
        return _real(interpreter.get_tensor(index), tensors[index])

    operations: list[Operation] = []
    for operation in interpreter._get_ops_details():  # noqa: SLF001 - there is no public way
        name, inputs = str(operation["op_name"]), [int(k) for k in operation["inputs"]]
        weights = None
        if name in {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"}:
            stored = real(inputs[1])
            kernel = np.moveaxis(stored, 0, -1)
            bias = inputs[2] if len(inputs) > 2 else -1
            channels = stored.shape[-1 if name == "DEPTHWISE_CONV_2D" else 0]
            bias_values = real(bias) if bias >= 0 else np.zeros(channels, np.float32)
            weights = Weights(np.ascontiguousarray(kernel), bias_values)
        operations.append(Operation(name, weights))
    return operations


def read_weights(bundle: Bundle) -> BundleWeights:
    """Take the weights out of a bundle.

    Raises:
        DataError: the model is no stack of the kind that `build_network` makes.
    """
    layers: list[Weights] = []
    stem: int | None = None
    stages: list[list[int]] = [[]]
    for operation in operations_of(bundle):
        if operation.name == "MAX_POOL_2D":
            stages.append([])
        elif operation.name in _OF_CHARACTERS and operation.weights is not None:
            layers.append(operation.weights)
            if not layers[-1].is_dense and layers[-1].kernel.shape[0] == _STEM_SIZE:
                stem = layers[-1].width
            elif not layers[-1].is_dense:
                stages[-1].append(layers[-1].width)
        elif operation.name not in PASSED_OVER:
            raise DataError(
                f"Bundle '{bundle.name}' cannot be trained on: its model has an operation "
                f"{operation.name}, which this trainer's networks do not have."
            )
    network = _network(bundle.name, layers, stem, stages)
    return BundleWeights(tuple(layers), network, tuple(bundle.card.labels))


def _network(
    name: str, layers: Sequence[Weights], stem: int | None, stages: list[list[int]]
) -> Network:
    dense = [layer for layer in layers if layer.is_dense]
    if len(dense) != 2 or stages[-1]:
        raise DataError(
            f"Bundle '{name}' cannot be trained on: its model is not built as this trainer builds."
        )
    try:
        return msgspec.convert(
            {"stem": stem, "stages": stages[:-1], "dense": dense[0].width}, Network
        )
    except msgspec.ValidationError as error:
        raise DataError(f"Bundle '{name}' cannot be trained on: {error}.") from error


def _real(stored: npt.NDArray[Any], tensor: Mapping[str, Any]) -> Floats:
    """What int8 or int32 values stand for; scales may differ along one axis."""
    how = tensor["quantization_parameters"]
    scales, zeros = np.asarray(how["scales"]), np.asarray(how["zero_points"])
    shape = np.ones(stored.ndim, np.intp)
    if len(scales) > 1:
        shape[how["quantized_dimension"]] = len(scales)
    real = (stored.astype(np.float64) - zeros.reshape(shape)) * scales.reshape(shape)
    return np.asarray(real, np.float32)
