"""Keras to TFLite: whole numbers from the first operation to the last."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.recognise.crop import CROP_SIZE
from inkwatch.recognise.runtime import Interpreter, Runtime
from inkwatch_convert.host import load_tensorflow
from inkwatch_train.quiet import native_output_held

REPRESENTATIVE_MAX = 2000
"""Crops that set the ranges of the activations; more take time and change nothing."""


def load_keras(path: Path, labels: int) -> Any:
    """Load a Keras model and check that it is what conversion expects.

    Raises:
        DataError: it cannot be read, or does not take `(N, 32, 32, 1)` and give `(N, labels)`
            logits.
        MissingPackageError: TensorFlow is not installed.
    """
    keras = load_tensorflow().keras
    try:
        model = keras.models.load_model(path, compile=False)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DataError(f"{path} is not a Keras model: {error}. Train again.") from error
    expected = (None, CROP_SIZE, CROP_SIZE, 1), (None, labels)
    if (model.input_shape, model.output_shape) != expected:
        raise DataError(
            f"{path}: the model goes from {model.input_shape} to {model.output_shape}; "
            f"expected {expected[0]} to {expected[1]}, one output for each of labels.json."
        )
    last = model.layers[-1]
    activation = getattr(last, "activation", None)
    if isinstance(last, keras.layers.Softmax) or activation not in (
        None,
        keras.activations.linear,
    ):
        raise DataError(
            f"{path}: the model must end in logits, without a softmax or another activation."
        )
    return model


def quantise_model(model: Any, representative: npt.NDArray[np.uint8]) -> bytes:
    """Convert to TFLite with int8 weights (per channel), activations, input and output.

    Post-training quantisation after Jacob et al. 2018 (arXiv:1712.05877).

    Args:
        model: a Keras model that takes `(N, H, W, 1)` float32 from 0 to 1.
        representative: `(N, H, W)` uint8 pictures like those that the device will see.

    Raises:
        DataError: an operation of the model has no int8 form.
    """
    tensorflow = load_tensorflow()
    step = max(1, len(representative) // REPRESENTATIVE_MAX)

    def examples() -> Iterator[list[npt.NDArray[np.float32]]]:
        for crop in representative[::step]:
            yield [(crop / np.float32(255))[np.newaxis, ..., np.newaxis]]

    converter = tensorflow.lite.TFLiteConverter.from_keras_model(model)
    converter.optimizations = [tensorflow.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [tensorflow.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tensorflow.int8
    converter.inference_output_type = tensorflow.int8
    try:
        with native_output_held():
            return bytes(converter.convert())
    except Exception as error:
        # The converter's own error has no public name and derives from Exception alone; what
        # it printed is shown above this.
        reason = str(error).strip().split("\n", 1)[0]
        raise DataError(
            f"The model cannot be made int8: {reason}. Build the network from layers that have "
            "an int8 form."
        ) from error


def require_int8(model: bytes, runtime: Runtime) -> None:
    """Refuse a model of which any tensor stayed floating-point.

    Raises:
        DataError: one did; the message names the tensors.
    """
    stayed = float_tensors(runtime.open(model))
    if stayed:
        raise DataError(
            f"These parts of the model stayed floating-point: {', '.join(stayed)}. "
            "Build the network from layers that have an int8 form."
        )


def float_tensors(interpreter: Interpreter) -> list[str]:
    """Name the tensors that are not whole numbers."""
    return [
        str(tensor["name"])
        for tensor in interpreter.get_tensor_details()
        if not np.issubdtype(np.dtype(tensor["dtype"]), np.integer)
        and np.dtype(tensor["dtype"]) != np.bool_
    ]
