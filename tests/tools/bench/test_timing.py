import os

import cv2
import pytest
from tools.bench.timing import Spread, one_core, spread


def test_runs_once_to_warm_up_and_then_as_often_as_asked() -> None:
    runs: list[int] = []
    times = spread(lambda: runs.append(1), 4)
    assert len(runs) == 5
    assert 0 <= times.fastest_s <= times.median_s <= times.slowest_s


def test_times_are_told_with_their_unit() -> None:
    times = Spread(0.2, 0.1, 0.4)
    assert times.told() == "200.0 ms (100.0 to 400.0)"
    assert times.told(per=100, unit="us") == "2000.0 us (1000.0 to 4000.0)"


def test_one_core_is_given_back_whatever_happens() -> None:
    before = os.sched_getaffinity(0), cv2.getNumThreads()
    seen: list[tuple[int, int]] = []

    def fail() -> None:
        with one_core():
            seen.append((len(os.sched_getaffinity(0)), cv2.getNumThreads()))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert seen == [(1, 1)]
    assert (os.sched_getaffinity(0), cv2.getNumThreads()) == before
