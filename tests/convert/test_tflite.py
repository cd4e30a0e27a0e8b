from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inkwatch.errors import DataError
from inkwatch.recognise.runtime import find_runtime
from inkwatch_convert.host import load_tensorflow
from inkwatch_convert.run_folder import Run
from inkwatch_convert.tflite import float_tensors, load_keras, quantise_model, require_int8

pytestmark = pytest.mark.train


def _sequential(*layers: Any) -> Any:
    keras = load_tensorflow().keras
    return keras.Sequential([keras.Input((32, 32, 1)), *layers])


def test_quantise_model_gives_int8_per_channel(loaded_run: Run) -> None:
    model = load_keras(loaded_run.path / "model.keras", len(loaded_run.labels))
    runtime = find_runtime()
    interpreter = runtime.open(quantise_model(model, loaded_run.representative))
    assert float_tensors(interpreter) == []
    assert interpreter.get_input_details()[0]["dtype"] is np.int8
    assert interpreter.get_output_details()[0]["dtype"] is np.int8
    kernels = [t for t in interpreter.get_tensor_details() if tuple(t["shape"]) == (16, 3, 3, 12)]
    assert [len(kernel["quantization_parameters"]["scales"]) for kernel in kernels] == [16]


def test_the_trainers_network_becomes_int8_with_its_norms_folded_in(loaded_run: Run) -> None:
    load_tensorflow()
    from inkwatch_train.network import build_network
    from inkwatch_train.recipe import Network

    model = build_network(Network(stages=[[4], [6, 6]], dense=8), 12)
    quantised = quantise_model(model, loaded_run.representative[:50])
    require_int8(quantised, find_runtime())
    # A normalisation that is not folded into its convolution stays as a MUL and an ADD.
    details: Any = find_runtime().open(quantised)
    operations = {operation["op_name"] for operation in details._get_ops_details()}
    assert operations.isdisjoint({"MUL", "ADD"})
    assert "CONV_2D" in operations


def test_quantise_model_prints_nothing(loaded_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    model = load_keras(loaded_run.path / "model.keras", len(loaded_run.labels))
    quantise_model(model, loaded_run.representative[:20])
    assert capfd.readouterr() == ("", "")


def test_require_int8_refuses_a_float_model(loaded_run: Run) -> None:
    tensorflow = load_tensorflow()
    model = load_keras(loaded_run.path / "model.keras", len(loaded_run.labels))
    as_float = tensorflow.lite.TFLiteConverter.from_keras_model(model).convert()
    with pytest.raises(DataError, match="stayed floating-point"):
        require_int8(as_float, find_runtime())


def _applying(name: str) -> Any:
    """A layer that applies a function of `tf.math`."""
    tensorflow = load_tensorflow()

    class Applying(tensorflow.keras.layers.Layer):  # type: ignore[misc, name-defined]
        def call(self, inputs: Any) -> Any:
            return getattr(tensorflow.math, name)(inputs)

    return Applying()


def test_quantise_model_refuses_what_tflite_cannot_run(
    loaded_run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    layers = load_tensorflow().keras.layers
    model = _sequential(layers.Flatten(), layers.Dense(3), _applying("bessel_i0"))
    with pytest.raises(DataError, match="cannot be made int8"):
        quantise_model(model, loaded_run.representative[:20])
    assert "BesselI0" in capfd.readouterr().err


def test_require_int8_refuses_what_the_converter_leaves_float(loaded_run: Run) -> None:
    layers = load_tensorflow().keras.layers
    model = _sequential(layers.Flatten(), layers.Dense(3), _applying("cos"))
    quantised = quantise_model(model, loaded_run.representative[:20])
    with pytest.raises(DataError, match="stayed floating-point"):
        require_int8(quantised, find_runtime())


def test_load_keras_refuses_a_softmax(tmp_path: Path) -> None:
    layers = load_tensorflow().keras.layers
    for index, end in enumerate(
        ([layers.Dense(3, "softmax")], [layers.Dense(3), layers.Softmax()])
    ):
        path = tmp_path / f"{index}.keras"
        _sequential(layers.Flatten(), *end).save(path)
        with pytest.raises(DataError, match="logits"):
            load_keras(path, 3)


def test_load_keras_refuses_other_shapes(trained_run: Path) -> None:
    with pytest.raises(DataError, match=r"labels\.json"):
        load_keras(trained_run / "model.keras", 5)


def test_load_keras_refuses_what_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "model.keras").write_bytes(b"nonsense")
    with pytest.raises(DataError, match="not a Keras model"):
        load_keras(tmp_path / "model.keras", 3)
