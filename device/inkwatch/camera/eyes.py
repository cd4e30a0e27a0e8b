"""What the daemon needs of a camera that lives in a process of its own."""

from typing import Protocol

from inkwatch.camera.status import CameraStatus
from inkwatch.camera.view import View


class Eyes(Protocol):
    """The newest view, and how the camera is. Never blocks longer than asked, never raises."""

    @property
    def pid(self) -> int | None:
        """The camera's process, None where there is none now."""
        ...

    def newest(self, timeout_s: float) -> View | None:
        """Give the newest view that was not given before; None where none came in time.

        The view's pixels are the caller's own: they do not change when the next ones come.
        """
        ...

    def status(self) -> CameraStatus:
        """How the camera is now."""
        ...

    def slow_down(self, rate_hz: float) -> None:
        """Ask for so many views a second from now on."""
        ...

    def close(self) -> None:
        """End the camera's process, killing it where it does not end by itself within 1 s."""
        ...
