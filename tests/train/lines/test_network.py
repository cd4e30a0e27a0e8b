import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("keras", reason="needs pip install 'inkwatch[train]'")

import keras

from inkwatch.recognise.line_model import CONTEXT_PX
from inkwatch_train.lines.alphabet import OUTPUTS, STEP_PX
from inkwatch_train.lines.network import (
    build_line_network,
    for_device,
    multiply_adds,
)
from inkwatch_train.lines.recipe import LineNetwork

pytestmark = pytest.mark.train

Floats32 = npt.NDArray[np.float32]

SMALL = LineNetwork(stem=3, stages=[[4, 4, 4], [4, 4], [5]], sequence=6, dropout=0.3)
"""As deep as the network that ships, so that it sees as far; hardly any channels."""

REACH_PX = 168
"""So far the network that ships sees at all."""


@pytest.fixture(scope="module")
def trained() -> keras.Model:
    """Random weights everywhere, those of the normalisation too."""
    keras.utils.set_random_seed(1)
    model = build_line_network(SMALL)
    rng = np.random.default_rng(1)
    model.set_weights(
        [
            each + rng.uniform(0.05, 0.4, each.shape).astype(np.float32) * (each.ndim == 1)
            for each in model.get_weights()
        ]
    )
    return model


def run(model: keras.Model, picture: Floats32) -> Floats32:
    return np.asarray(keras.ops.convert_to_numpy(model(picture, training=False)), np.float32)


def pictures(width: int, seed: int = 2) -> Floats32:
    rng = np.random.default_rng(seed)
    return rng.random((2, 48, width, 1), dtype=np.float32)


@pytest.mark.parametrize("width", [4, 64, 300])
def test_a_step_for_four_columns(trained: keras.Model, width: int) -> None:
    logits = run(trained, pictures(width))
    assert logits.shape == (2, width // STEP_PX, OUTPUTS)
    assert logits.dtype == np.float32


def test_the_devices_network_gives_the_same_logits(trained: keras.Model) -> None:
    width = 320
    device = for_device(trained, SMALL, width)
    assert device.input_shape == (None, 48, width, 1)
    assert all(
        layer.dilation_rate == (1, 1)
        for layer in device.layers
        if isinstance(layer, keras.layers.Conv2D)
    )
    picture = pictures(width)
    there, here = run(trained, picture), run(device, picture)
    assert np.ptp(there) > 0.1
    edge = CONTEXT_PX // STEP_PX
    assert np.abs(there - here)[:, edge:-edge].max() < 1e-4


def test_far_ink_hardly_counts_and_farther_ink_does_not(trained: keras.Model) -> None:
    """Pieces of a line overlap by `CONTEXT_PX`, which is less than the network sees."""
    width, step = 600, 75
    device = for_device(trained, SMALL, width)
    picture = pictures(width)
    plain = run(device, picture)[0, step]

    def changed_beyond(reach: int) -> Floats32:
        first, last = step * STEP_PX - reach, (step + 1) * STEP_PX + reach
        changed = 1.0 - picture
        changed[:, :, first:last] = picture[:, :, first:last]
        return np.asarray(np.abs(run(device, changed)[0, step] - plain), np.float32)

    near, far = changed_beyond(0).max(), changed_beyond(CONTEXT_PX).max()
    assert not changed_beyond(REACH_PX).any()
    assert 0 < far < 0.3 * near


def test_the_network_that_ships_is_no_deeper() -> None:
    usual = LineNetwork()
    assert [len(stage) for stage in usual.stages] == [len(stage) for stage in SMALL.stages]
    assert (usual.dilations, usual.wide) == (SMALL.dilations, SMALL.wide)


def test_wide_parts_begin_as_little() -> None:
    """So that they can be put into a network that has learnt to do without."""
    keras.utils.set_random_seed(3)
    model = build_line_network(SMALL)
    wide = [layer for layer in model.layers if isinstance(layer, keras.layers.DepthwiseConv2D)]
    assert [layer.kernel_size for layer in wide] == [(1, 15)] * 3
    norms = [model.layers[model.layers.index(layer) + 4] for layer in wide]
    assert all(float(np.max(norm.get_weights()[0])) == pytest.approx(0.2) for norm in norms)


def test_multiply_adds_are_those_of_the_convolutions() -> None:
    one = LineNetwork(stem=2, stages=[[3], [4], [5]], sequence=6, dilations=[1, 1], wide=[7])
    model = build_line_network(one)
    width = 64
    expected = (
        24 * 32 * 2 * 25  # the stem halves both sides
        + 12 * 16 * 3 * 9 * 2
        + 6 * 16 * 4 * 9 * 3
        + 3 * 16 * 5 * 9 * 4
        + 16 * 6 * 3 * 5
        + 2 * 16 * 6 * 5 * 6
        + 16 * 6 * 7  # each channel by itself
        + 16 * 6 * 6
        + 16 * OUTPUTS * 6
    )
    assert multiply_adds(model, width) == expected
    assert multiply_adds(model, 2 * width) == 2 * expected
