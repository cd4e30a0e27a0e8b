"""How the device is, gathered from those who know: once a minute, and when it is asked for."""

from collections.abc import Sequence
from typing import Protocol

from inkwatch.camera.eyes import Eyes
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.health import Health, QueueHealth
from inkwatch.machine.clock import Clock
from inkwatch.machine.heat import throttled
from inkwatch.machine.memory import rss_bytes
from inkwatch.watch.counts import Counts
from inkwatch.watch.watcher import Watcher


class Link(Protocol):
    """What is known of the broker; an `MqttTeller` is one."""

    @property
    def connected(self) -> bool:
        """Whether it has us now."""
        ...

    @property
    def reconnects(self) -> int:
        """How often a lost connection was made again."""
        ...

    @property
    def queue_health(self) -> QueueHealth:
        """What waits for it."""
        ...

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong there, each with what mends it; logged where it is found."""
        ...


def nothing_seen(counts: Counts, *, pattern: bool) -> str:
    """Say why nothing was told, in a sentence; `pattern` says whether words are to fit one."""
    if not counts.seen:
        return "No picture came. Is there a camera, or a picture in the folder?"
    fits = " or fits the pattern" if pattern else ""
    read = f"{counts.read} read without writing that is sure enough{fits}" if counts.read else ""
    what = ", ".join(filter(None, (read, counts.passed_over)))
    return f"No writing came to rest. Of {counts.seen} views: {what}."


def gather_health(
    *,
    watcher: Watcher,
    eyes: Eyes,
    link: Link | None,
    clock: Clock,
    started_s: float,
    rate_hz: float,
    temperature_c: float | None,
) -> Health:
    """Ask everybody how they are.

    Args:
        watcher: what was seen and read.
        eyes: the camera.
        link: the broker, None where there is none.
        clock: the time.
        started_s: when the daemon started, monotonic.
        rate_hz: how often it looks now.
        temperature_c: the processor's, None where the machine does not tell.
    """
    counts = watcher.counts
    camera_pid = eyes.pid
    return Health(
        uptime_s=clock.monotonic_s() - started_s,
        seen=counts.seen,
        read=counts.read,
        told=counts.told,
        skipped={str(why): number for why, number in counts.skipped.items()},
        stage_ms={stage: round(1000 * s, 1) for stage, s in watcher.timings.items()},
        camera_restarts=eyes.status().restarts,
        rate_hz=rate_hz,
        rss_bytes=rss_bytes(),
        camera_rss_bytes=0 if camera_pid is None else rss_bytes(camera_pid),
        temperature_c=temperature_c,
        throttled=throttled(),
        paused=watcher.paused,
        time_synced=clock.is_synced(),
        broker_connected=None if link is None else link.connected,
        reconnects=0 if link is None else link.reconnects,
        queue=QueueHealth() if link is None else link.queue_health,
    )


def status_line(health: Health, camera: CameraStatus) -> str:
    """How the device is in one line, for `systemctl status`."""
    if camera.state is CameraState.FAILED:
        return f"No camera: {camera.message}"
    parts = [
        "Paused" if health.paused else f"Watching through {camera.name}",
        f"{health.seen} views, {health.read} read, {health.told} told",
    ]
    if health.broker_connected is not None:
        state = "connected" if health.broker_connected else "away"
        parts.append(f"broker {state}, {health.queue.waiting} waiting")
    return "; ".join(parts)


def gather_problems(
    camera: CameraStatus,
    of_the_broker: Sequence[str],
    *,
    hot_above_c: float | None,
    others: Sequence[str],
) -> tuple[str, ...]:
    """All that is wrong now, each with what mends it.

    Args:
        camera: how the camera is.
        of_the_broker: what `Link.problems` says.
        hot_above_c: the temperature above which it looks less often, where it is so hot; else None.
        others: problems that somebody else found.
    """
    found = []
    if camera.state is CameraState.FAILED:
        found.append(" ".join(filter(None, (camera.message, camera.mend))))
    if hot_above_c is not None:
        found.append(
            f"The processor came above {hot_above_c:g} degrees: fewer pictures are looked at. "
            "Give it air, or a heat sink."
        )
    return tuple(dict.fromkeys([*found, *others, *of_the_broker]))
