"""When a frame was taken, and whether that can be believed."""

import ctypes
import time
from datetime import UTC, datetime

from inkwatch.frames.frame import Frame, Image

_TIME_ERROR = 5
_TIMEX_BYTES = 512
"""More than any machine's `struct timex`; all zeros asks the kernel to change nothing."""


def stamp(image: Image, source: str) -> Frame:
    """Make a frame of a picture that was taken or opened just now."""
    return Frame(
        image=image,
        source=source,
        monotonic_s=time.monotonic(),
        wall_time=datetime.now(UTC),
        time_synced=clock_is_synced(),
    )


def clock_is_synced() -> bool:
    """Whether the kernel holds its clock for set by a time server.

    A Raspberry Pi has no clock that runs while it is off: until NTP answers, it is hours wrong.
    False where the kernel cannot be asked.
    """
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (AttributeError, OSError):
        return False
    return 0 <= int(state) < _TIME_ERROR
