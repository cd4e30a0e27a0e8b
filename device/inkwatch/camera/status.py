"""How the camera is, as it is told to people and over MQTT."""

from dataclasses import dataclass
from enum import StrEnum

from inkwatch.camera.faults import FaultKind


class CameraState(StrEnum):
    """Where the camera stands. The values are part of the MQTT and JSON forms."""

    STARTING = "starting"
    RUNNING = "running"
    FAILED = "failed"
    """It does not run and is tried again after a pause."""
    ENDED = "ended"
    """The source is over and will give no more."""


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """The camera at one moment.

    `name` is '' until one was opened. `since_s` is the monotonic time from which `state` holds.
    `restarts` counts how often its process was started again. With `FAILED` the fault is told:
    `kind`, `message`, `mend`, `permanent`, and `retry_in_s` seconds until it is tried again.
    """

    state: CameraState
    name: str
    since_s: float
    restarts: int = 0
    kind: FaultKind | None = None
    message: str = ""
    mend: str = ""
    permanent: bool = False
    retry_in_s: float = 0.0
