"""An event as JSON, in the form that `event.schema.json` describes: on the console and over MQTT.

Within one schema number fields may be added, never changed or taken away.
"""

from datetime import UTC
from importlib import resources

import msgspec

from inkwatch.publish.json_values import BoxForm, box_form, rounded, valid_text
from inkwatch.reading import Line
from inkwatch.unread import Reason
from inkwatch.watch.event import ChangedLine, Event

EVENT_SCHEMA = "inkwatch-event/1"


class EventLineForm(msgspec.Struct, frozen=True):
    """A line of what was sure enough."""

    text: str
    confidence: float
    box: BoxForm


class ChangeForm(msgspec.Struct, frozen=True):
    """A line that is not as it was; '' stands for no line."""

    what: str
    before: str
    after: str


class EventForm(msgspec.Struct, frozen=True):
    """One event.

    `raw` and `reason` are None where every word was sure enough to stand in `text`; `time` is None
    where the clock was not set by a time server. `age_s` is None where the device was restarted
    between the picture and the telling.
    """

    schema: str
    id: str
    sequence: int
    device: str
    kind: str
    trigger: str
    source: str
    text: str
    confidence: float
    raw: str | None
    reason: str | None
    unsure: int
    lines: tuple[EventLineForm, ...]
    changes: tuple[ChangeForm, ...]
    width: int
    height: int
    model: str
    votes: int
    voters: int
    elapsed_s: float
    age_s: float | None
    time: str | None
    time_synced: bool


def event_form(event: Event, device: str, now_s: float) -> EventForm:
    """Put an event into its form.

    Args:
        event: what is told.
        device: the id of the device that tells it.
        now_s: the monotonic time, from which the picture's age follows.
    """
    reading = event.reading
    unsure = event.unsure > 0
    return EventForm(
        schema=EVENT_SCHEMA,
        id=event.id,
        sequence=event.sequence,
        device=device,
        kind=str(event.kind),
        trigger=str(event.trigger),
        source=valid_text(event.source),
        text=reading.text,
        confidence=rounded(reading.confidence),
        raw=event.raw if unsure else None,
        reason=str(Reason.UNSURE) if unsure else None,
        unsure=event.unsure,
        lines=tuple(_line(line) for line in reading.lines),
        changes=tuple(_change(change) for change in event.changes),
        width=reading.width,
        height=reading.height,
        model=reading.model,
        votes=event.votes,
        voters=event.voters,
        elapsed_s=rounded(reading.elapsed_s),
        age_s=rounded(max(now_s - event.monotonic_s, 0.0)),
        time=_utc(event) if event.time_synced else None,
        time_synced=event.time_synced,
    )


def format_event(event: Event, device: str, now_s: float) -> bytes:
    """Write an event as one line of JSON in UTF-8, without a newline at its end.

    See `event_form` for the arguments.
    """
    return msgspec.json.encode(event_form(event, device, now_s))


def event_schema_text() -> str:
    """The JSON Schema of the form, as shipped beside this file."""
    return (resources.files("inkwatch.publish") / "event.schema.json").read_text("utf-8")


def _line(line: Line) -> EventLineForm:
    return EventLineForm(line.text, rounded(line.confidence), box_form(line.box))


def _change(change: ChangedLine) -> ChangeForm:
    return ChangeForm(str(change.what), change.before, change.after)


def _utc(event: Event) -> str:
    moment = event.wall_time.astimezone(UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")
