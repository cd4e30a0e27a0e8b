"""Two clocks: one that only ever goes forward, and one that is only a label.

Waiting, ageing and ordering go by `monotonic_s`. The wall clock of a Raspberry Pi is hours wrong
until a time server answers, and then jumps: nothing may be decided by it.
"""

import ctypes
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

TIMESYNC_MARKER = Path("/run/systemd/timesync/synchronized")

_TIME_ERROR = 5
_TIMEX_BYTES = 512
"""More than any machine's `struct timex`; all zeros asks the kernel to change nothing."""


class Clock(Protocol):
    """What tells the time; the real one and a fake are behind this."""

    def monotonic_s(self) -> float:
        """Seconds since some moment in the past; never goes back, whatever happens to the date."""
        ...

    def utc_now(self) -> datetime:
        """The wall clock, UTC. Only a label, and to be told only where `is_synced`."""
        ...

    def is_synced(self) -> bool:
        """Whether the wall clock was set by a time server."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def monotonic_s(self) -> float:
        """See `Clock`."""
        return time.monotonic()

    def utc_now(self) -> datetime:
        """See `Clock`."""
        return datetime.now(UTC)

    def is_synced(self) -> bool:
        """See `Clock`."""
        return clock_is_synced()


@dataclass
class FakeClock:
    """A clock for tests, which stands until it is told to go on.

    Attributes:
        now_s: what `monotonic_s` says.
        wall: what `utc_now` says, UTC.
        synced: what `is_synced` says.
    """

    now_s: float = 1000.0
    wall: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    synced: bool = True

    def monotonic_s(self) -> float:
        """See `Clock`."""
        return self.now_s

    def utc_now(self) -> datetime:
        """See `Clock`."""
        return self.wall

    def is_synced(self) -> bool:
        """See `Clock`."""
        return self.synced

    def advance(self, seconds: float) -> None:
        """Let time pass: both clocks go on.

        Raises:
            ValueError: `seconds` is below 0; only the wall clock can go back, by `jump`.
        """
        if seconds < 0:
            raise ValueError("time does not go back")
        self.now_s += seconds
        self.wall += timedelta(seconds=seconds)

    def jump(self, by: timedelta) -> None:
        """Set the wall clock, as a time server or a user does; the monotonic one goes on."""
        self.wall += by


def clock_is_synced(marker: Path = TIMESYNC_MARKER) -> bool:
    """Whether a time server has set the clock.

    A Raspberry Pi has no clock that runs while it is off: until NTP answers, it is hours wrong.
    The kernel knows for every time service, but the service's sandbox forbids to ask it
    (`ProtectClock`); systemd-timesyncd, which Raspberry Pi OS has, leaves a file as well.
    False where neither tells.

    Args:
        marker: the file that systemd-timesyncd makes once it has set the clock.
    """
    if marker.exists():
        return True
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (AttributeError, OSError):
        return False
    return 0 <= int(state) < _TIME_ERROR
