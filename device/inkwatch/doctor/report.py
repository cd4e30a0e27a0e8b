"""Findings as people and as programs read them."""

import json
from collections.abc import Sequence
from importlib import resources

from inkwatch.doctor.finding import Finding, Grade, worst

FORMAT_VERSION = 1
_WIDTH = 8


def as_text(finding: Finding) -> str:
    """One finding in a line, what mends it in another."""
    line = f"{finding.grade.value:<{_WIDTH}} {finding.what}: {finding.message}\n"
    return line + (f"{'':<{_WIDTH}}   mend: {finding.mend}\n" if finding.mend else "")


def summary(findings: Sequence[Finding]) -> str:
    """The last line: how many of each that calls for something."""
    faults = sum(finding.grade is Grade.FAULT for finding in findings)
    warnings = sum(finding.grade is Grade.WARNING for finding in findings)
    if not faults and not warnings:
        return "All is well.\n"
    return f"{_count(faults, 'fault')}, {_count(warnings, 'warning')}.\n"


def as_json(findings: Sequence[Finding]) -> str:
    """All findings as one object, in the form that `doctor.schema.json` describes."""
    told = {
        "format": FORMAT_VERSION,
        "worst": worst(findings).value,
        "findings": [
            {
                "what": finding.what,
                "grade": finding.grade.value,
                "message": finding.message,
                "mend": finding.mend,
            }
            for finding in findings
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def schema_text() -> str:
    """The JSON Schema of `as_json`."""
    file = resources.files("inkwatch.doctor") / "doctor.schema.json"
    return file.read_text(encoding="utf-8")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
