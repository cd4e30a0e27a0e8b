"""What stands in each message, in the forms that `mqtt.schema.json` describes.

Events have the form of `publish/event_form.py`. Within one schema number fields may be added, never
changed or taken away.
"""

from importlib import resources
from typing import Any

import msgspec

from inkwatch.camera.status import CameraStatus
from inkwatch.health import Health
from inkwatch.publish.event_form import EventForm

CAMERA_SCHEMA = "inkwatch-camera/1"
HEALTH_SCHEMA = "inkwatch-health/1"
PROBLEM_SCHEMA = "inkwatch-problem/1"
RESPONSE_SCHEMA = "inkwatch-response/1"
TRIAL_SCHEMA = "inkwatch-test/1"

ONLINE, OFFLINE = b"online", b"offline"
"""What `availability` says: words and not JSON, for Home Assistant and for the last will."""

LARGEST_EVENT_BYTES = 100_000
"""Beyond this an event's lines are left out: brokers have limits, some of 128 KiB."""


class CameraForm(msgspec.Struct, frozen=True):
    """How the camera is. The fault's fields are '' or null where there is none."""

    schema: str
    device: str
    state: str
    name: str
    restarts: int
    kind: str | None
    message: str
    mend: str
    permanent: bool
    retry_in_s: float


class QueueForm(msgspec.Struct, frozen=True):
    """What waits for the broker, and what was ever dropped."""

    waiting: int
    waiting_bytes: int
    dropped: int


class HealthForm(msgspec.Struct, frozen=True):
    """The device at one moment; null where the machine does not tell."""

    schema: str
    device: str
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
    temperature_c: float | None
    throttled: tuple[str, ...] | None
    paused: bool
    time_synced: bool
    reconnects: int
    queue: QueueForm


class ProblemForm(msgspec.Struct, frozen=True):
    """What is wrong now, each with what mends it; empty when all is well."""

    schema: str
    device: str
    problems: tuple[str, ...]


class ResponseForm(msgspec.Struct, frozen=True):
    """The answer to a command. `error` is '' where `ok`; `id` is the asker's."""

    schema: str
    device: str
    command: str
    id: str | None
    ok: bool
    error: str
    result: dict[str, str | int | float | bool | None]


class TrialForm(msgspec.Struct, frozen=True):
    """What `inkwatch mqtt test` sends."""

    schema: str
    device: str
    id: str


def camera_payload(status: CameraStatus, device: str) -> bytes:
    """Tell how the camera is."""
    return msgspec.json.encode(
        CameraForm(
            schema=CAMERA_SCHEMA,
            device=device,
            state=str(status.state),
            name=status.name,
            restarts=status.restarts,
            kind=None if status.kind is None else str(status.kind),
            message=status.message,
            mend=status.mend,
            permanent=status.permanent,
            retry_in_s=round(status.retry_in_s, 1),
        )
    )


def health_payload(health: Health, device: str) -> bytes:
    """Tell how the device is."""
    temperature_c = health.temperature_c
    return msgspec.json.encode(
        HealthForm(
            schema=HEALTH_SCHEMA,
            device=device,
            uptime_s=round(health.uptime_s, 1),
            seen=health.seen,
            read=health.read,
            told=health.told,
            skipped={str(why): count for why, count in health.skipped.items()},
            stage_ms={stage: round(ms, 1) for stage, ms in health.stage_ms.items()},
            camera_restarts=health.camera_restarts,
            rate_hz=round(health.rate_hz, 2),
            rss_bytes=health.rss_bytes,
            camera_rss_bytes=health.camera_rss_bytes,
            temperature_c=None if temperature_c is None else round(temperature_c, 1),
            throttled=health.throttled,
            paused=health.paused,
            time_synced=health.time_synced,
            reconnects=health.reconnects,
            queue=QueueForm(health.queue.waiting, health.queue.waiting_bytes, health.queue.dropped),
        )
    )


def problem_payload(problems: tuple[str, ...], device: str) -> bytes:
    """Tell what is wrong now."""
    return msgspec.json.encode(ProblemForm(PROBLEM_SCHEMA, device, problems))


def event_payload(form: EventForm) -> bytes:
    """Write an event; one that is too large for a broker loses its lines, never its text."""
    payload = msgspec.json.encode(form)
    if len(payload) > LARGEST_EVENT_BYTES:
        payload = msgspec.json.encode(msgspec.structs.replace(form, lines=(), changes=()))
    return payload


def with_age(payload: bytes, age_s: float | None) -> bytes:
    """Say how old an event's picture is now; None where the device was restarted since.

    An event that an older version has queued keeps the form in which that wrote it.

    Raises:
        ValueError: it is no JSON object, as from a disk that has lost bits.
    """
    try:
        form = msgspec.json.decode(payload, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error
    form["age_s"] = None if age_s is None else round(max(age_s, 0.0), 3)
    return msgspec.json.encode(form)


def schema_text() -> str:
    """The JSON Schema of all forms but the event's, as shipped beside this file."""
    return (resources.files("inkwatch.publish.mqtt") / "mqtt.schema.json").read_text("utf-8")
