"""What every way of telling can do: the console, MQTT, and fakes in tests."""

from collections.abc import Collection
from typing import Protocol

from inkwatch.camera.status import CameraStatus
from inkwatch.health import Health
from inkwatch.watch.event import Event


class Teller(Protocol):
    """Tells what the daemon has to say. Never blocks on a network; never raises for its faults."""

    def event(self, event: Event, jpeg: bytes | None = None) -> None:
        """Tell a reading once; when this returns, it is safe where the teller keeps things."""
        ...

    def camera(self, status: CameraStatus) -> None:
        """Tell how the camera is; called when that changes."""
        ...

    def health(self, health: Health) -> None:
        """Tell how the device is; called every so often."""
        ...

    def problem(self, problems: tuple[str, ...], logged: Collection[str] = ()) -> None:
        """Tell what is wrong now, each with what mends it; empty when all is well.

        `logged` are those that whoever found them logs.
        """
        ...

    def close(self, timeout_s: float) -> None:
        """Say goodbye and end, within that time."""
        ...
