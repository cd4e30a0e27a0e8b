"""Events as JSON, judged by the schema that ships."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.publish.event_form import event_schema_text, format_event
from inkwatch.reading import Reading
from inkwatch.watch.event import ChangedLine, Event, EventKind, LineChange, Trigger

TAKEN = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def event(reading: Reading) -> Event:
    return Event(
        id="1c0f5a5e-6f0c-4f6e-9d0a-0a8b8f2f5b11",
        sequence=7,
        kind=EventKind.CHANGED,
        trigger=Trigger.SEEN,
        reading=reading,
        raw=reading.text,
        unsure=0,
        changes=(ChangedLine(LineChange.ADDED, "", "x"),),
        source="picamera2:0",
        monotonic_s=100.0,
        wall_time=TAKEN,
        time_synced=True,
    )


def told(event: Event, now_s: float = 101.5) -> dict[str, Any]:
    line = format_event(event, "inkwatch-1", now_s).decode()
    assert "\n" not in line
    form: dict[str, Any] = json.loads(line)
    schema = json.loads(event_schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.validate(form, schema, jsonschema.Draft202012Validator, format_checker=checker)
    return form


def test_all_of_an_event_is_told(event: Event) -> None:
    form = told(event)
    assert form["device"] == "inkwatch-1"
    assert (form["sequence"], form["kind"], form["trigger"]) == (7, "changed", "seen")
    assert form["text"] == "Hi me\nx"
    assert [line["text"] for line in form["lines"]] == ["Hi me", "x"]
    assert form["lines"][1]["box"] == [20, 80, 16, 24]
    assert form["changes"] == [{"what": "added", "before": "", "after": "x"}]
    assert form["age_s"] == 1.5
    assert form["time"] == "2026-03-01T12:00:00.250Z"


def test_the_schema_names_every_field(event: Event) -> None:
    schema = json.loads(event_schema_text())
    assert list(told(event)) == schema["required"] == list(schema["properties"])


def test_the_schema_refuses_what_is_no_event(event: Event) -> None:
    with pytest.raises(jsonschema.ValidationError):
        told(replace(event, id="one"))
    with pytest.raises(jsonschema.ValidationError):
        told(replace(event, sequence=-1))


def test_no_time_is_told_before_the_clock_is_set(event: Event) -> None:
    form = told(replace(event, time_synced=False))
    assert form["time"] is None
    assert "2026" not in json.dumps(form)


def test_times_are_told_in_utc(event: Event) -> None:
    there = TAKEN.astimezone(timezone(timedelta(hours=5)))
    assert told(replace(event, wall_time=there))["time"] == "2026-03-01T12:00:00.250Z"


def test_what_was_left_out_is_in_raw_with_the_reason(event: Event) -> None:
    assert told(event)["raw"] is None
    form = told(replace(event, raw="Hi me now\nx", unsure=1))
    assert (form["raw"], form["reason"], form["unsure"]) == ("Hi me now\nx", "unsure", 1)
    assert "now" not in form["text"]


def test_a_picture_from_the_future_has_no_age(event: Event) -> None:
    assert told(event, now_s=99.0)["age_s"] == 0.0


@given(data=st.data())
def test_any_reading_fits_the_schema(
    readings: st.SearchStrategy[Reading], data: st.DataObject
) -> None:
    reading = data.draw(readings)
    event = Event(
        id="1c0f5a5e-6f0c-4f6e-9d0a-0a8b8f2f5b11",
        sequence=data.draw(st.integers(0, 2**53)),
        kind=data.draw(st.sampled_from(EventKind)),
        trigger=data.draw(st.sampled_from(Trigger)),
        reading=reading,
        raw=reading.text,
        unsure=data.draw(st.integers(0, 3)),
        changes=(),
        source=reading.source,
        monotonic_s=data.draw(st.floats(0, 1e9)),
        wall_time=data.draw(st.datetimes(timezones=st.just(UTC))),
        time_synced=data.draw(st.booleans()),
    )
    told(event, now_s=1e9)
