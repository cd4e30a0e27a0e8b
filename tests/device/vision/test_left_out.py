import numpy as np

from inkwatch.vision.left_out import around, crowds

NONE = np.zeros((0, 4), np.int32)


def test_dust_is_no_crowd_and_close_specks_are() -> None:
    rng = np.random.default_rng(3)
    dust = [(x, y, 2, 2) for x, y in rng.integers(0, 900, (30, 2)).tolist()]
    small = [(300 + 4 * k % 60, 500 + 3 * k % 20, 2, 3) for k in range(40)]
    assert len(crowds(np.array(dust, np.int32), 900, 900)) == 0
    (found,) = crowds(np.array(dust + small, np.int32), 900, 900).tolist()
    left, top, width, height = found
    assert 270 <= left <= 300
    assert 470 <= top <= 500
    assert 355 <= left + width <= 390
    assert 515 <= top + height <= 550


def test_two_crowds_are_told_apart() -> None:
    rows = [(x + k % 3, 10 + k, 1, 1) for x in (20, 800) for k in range(12)]
    assert sorted(crowds(np.array(rows, np.int32), 960, 960)[:, 0].tolist()) == [20, 800]


def test_nothing_has_no_box() -> None:
    assert len(around(NONE)) == len(crowds(NONE, 10, 10)) == 0


def test_one_box_around_all() -> None:
    assert around(np.array([(5, 6, 2, 2), (1, 9, 3, 4)])).tolist() == [[1, 6, 6, 7]]
