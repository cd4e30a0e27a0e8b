"""How long something takes, again and again, on one core."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2


@dataclass(frozen=True)
class Spread:
    """Median, fastest and slowest of several runs, in seconds."""

    median_s: float
    fastest_s: float
    slowest_s: float

    def told(self, per: int = 1, unit: str = "ms") -> str:
        """Write it in `ms` or `us`, for each of `per` things."""
        scale = (1e3 if unit == "ms" else 1e6) / per
        values = (scale * each for each in (self.median_s, self.fastest_s, self.slowest_s))
        return "{:.1f} {unit} ({:.1f} to {:.1f})".format(*values, unit=unit)


def spread(run: Callable[[], object], repeats: int) -> Spread:
    """Time `repeats` runs, after one to warm up."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return Spread(statistics.median(times), min(times), max(times))


@contextmanager
def one_core() -> Iterator[bool]:
    """Keep this process, its threads and its children to one core, and OpenCV to one thread.

    Yields:
        Whether the system can do so for cores; OpenCV keeps to its one thread in any case.
    """
    can = hasattr(os, "sched_setaffinity")
    before = os.sched_getaffinity(0) if can else set()
    threads = cv2.getNumThreads()
    if can:
        os.sched_setaffinity(0, {max(before)})
    cv2.setNumThreads(1)
    try:
        yield can
    finally:
        cv2.setNumThreads(threads)
        if can:
            os.sched_setaffinity(0, before)
