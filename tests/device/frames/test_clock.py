import ctypes
import time
from datetime import UTC, datetime

import numpy as np
import pytest

from inkwatch.frames import _clock


class Kernel:
    """A C library whose clock is in the state it is told."""

    def __init__(self, state: int) -> None:
        self.state = state

    def adjtimex(self, buffer: ctypes.Array[ctypes.c_char]) -> int:
        assert buffer.raw == bytes(len(buffer))  # anything else would ask for a change
        return self.state


@pytest.mark.parametrize(("state", "synced"), [(0, True), (4, True), (5, False), (-1, False)])
def test_the_kernel_says_whether_its_clock_is_set(
    state: int, synced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: Kernel(state))
    assert _clock.clock_is_synced() is synced


def test_the_real_kernel_can_be_asked() -> None:
    assert _clock.clock_is_synced() in (True, False)


def test_a_machine_without_the_call_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert _clock.clock_is_synced() is False


def test_a_stamp_is_of_now() -> None:
    before, before_s = datetime.now(UTC), time.monotonic()
    frame = _clock.stamp(np.zeros((1, 1), np.uint8), "x")
    assert before <= frame.wall_time <= datetime.now(UTC)
    assert before_s <= frame.monotonic_s <= time.monotonic()
