import json

import jsonschema

from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.report import as_json, as_text, schema_text, summary

FINDINGS = [
    Finding("memory", Grade.OK, "300 MB are free."),
    Finding("clock", Grade.WARNING, "Not set.", "sudo timedatectl set-ntp true"),
    Finding("camera", Grade.FAULT, "None.", "Look at the cable."),
    Finding("disk", Grade.FAULT, "Full."),
]


def test_text_has_the_mending_below() -> None:
    lines = as_text(FINDINGS[1]).splitlines()
    assert lines[0] == "warning  clock: Not set."
    assert lines[1].split() == ["mend:", "sudo", "timedatectl", "set-ntp", "true"]
    assert len(as_text(FINDINGS[0]).splitlines()) == 1


def test_json_is_as_its_schema_says() -> None:
    for findings in (FINDINGS, []):
        told = json.loads(as_json(findings))
        jsonschema.validate(told, json.loads(schema_text()))
    told = json.loads(as_json(FINDINGS))
    assert told["worst"] == "fault"
    assert [f["what"] for f in told["findings"]] == ["memory", "clock", "camera", "disk"]


def test_the_last_line_counts() -> None:
    assert summary(FINDINGS) == "2 faults, 1 warning.\n"
    assert summary(FINDINGS[:1]) == "All is well.\n"
