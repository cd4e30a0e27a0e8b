import json
from pathlib import Path

import pytest
from tests.device.doctor.fake_machine import FakeMachine

from inkwatch.doctor.camera import check_camera, wants_ribbon
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Ran
from inkwatch.doctor.setting import Setting


@pytest.fixture
def pi(machine: FakeMachine) -> FakeMachine:
    """A Raspberry Pi with a camera that libcamera sees."""
    machine.put("/dev/video0")
    machine.put("/dev/media0")
    machine.answers["python"] = Ran(0, f"[INFO] chatter\n{json.dumps({'cameras': ['imx708']})}\n")
    return machine


def look(machine: FakeMachine, source: str = "auto") -> dict[str, Finding]:
    return {found.what: found for found in check_camera(machine, source, Setting(service=True))}


def test_all_well(pi: FakeMachine) -> None:
    found = look(pi)
    assert {name: f.grade for name, f in found.items()} == {
        "camera devices": Grade.OK,
        "libcamera": Grade.OK,
    }
    assert "imx708" in found["libcamera"].message
    assert all(timeout_s <= 30 for _, timeout_s in pi.asked)


def test_no_devices_on_a_pc(machine: FakeMachine) -> None:
    found = look(machine)["camera devices"]
    assert found.grade is Grade.FAULT
    assert "cable" not in found.mend
    assert "USB" in found.mend
    assert "sudoedit /etc/inkwatch/config.toml" in found.mend


def test_no_devices(machine: FakeMachine) -> None:
    machine.put("/proc/device-tree/model", "Raspberry Pi Zero 2 W Rev 1.0\0")
    found = look(machine)
    assert found["camera devices"].grade is Grade.FAULT
    assert "cable" in found["camera devices"].mend


def test_a_named_device_that_is_not_there(pi: FakeMachine) -> None:
    found = look(pi, "/dev/video7")
    assert "There is no /dev/video7" in found["camera devices"].message


def test_a_user_outside_the_group(pi: FakeMachine) -> None:
    pi.closed.add("/dev/video0")
    pi.has_groups = frozenset({"users"})
    found = look(pi)["camera devices"]
    assert found.grade is Grade.FAULT
    assert "usermod -aG video reader" in found.mend


def test_a_device_closed_to_its_group(pi: FakeMachine) -> None:
    pi.closed.add("/dev/media0")
    found = look(pi)["camera devices"]
    assert found.grade is Grade.FAULT
    assert "udevadm trigger" in found.mend


def test_another_program_holds_it(pi: FakeMachine) -> None:
    for number, name in ((41, "motion"), (42, "inkwatch")):
        pi.put(f"/proc/{number}/comm", f"{name}\n")
        folder = pi.at(f"/proc/{number}/fd")
        folder.mkdir()
        (folder / "3").symlink_to(pi.at("/dev/video0"))
    found = look(pi)["camera held"]
    assert found.grade is Grade.WARNING
    assert found.message.startswith("motion holds")
    assert "inkwatch" not in found.message.partition(" holds")[0]


@pytest.mark.parametrize(
    ("source", "answer", "grade", "word"),
    [
        ("auto", Ran(0, '{"missing": "No module"}'), Grade.NOTE, "not installed"),
        ("picamera2", Ran(0, '{"missing": "No module"}'), Grade.FAULT, "not installed"),
        ("picamera2", Ran(1, "", "Trace\nImportError: numpy\n"), Grade.FAULT, "ImportError: numpy"),
        ("auto", Ran(1, "", ""), Grade.WARNING, "said nothing"),
        ("auto", Ran(0, "not json"), Grade.WARNING, "fails"),
        ("auto", Ran(None), Grade.FAULT, "does not answer"),
        ("picamera2:1", Ran(0, '{"cameras": []}'), Grade.FAULT, "sees no camera"),
        ("auto", Ran(0, '{"cameras": []}'), Grade.OK, "one on USB"),
    ],
)
def test_what_libcamera_says(
    pi: FakeMachine, source: str, answer: Ran, grade: Grade, word: str
) -> None:
    pi.answers["python"] = answer
    found = look(pi, source)["libcamera"]
    assert found.grade is grade
    assert word in found.message
    assert bool(found.mend) is (grade is not Grade.OK)


@pytest.mark.parametrize(
    ("out", "sees"),
    [
        ("Available cameras\n-----\n0 : imx708 [4608x2592] (/base/i2c)\n", True),
        ("No cameras available!\n", False),
    ],
)
def test_what_the_cameras_own_program_sees(pi: FakeMachine, out: str, *, sees: bool) -> None:
    pi.answers["python"] = Ran(0, '{"missing": "No module"}')
    pi.answers["rpicam-hello"] = Ran(0, out)
    assert ("rpicam-hello sees one" in look(pi)["libcamera"].message) is sees


def test_no_camera_anywhere(machine: FakeMachine) -> None:
    machine.put("/dev/media0")
    machine.answers["python"] = Ran(0, '{"cameras": []}')
    assert look(machine)["libcamera"].grade is Grade.FAULT


def test_usb_cameras_need_no_libcamera(pi: FakeMachine) -> None:
    assert list(look(pi, "v4l2")) == ["camera devices"]
    assert pi.asked == []


def test_pictures_from_a_folder(machine: FakeMachine) -> None:
    machine.put("/srv/pages/a.png")
    assert look(machine, "/srv/pages")["camera"].grade is Grade.OK
    machine.closed.add("/srv/pages")
    assert "reader may not read" in look(machine, "/srv/pages")["camera"].message
    assert "not there" in look(machine, "/srv/other")["camera"].message


def test_what_the_sandbox_hides(machine: FakeMachine) -> None:
    machine.put("/home/pi/page.png")
    (found,) = check_camera(machine, "/home/pi/page.png", Setting(service=True))
    assert "hidden from the service" in found.message
    (found,) = check_camera(machine, "/home/pi/page.png", Setting(service=False))
    assert found.grade is Grade.OK


@pytest.mark.parametrize(
    ("source", "wants"),
    [("auto", True), ("picamera2:1", True), ("v4l2", False), ("/dev/video0", False), ("a", False)],
)
def test_who_wants_a_ribbon_camera(source: str, *, wants: bool) -> None:
    assert wants_ribbon(source) is wants


def test_the_probe_runs_for_real(tmp_path: Path) -> None:
    """Here without picamera2, which is an answer of its own; with it, cameras or none."""
    from inkwatch.doctor.machine import Machine

    real = Machine()
    found = {f.what: f for f in check_camera(real, "auto", Setting(service=False))}
    assert "libcamera" in found
    assert "fails" not in found["libcamera"].message


def test_a_relative_path_is_looked_for_where_one_is(
    machine: FakeMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    machine.at(f"{tmp_path}/drop").mkdir(parents=True)
    (found,) = check_camera(machine, "drop", Setting(service=False))
    assert found.grade is Grade.OK
    assert found.message == f"Pictures come from {tmp_path}/drop."


def test_the_mend_of_a_path_names_the_config_in_use(machine: FakeMachine) -> None:
    (found,) = check_camera(machine, "/nope", Setting(False, Path("my own.toml")))
    assert found.mend == "nano 'my own.toml'     # camera.source"


def test_the_sample_video_is_no_path(machine: FakeMachine) -> None:
    (found,) = check_camera(machine, "sample", Setting(service=False))
    assert (found.grade, found.mend) == (Grade.NOTE, "")
