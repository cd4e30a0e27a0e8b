import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

import keras

from inkwatch_train.network import build_network, multiply_adds
from inkwatch_train.recipe import Network

pytestmark = pytest.mark.train

SMALL = Network(stages=[[2], [3, 4]], dense=5, dropout=0.5)


def test_it_is_sequential_and_gives_logits() -> None:
    model = build_network(SMALL, classes=7)
    assert isinstance(model, keras.Sequential)
    assert model.input_shape == (None, 32, 32, 1)
    assert model.output_shape == (None, 7)
    kernel = model.layers[-1].kernel
    kernel.assign(np.full(kernel.shape, -3, np.float32))
    model.layers[-1].bias.assign(np.arange(7, dtype=np.float32))
    crops = np.random.default_rng(0).random((4, 32, 32, 1)).astype(np.float32)
    logits = np.asarray(model(crops))
    assert logits.dtype == np.float32
    # No softmax: rows do not sum to one, and the bias stands in the differences.
    np.testing.assert_allclose(np.diff(logits, axis=1), 1, rtol=1e-4)
    assert logits.min() < 0


def test_each_convolution_is_unbiased_and_normed_and_each_stage_halves_the_side() -> None:
    model = build_network(SMALL, classes=7)
    names = [type(layer).__name__ for layer in model.layers]
    block = ["Conv2D", "BatchNormalization", "ReLU"]
    assert names == [
        *block, "MaxPooling2D",
        *block, *block, "MaxPooling2D",
        "Dropout", "Flatten", "Dense", "BatchNormalization", "ReLU", "Dropout", "Dense",
    ]  # fmt: skip
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [2, 3, 4]
    assert not any(layer.use_bias for layer in convolutions)
    assert model.get_layer("logits").use_bias
    assert model.layers[names.index("Flatten")].output.shape == (None, 8 * 8 * 4)


def test_multiply_adds_are_those_counted_by_hand() -> None:
    by_hand = (
        32 * 32 * 2 * (3 * 3 * 1)
        + 16 * 16 * 3 * (3 * 3 * 2)
        + 16 * 16 * 4 * (3 * 3 * 3)
        + (8 * 8 * 4) * 5
        + 5 * 7
    )
    assert multiply_adds(build_network(SMALL, classes=7)) == by_hand


def test_five_stages_are_the_most_that_32_pixels_allow() -> None:
    model = build_network(Network(stages=[[2]] * 5, dense=3), classes=4)
    assert model.output_shape == (None, 4)


def test_one_crop_and_many_are_judged_alike() -> None:
    model = build_network(SMALL, classes=7)
    crops = np.random.default_rng(0).random((9, 32, 32, 1)).astype(np.float32)
    together = np.asarray(model(crops))
    alone = np.concatenate([np.asarray(model(crops[k : k + 1])) for k in range(9)])
    np.testing.assert_allclose(together, alone, atol=1e-5)
