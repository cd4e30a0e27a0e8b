import pytest
from tests.device.doctor.fake_machine import FakeMachine

from inkwatch.doctor.finding import Grade
from inkwatch.doctor.machine import Ran
from inkwatch.doctor.service import check_service


def told(**changed: str) -> Ran:
    rows = {
        "LoadState": "loaded",
        "ActiveState": "active",
        "UnitFileState": "enabled",
        "NRestarts": "0",
        "StatusText": "120 seen = 2 read",
        "Result": "success",
        "ExecMainStatus": "0",
    } | changed
    return Ran(0, "".join(f"{name}={value}\n" for name, value in rows.items()))


def test_a_service_that_runs_shows_its_status(machine: FakeMachine) -> None:
    machine.answers["systemctl"] = told()
    (found,) = check_service(machine)
    assert found.grade is Grade.OK
    assert "120 seen = 2 read" in found.message


@pytest.mark.parametrize(
    ("changed", "grade", "mend"),
    [
        ({"ActiveState": "activating"}, Grade.WARNING, "journalctl"),
        ({"ActiveState": "inactive"}, Grade.WARNING, "systemctl start"),
        (
            {"ActiveState": "failed", "Result": "exit-code", "ExecMainStatus": "11"},
            Grade.FAULT,
            "systemctl restart",
        ),
    ],
)
def test_states(machine: FakeMachine, changed: dict[str, str], grade: Grade, mend: str) -> None:
    machine.answers["systemctl"] = told(**changed)
    found = check_service(machine)[0]
    assert found.grade is grade
    assert mend in found.mend
    if grade is Grade.FAULT:
        assert "code 11" in found.message


@pytest.mark.parametrize(("count", "tells"), [("2", False), ("3", True), ("x", False)])
def test_many_restarts(machine: FakeMachine, count: str, *, tells: bool) -> None:
    machine.answers["systemctl"] = told(NRestarts=count)
    assert ("service restarts" in {f.what for f in check_service(machine)}) is tells


def test_a_service_that_does_not_start_by_itself(machine: FakeMachine) -> None:
    machine.answers["systemctl"] = told(UnitFileState="disabled")
    found = check_service(machine)[-1]
    assert (found.what, found.grade) == ("service enabled", Grade.WARNING)


@pytest.mark.parametrize("answer", [None, Ran(None), Ran(1), told(LoadState="not-found")])
def test_without_systemd_or_unit_it_is_a_note(machine: FakeMachine, answer: Ran | None) -> None:
    machine.answers["systemctl"] = answer
    (found,) = check_service(machine)
    assert found.grade is Grade.NOTE
