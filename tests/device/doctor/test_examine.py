from collections.abc import Callable
from pathlib import Path

import pytest
from tests.device.doctor.fake_machine import FakeMachine

from inkwatch.config.load import Loaded
from inkwatch.config.model import Config, MqttSection
from inkwatch.doctor.examine import Patient, examine
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Ran
from inkwatch.doctor.setting import Setting
from inkwatch.errors import ConfigError

CONFIG = Path("/etc/inkwatch/config.toml")
WITH_BROKER = Config(mqtt=MqttSection(host="broker.lan"))


def fine(_: Config) -> list[Finding]:
    return [Finding("broker", Grade.OK, "It takes the login.")]


def patient(
    machine: FakeMachine,
    load: Callable[[], Config] = Config,
    path: Path | None = CONFIG,
    check_broker: Callable[[Config], list[Finding]] = fine,
) -> Patient:
    machine.put("/proc/mounts", "/dev/mmcblk0p2 / ext4 rw 0 0\n")
    machine.put("/proc/meminfo", "MemTotal: 400000 kB\nMemAvailable: 300000 kB\n")
    machine.put("/state/queue.db")
    return Patient(
        machine,
        lambda: Loaded(load(), path, {}),
        lambda _: "/state/queue.db",
        check_broker,
        setting=Setting(service=True),
    )


def names(found: list[Finding]) -> list[str]:
    return list(dict.fromkeys(finding.what for finding in found))


def test_everything_is_looked_at(machine: FakeMachine) -> None:
    found = list(examine(patient(machine, lambda: WITH_BROKER)))
    wanted = ["config", "service", "camera devices", "libcamera", "memory", "model", "clock"]
    assert [name for name in names(found) if name in wanted] == wanted
    assert names(found)[-3:] == ["disk", "state folder", "broker"]


@pytest.mark.parametrize(("path", "grade"), [(CONFIG, Grade.OK), (None, Grade.NOTE)])
def test_a_config_is_named(machine: FakeMachine, path: Path | None, grade: Grade) -> None:
    found = next(examine(patient(machine, path=path)))
    assert (found.what, found.grade) == ("config", grade)
    assert str(CONFIG) in found.message


def test_without_a_broker_it_is_not_looked_for(machine: FakeMachine) -> None:
    assert {"broker", "disk"}.isdisjoint(names(list(examine(patient(machine)))))


def test_each_fault_of_a_config_is_told_and_the_rest_is_looked_at(machine: FakeMachine) -> None:
    def load() -> Config:
        raise ConfigError("line 2 is wrong.", "line 9 is wrong.")

    found = list(examine(patient(machine, load)))
    assert [f.message for f in found if f.what == "config"] == [
        "line 2 is wrong.",
        "line 9 is wrong.",
    ]
    assert all(f.grade is Grade.FAULT and f.mend for f in found if f.what == "config")
    assert "memory" in names(found)
    assert "broker" not in names(found)


def test_a_check_that_breaks_does_not_hide_the_others(machine: FakeMachine) -> None:
    def broken(_: Config) -> list[Finding]:
        raise RuntimeError("canary-91ab")

    machine.answers["systemctl"] = lambda _: (_ for _ in ()).throw(RuntimeError("canary-91ab"))
    found = list(examine(patient(machine, lambda: WITH_BROKER, check_broker=broken)))
    told = {f.what: f for f in found}
    assert "RuntimeError" in told["service"].message
    assert "RuntimeError" in told["broker"].message
    assert "canary-91ab" not in repr(found)


@pytest.mark.parametrize("answer", [Ran(0, '{"cameras": ["imx708"]}')])
def test_mending_is_told_for_all_that_is_wrong(machine: FakeMachine, answer: Ran) -> None:
    machine.answers["python"] = answer
    for found in examine(patient(machine)):
        assert found.mend or found.grade in {Grade.OK, Grade.NOTE}, found
