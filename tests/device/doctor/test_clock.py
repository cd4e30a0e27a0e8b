import pytest
from tests.device.doctor.fake_machine import FakeMachine

from inkwatch.doctor.clock import check_clock
from inkwatch.doctor.finding import Grade
from inkwatch.doctor.machine import Ran


def test_a_clock_that_is_set(machine: FakeMachine) -> None:
    (found,) = check_clock(machine, synced=True)
    assert found.grade is Grade.OK
    assert machine.asked == []


@pytest.mark.parametrize(
    ("answer", "mend"),
    [
        (Ran(0, "no\n"), "set-ntp true"),
        (Ran(0, "yes\n"), "timedatectl status"),
        (Ran(None), "timedatectl status"),
        (None, "timedatectl status"),
    ],
)
def test_a_clock_that_is_not(machine: FakeMachine, answer: Ran | None, mend: str) -> None:
    machine.answers["timedatectl"] = answer
    (found,) = check_clock(machine, synced=False)
    assert found.grade is Grade.WARNING
    assert mend in found.mend
