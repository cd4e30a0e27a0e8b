"""How the device is, once a minute: what it saw and did, and what the machine says."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class QueueHealth:
    """The queue to the broker: what waits, and what was ever dropped because it was full."""

    waiting: int = 0
    waiting_bytes: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """The device at one moment; counts are since the daemon started.

    `stage_ms` are the last reading's stages. `rss_bytes` is this process's memory,
    `camera_rss_bytes` its camera's. `temperature_c` and `throttled` are None where the machine
    does not tell; `throttled` names what the firmware complains of, as `under-voltage`.
    `rate_hz` is how often it looks now, less than configured when it is hot.
    """

    uptime_s: float
    seen: int
    read: int
    told: int
    skipped: dict[str, int]
    stage_ms: dict[str, float]
    camera_restarts: int
    rate_hz: float
    rss_bytes: int
    camera_rss_bytes: int
    temperature_c: float | None = None
    throttled: tuple[str, ...] | None = None
    paused: bool = False
    time_synced: bool = False
    broker_connected: bool | None = None
    reconnects: int = 0
    queue: QueueHealth = field(default_factory=QueueHealth)
