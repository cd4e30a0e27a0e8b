import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.recognise.card import Tensor
from inkwatch.recognise.quantise import dequantise, grey_table, quantise, quantise_grey

tensors = st.builds(
    lambda scale, zero_point: Tensor("int8", (1, 1), float(np.float32(scale)), zero_point),
    st.floats(1e-4, 10.0),
    st.integers(-128, 127),
)
USUAL = Tensor("int8", (1, 32, 32, 1), float(np.float32(1 / 255)), -128)


@given(tensors)
def test_every_stored_value_survives_the_way_there_and_back(tensor: Tensor) -> None:
    stored = np.arange(-128, 128).astype(np.int8)
    assert np.array_equal(quantise(dequantise(stored, tensor), tensor), stored)


@given(tensors, st.floats(-1e4, 1e4))
def test_quantise_is_off_by_half_a_step_or_clipped(tensor: Tensor, real: float) -> None:
    back = float(dequantise(quantise(np.array([real]), tensor), tensor)[0])
    lowest, highest = dequantise(np.array([-128, 127], np.int8), tensor)
    nearest = min(max(real, float(lowest)), float(highest))
    assert abs(back - nearest) <= 0.5001 * tensor.scale + 1e-4 * abs(nearest)


@given(tensors)
def test_grey_table_rises_and_agrees_with_quantise(tensor: Tensor) -> None:
    table = grey_table(tensor)
    assert (np.diff(table.astype(int)) >= 0).all()
    assert table[255] == quantise(np.array([1.0]), tensor)[0]
    assert table[0] == tensor.zero_point


def test_the_usual_scale_is_a_shift_by_128() -> None:
    crops = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    table = grey_table(USUAL)
    assert np.array_equal(table, np.arange(-128, 128))
    assert np.array_equal(quantise_grey(crops, table), crops.astype(int) - 128)


@pytest.mark.parametrize("scale", [1 / 255, 1 / 128, 0.003])
def test_quantise_grey_looks_each_level_up(scale: float) -> None:
    crops = np.random.default_rng(0).integers(0, 256, (3, 32, 32), dtype=np.uint8)
    table = grey_table(Tensor("int8", (1, 32, 32, 1), scale, -128))
    stored = quantise_grey(crops, table)
    assert stored.dtype == np.int8
    assert stored.shape == crops.shape
    assert np.array_equal(stored, table[crops])
