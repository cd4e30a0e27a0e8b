import pytest

from inkwatch.doctor.finding import Grade
from inkwatch.doctor.heat import check_heat


def test_a_machine_that_tells_nothing() -> None:
    assert check_heat(None, None, 80.0) == []


@pytest.mark.parametrize(("celsius", "grade"), [(45.0, Grade.OK), (80.0, Grade.WARNING)])
def test_temperature(celsius: float, grade: Grade) -> None:
    (found,) = check_heat(celsius, None, 80.0)
    assert (found.what, found.grade) == ("temperature", grade)
    assert f"{celsius:.0f} °C" in found.message
    assert bool(found.mend) is (grade is Grade.WARNING)


@pytest.mark.parametrize(
    ("throttled", "grade", "mend"),
    [
        ((), Grade.OK, ""),
        (("under-voltage", "under-voltage-occurred"), Grade.WARNING, "power supply"),
        (("throttled",), Grade.WARNING, "heat sink"),
        (("under-voltage-occurred",), Grade.WARNING, "power supply"),
        (("soft-temperature-limit-occurred",), Grade.NOTE, "heat sink"),
    ],
)
def test_complaints(throttled: tuple[str, ...], grade: Grade, mend: str) -> None:
    (found,) = check_heat(None, throttled, 80.0)
    assert (found.what, found.grade) == ("power", grade)
    assert mend in found.mend
