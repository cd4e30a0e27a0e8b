import ctypes
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inkwatch.machine.clock import Clock, FakeClock, SystemClock, clock_is_synced


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
    assert clock_is_synced() is synced
    assert SystemClock().is_synced() is synced


def test_timesyncd_tells_where_the_kernel_may_not_be_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: Kernel(-1))
    marker = tmp_path / "synchronized"
    assert clock_is_synced(marker) is False
    marker.touch()
    assert clock_is_synced(marker) is True


def test_the_real_kernel_can_be_asked() -> None:
    assert clock_is_synced() in (True, False)


def test_a_machine_without_the_call_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert clock_is_synced() is False


def test_the_system_clock_tells_both_times() -> None:
    clock: Clock = SystemClock()
    before, before_s = datetime.now(UTC), time.monotonic()
    assert before <= clock.utc_now() <= datetime.now(UTC)
    assert before_s <= clock.monotonic_s() <= time.monotonic()


@pytest.mark.parametrize("years", [30, -30])
def test_a_jump_of_the_wall_clock_leaves_the_monotonic_one_alone(years: int) -> None:
    clock = FakeClock()
    clock.advance(2.5)
    clock.jump(timedelta(days=365 * years))
    assert clock.monotonic_s() == 1002.5
    assert clock.utc_now() == datetime(2026, 1, 1, 0, 0, 2, 500_000, UTC) + timedelta(
        days=365 * years
    )


def test_time_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="does not go back"):
        FakeClock().advance(-1)
