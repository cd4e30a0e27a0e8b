"""When a frame was taken, and whether that can be believed."""

import time
from datetime import UTC, datetime

from inkwatch.frames.frame import Frame, Image
from inkwatch.machine.clock import clock_is_synced


def stamp(image: Image, source: str) -> Frame:
    """Make a frame of a picture that was taken or opened just now."""
    return Frame(
        image=image,
        source=source,
        monotonic_s=time.monotonic(),
        wall_time=datetime.now(UTC),
        time_synced=clock_is_synced(),
    )
