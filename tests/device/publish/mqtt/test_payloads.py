import json
from dataclasses import replace
from typing import Any

import jsonschema
import msgspec
import pytest
from tools.soak.events import made_up_event, made_up_reading

from inkwatch.camera.faults import FaultKind
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.health import Health, QueueHealth
from inkwatch.publish.event_form import event_form, event_schema_text
from inkwatch.publish.mqtt.payloads import (
    LARGEST_EVENT_BYTES,
    RESPONSE_SCHEMA,
    TRIAL_SCHEMA,
    ResponseForm,
    TrialForm,
    camera_payload,
    event_payload,
    health_payload,
    problem_payload,
    schema_text,
    with_age,
)
from inkwatch.watch.counts import Skip

SCHEMA = json.loads(schema_text())
FAILED = CameraStatus(
    CameraState.FAILED, "picamera2:0", 12.0, 3, FaultKind.BUSY, "It is busy.", "Stop it.", True, 7.2
)  # fmt: skip
HEALTH = Health(
    uptime_s=60.04, seen=300, read=2, told=1, skipped={Skip.UNCHANGED: 290},
    stage_ms={"ink": 41.27}, camera_restarts=0, rate_hz=5.0,
    rss_bytes=90_000_000, camera_rss_bytes=30_000_000,
    temperature_c=51.52, throttled=("under-voltage",), queue=QueueHealth(2, 1300, 4),
)  # fmt: skip


def told(payload: bytes) -> dict[str, Any]:
    form: dict[str, Any] = json.loads(payload)
    jsonschema.validate(form, SCHEMA, jsonschema.Draft202012Validator)
    return form


def test_the_schema_is_one_and_names_every_field() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    response = ResponseForm(RESPONSE_SCHEMA, "d", "read", None, True, "", {"a": 1, "b": None})
    payloads = {
        "camera": camera_payload(FAILED, "d"),
        "health": health_payload(HEALTH, "d"),
        "problem": problem_payload(("x",), "d"),
        "response": msgspec.json.encode(response),
        "test": msgspec.json.encode(TrialForm(TRIAL_SCHEMA, "d", "1")),
    }
    for name, payload in payloads.items():
        definition = SCHEMA["$defs"][name]
        assert list(told(payload)) == definition["required"] == list(definition["properties"])


def test_the_schema_refuses_what_is_none_of_them() -> None:
    for spoilt in ({"schema": "inkwatch-problem/1", "device": "d", "problems": "x"}, {}):
        with pytest.raises(jsonschema.ValidationError):
            told(json.dumps(spoilt).encode())


def test_a_camera_tells_its_fault_and_what_mends_it() -> None:
    form = told(camera_payload(FAILED, "d"))
    assert (form["state"], form["kind"], form["mend"]) == ("failed", "busy", "Stop it.")
    well = told(camera_payload(CameraStatus(CameraState.RUNNING, "cam", 1.0), "d"))
    assert (well["kind"], well["message"], well["retry_in_s"]) == (None, "", 0.0)


def test_health_tells_what_the_machine_does_not_know_as_null() -> None:
    assert told(health_payload(HEALTH, "d"))["skipped"] == {"unchanged": 290}
    form = told(health_payload(replace(HEALTH, temperature_c=None, throttled=None), "d"))
    assert (form["temperature_c"], form["throttled"]) == (None, None)


def test_an_events_age_is_that_of_the_moment_it_is_sent() -> None:
    payload = event_payload(event_form(made_up_event("d", 1), "d", 0.0))
    later = json.loads(with_age(payload, 3.5))
    assert later.pop("age_s") == 3.5
    first = json.loads(payload)
    del first["age_s"]
    assert later == first
    unknown = json.loads(with_age(payload, None))
    assert unknown["age_s"] is None
    jsonschema.validate(unknown, json.loads(event_schema_text()))


def test_an_event_of_an_older_version_keeps_its_form() -> None:
    assert json.loads(with_age(b'{"schema":"inkwatch-event/0","age_s":0}', 1.0)) == {
        "schema": "inkwatch-event/0",
        "age_s": 1.0,
    }
    with pytest.raises(ValueError, match=r"."):
        with_age(b"\x00\xff", 1.0)


def test_an_event_has_lines_and_no_glyphs() -> None:
    form = json.loads(event_payload(event_form(made_up_event("d", 1), "d", 0.0)))
    assert set(form["lines"][0]) == {"text", "confidence", "box"}


def test_a_giant_event_loses_its_lines_and_keeps_its_text() -> None:
    many = made_up_reading(*("word" * 10 for _ in range(1500)))
    event = replace(made_up_event("d", 1), reading=many)
    form = json.loads(payload := event_payload(event_form(event, "d", 0.0)))
    assert len(payload) < LARGEST_EVENT_BYTES
    assert form["lines"] == []
    assert form["text"] == many.text
