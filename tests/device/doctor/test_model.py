import json
import sys

import pytest
from tests.device.doctor.fake_machine import FakeMachine

from inkwatch.config.model import ReadingSection
from inkwatch.doctor.finding import Grade
from inkwatch.doctor.machine import Machine, Ran
from inkwatch.doctor.model import check_model
from inkwatch.doctor.setting import Setting

SERVICE, BY_HAND = Setting(service=True), Setting(service=False)

TOLD = {
    "python": "3.11.2",
    "numpy": "1.24.2",
    "numpy_at": "/usr/lib/python3/dist-packages/numpy/__init__.py",
    "opencv": "4.11.0",
    "runtime": "litert 2.3.0",
    "bundles": "chars and lines",
    "xnnpack": True,
}


def answer(**changed: object) -> Ran:
    return Ran(0, f"INFO: noise\n{json.dumps({**TOLD, **changed})}\n")


def test_the_shipped_model_computes_right_on_this_machine() -> None:
    found = check_model(Machine(), ReadingSection(), SERVICE)
    assert found[0].grade in {Grade.OK, Grade.NOTE}
    assert "NumPy" in found[0].message
    assert "chars and lines" in found[0].message


def test_only_what_reads_is_tried() -> None:
    found = check_model(Machine(), ReadingSection(engine="characters"), SERVICE)
    assert "with chars is right" in found[0].message


def test_a_bundle_that_is_not_there() -> None:
    found = check_model(Machine(), ReadingSection(model="nosuchbundle"), SERVICE)
    assert [f.grade for f in found] == [Grade.FAULT]
    assert "nosuchbundle" in found[0].message


def test_versions_are_told(machine: FakeMachine) -> None:
    machine.answers["python"] = answer()
    (found,) = check_model(machine, ReadingSection(), SERVICE)
    assert found.grade is Grade.OK
    for word in ("litert 2.3.0", "3.11.2", "1.24.2", "4.11.0", "XNNPACK"):
        assert word in found.message


@pytest.mark.parametrize(
    ("ran", "grade", "word"),
    [
        (answer(xnnpack=False), Grade.NOTE, "slow"),
        (answer(error="the golden crop differs"), Grade.FAULT, "golden crop"),
        (Ran(-4, ""), Grade.FAULT, "signal 4"),
        (Ran(1, "", "boom"), Grade.FAULT, "code 1"),
        (Ran(None), Grade.FAULT, "does not answer"),
        (None, Grade.FAULT, "does not answer"),
    ],
)
def test_what_may_be_wrong(machine: FakeMachine, ran: Ran | None, grade: Grade, word: str) -> None:
    machine.answers["python"] = ran
    (found,) = check_model(machine, ReadingSection(), SERVICE)
    assert found.grade is grade
    assert word in found.message
    assert found.mend


@pytest.mark.parametrize(("at", "count"), [(TOLD["numpy_at"], 1), ("/opt/x/numpy/__init__.py", 2)])
def test_a_numpy_that_hides_apts(machine: FakeMachine, at: str, count: int) -> None:
    machine.put("/usr/lib/python3/dist-packages/picamera2/__init__.py")
    machine.answers["python"] = answer(numpy_at=at)
    found = check_model(machine, ReadingSection(), SERVICE)
    assert len(found) == count
    if count == 2:
        assert (found[1].what, found[1].grade) == ("numpy", Grade.WARNING)


def test_by_hand_the_packages_are_those_of_this_python(machine: FakeMachine) -> None:
    machine.answers["python"] = answer(xnnpack=False)
    (slow,) = check_model(machine, ReadingSection(), BY_HAND)
    assert slow.mend.startswith(f"{sys.executable} -m pip install")
    machine.answers["python"] = Ran(-4, "")
    (broken,) = check_model(machine, ReadingSection(), BY_HAND)
    assert "make run" in broken.mend
    assert "install.sh" not in broken.mend
