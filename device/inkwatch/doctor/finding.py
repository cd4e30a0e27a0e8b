"""What a check found: how bad it is, in words, and the command that mends it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from inkwatch.errors import ExitCode


class Grade(StrEnum):
    """How bad it is. The values are part of the JSON form."""

    OK = "ok"
    NOTE = "note"
    """Worth knowing; nothing has to be done."""
    WARNING = "warning"
    """It works, and may stop working or work badly."""
    FAULT = "fault"
    """It keeps the device from working."""

    @property
    def rank(self) -> int:
        """0 for OK, rising with how bad it is."""
        return list(Grade).index(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    `what` names it in a word or two, the same in every run, so that findings can be counted over
    many devices. `mend` is what to type or to do, '' where there is nothing.
    """

    what: str
    grade: Grade
    message: str
    mend: str = ""


def worst(findings: Iterable[Finding]) -> Grade:
    """The worst grade there is; OK where there are no findings."""
    return max(
        (finding.grade for finding in findings), key=lambda grade: grade.rank, default=Grade.OK
    )


def exit_code(grade: Grade) -> ExitCode:
    """What the shell is told: 0, 20 or 21. Notes are no reason to wake anybody."""
    match grade:
        case Grade.FAULT:
            return ExitCode.FAULTS
        case Grade.WARNING:
            return ExitCode.WARNINGS
        case _:
            return ExitCode.OK
