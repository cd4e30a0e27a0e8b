import pytest

from inkwatch.doctor.finding import Finding, Grade, exit_code, worst
from inkwatch.errors import ExitCode


def finding(grade: Grade) -> Finding:
    return Finding("x", grade, "told")


@pytest.mark.parametrize(
    ("grades", "expected", "code"),
    [
        ([], Grade.OK, ExitCode.OK),
        ([Grade.OK, Grade.NOTE], Grade.NOTE, ExitCode.OK),
        ([Grade.WARNING, Grade.OK], Grade.WARNING, ExitCode.WARNINGS),
        ([Grade.WARNING, Grade.FAULT, Grade.NOTE], Grade.FAULT, ExitCode.FAULTS),
    ],
)
def test_the_worst_decides(grades: list[Grade], expected: Grade, code: ExitCode) -> None:
    assert worst(map(finding, grades)) is expected
    assert exit_code(expected) is code
