"""A camera's process that is none: views and faults from memory, for tests of what looks."""

from collections.abc import Iterable, Iterator

import numpy as np

from inkwatch.camera.small import small_of
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.camera.view import View
from inkwatch.frames._clock import stamp
from inkwatch.frames.frame import Frame, Image


class FakeEyes:
    """Gives what it was told to, one thing a call, and never waits.

    `script` holds views, `None` for a call in which nothing came, and statuses, which hold from
    then on and take no call. When it is through, the state is ENDED, or stays where `ends` is
    false. `rates` are the rates that were asked for; `asked_s` the timeouts.
    """

    def __init__(self, script: Iterable[View | CameraStatus | None], *, ends: bool = True) -> None:
        self._script: Iterator[View | CameraStatus | None] = iter(script)
        self._ends = ends
        self._status = CameraStatus(CameraState.RUNNING, "fake", 0.0)
        self.rates: list[float] = []
        self.asked_s: list[float] = []
        self.closed = False

    @property
    def pid(self) -> int | None:
        """There is no process."""
        return None

    def newest(self, timeout_s: float) -> View | None:
        """Give the script's next view."""
        self.asked_s.append(timeout_s)
        for item in self._script:
            if not isinstance(item, CameraStatus):
                return item
            self._status = item
        if self._ends:
            self._status = CameraStatus(CameraState.ENDED, self._status.name, 0.0)
        return None

    def status(self) -> CameraStatus:
        """The script's last status."""
        return self._status

    def slow_down(self, rate_hz: float) -> None:
        """Note the rate."""
        self.rates.append(rate_hz)

    def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


def fake_view(
    image: Image, number: int = 0, *, monotonic_s: float | None = None, source: str = "fake"
) -> View:
    """A view of a picture, taken now or at a time of your choosing.

    Args:
        image: `(H, W)` grey or `(H, W, 3)` BGR.
        number: which one it is.
        monotonic_s: when it was taken; now where left out.
        source: what to call the camera.
    """
    frame = stamp(np.asarray(image, np.uint8), source)
    if monotonic_s is not None:
        frame = Frame(image, source, monotonic_s, frame.wall_time, frame.time_synced)
    return View(frame, small_of(image), number)
