import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.vision.connected import Labels, connected_pieces, looked_up


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0), st.integers(1, 30), st.integers(1, 30))
def test_they_are_those_of_opencv(seed: int, share: float, height: int, width: int) -> None:
    random = np.random.default_rng(seed).random((height, width))
    ink = np.where(random < share, 255, 0).astype(np.uint8)
    labels, stats = connected_pieces(ink)
    count, true, true_stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    assert np.array_equal(labels, true)
    assert stats.shape == (count, 5)
    assert np.array_equal(stats[1:], true_stats[1:])
    assert not stats[0].any()


def test_numbers_are_small_where_they_can_be() -> None:
    ink = np.zeros((20, 20), np.uint8)
    ink[5:9, 5:9] = 255
    assert connected_pieces(ink)[0].dtype == np.uint16


def test_noise_has_more_pieces_than_fit_into_16_bits() -> None:
    ink = np.zeros((1200, 1200), np.uint8)
    ink[::4, ::4] = ink[2::4, 2::4] = 255
    labels, stats = connected_pieces(ink)
    assert labels.dtype == np.int32
    assert len(stats) == 1 + 2 * 300 * 300
    assert (stats[1:, cv2.CC_STAT_AREA] == 1).all()
    assert (labels > 0).sum() == 2 * 300 * 300


@pytest.mark.parametrize("dtype", [np.uint16, np.int32])
def test_values_are_looked_up_by_number(dtype: type) -> None:
    labels: Labels = np.random.default_rng(3).integers(0, 50, (150, 40)).astype(dtype)
    values = np.random.default_rng(4).integers(0, 256, 50).astype(np.uint8)
    assert np.array_equal(looked_up(labels, values), values[labels])
