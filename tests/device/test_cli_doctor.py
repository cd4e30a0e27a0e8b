"""`inkwatch doctor` as it is typed: forms, exit codes, and what it must never show."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema
import pytest
from tests.device.doctor.fake_machine import FakeMachine

from inkwatch import cli_doctor, cli_service
from inkwatch.cli import main
from inkwatch.cli_console import Console
from inkwatch.cli_doctor import run_doctor
from inkwatch.config.load import Loaded
from inkwatch.config.model import CameraSection, Config, MqttSection
from inkwatch.config.secrets import Secret
from inkwatch.doctor.examine import Patient
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Ran
from inkwatch.doctor.report import schema_text
from inkwatch.doctor.setting import Setting
from inkwatch.errors import ExitCode
from inkwatch.publish.mqtt.fake import FakeBroker

CANARY = "canary-d41d8cd9"
SAMPLE = Path(__file__).parents[2] / "device/inkwatch/samples/note.jpg"


@pytest.fixture
def healthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeMachine:
    """A machine on which nothing is wrong."""
    machine = FakeMachine(tmp_path)
    machine.put("/srv/page.png")
    machine.put("/proc/meminfo", "MemTotal: 400000 kB\nMemAvailable: 300000 kB\n")
    machine.answers["python"] = Ran(0, json.dumps({"xnnpack": True, "runtime": "litert"}))
    monkeypatch.setattr("inkwatch.doctor.examine.clock_is_synced", lambda: True)
    monkeypatch.setattr("inkwatch.doctor.examine.temperature_c", lambda: 40.0)
    monkeypatch.setattr("inkwatch.doctor.examine.throttled", lambda: ())
    return machine


def run(machine: FakeMachine, broker: Grade, *, as_json: bool = False) -> ExitCode:
    config = Config(camera=CameraSection(source="/srv/page.png"), mqtt=MqttSection(host="b"))
    patient = Patient(
        machine,
        lambda: Loaded(config, None, {}),
        lambda _: str(machine.at("/queue.db")),
        lambda _: [Finding("broker", broker, "told\x1b[31m", "mend it")],
        setting=Setting(service=False),
    )
    return run_doctor(argparse.Namespace(config=None, json=as_json), Console(), patient=patient)


@pytest.mark.parametrize(
    ("broker", "code"),
    [
        (Grade.OK, ExitCode.OK),
        (Grade.NOTE, ExitCode.OK),
        (Grade.WARNING, ExitCode.WARNINGS),
        (Grade.FAULT, ExitCode.FAULTS),
    ],
)
def test_the_worst_is_the_exit_code(
    healthy: FakeMachine, capsys: pytest.CaptureFixture[str], broker: Grade, code: ExitCode
) -> None:
    assert run(healthy, broker) is code
    out, err = capsys.readouterr()
    assert err == ""
    assert "\x1b" not in out
    assert "mend: mend it" in out


def test_json_holds_what_the_schema_says(
    healthy: FakeMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(healthy, Grade.WARNING, as_json=True) is ExitCode.WARNINGS
    told = json.loads(capsys.readouterr().out)
    jsonschema.validate(told, json.loads(schema_text()))
    assert told["worst"] == "warning"


def doctor(config: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "inkwatch", "doctor", "--config", str(config), *words],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@pytest.mark.parametrize("where", ["environment", "credential", "file", "config"])
def test_a_password_is_never_shown(tmp_path: Path, where: str) -> None:
    config = tmp_path / "config.toml"
    text = '[camera]\nsource = "/nowhere"\n[mqtt]\nhost = "127.0.0.1"\nport = 9\nusername = "u"\n'
    environment = {"INKWATCH_DEBUG": "1"}
    match where:
        case "environment":
            environment["INKWATCH_MQTT_PASSWORD"] = CANARY
        case "credential":
            environment["CREDENTIALS_DIRECTORY"] = str(tmp_path)
            (tmp_path / "mqtt-password").write_text(CANARY)
        case "file":
            secret = tmp_path / "secret"
            secret.write_text(CANARY)
            secret.chmod(0o600)
            text += f'password_file = "{secret}"\n'
        case "config":
            text += f'password = "{CANARY}"\n'
    config.write_text(text)
    done = doctor(config, "--json", **environment)
    assert done.returncode == ExitCode.FAULTS
    assert CANARY not in done.stdout + done.stderr
    assert done.stderr == ""
    told = json.loads(done.stdout)
    named = {finding["what"]: finding["message"] for finding in told["findings"]}
    if where == "config":
        assert "password" in named["config"]
    else:
        assert "127.0.0.1:9" in named["broker"]


def service_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, credentials: Path
) -> tuple[Patient, Config]:
    """This machine as it were with the service installed, and a broker that nobody is."""
    config = tmp_path / "config.toml"
    config.write_text('[mqtt]\nhost = "127.0.0.1"\nport = 9\nusername = "u"\n')
    monkeypatch.setattr(cli_service, "DEFAULT_PATH", config)
    monkeypatch.setattr(cli_service, "UNIT_FILE", config)
    monkeypatch.setattr(cli_service, "CREDENTIALS", credentials)
    patient = cli_doctor.this_machine(config)
    assert patient.setting.service
    return patient, patient.load().config


def test_a_password_that_is_closed_to_us_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    patient, config = service_machine(tmp_path, monkeypatch, tmp_path)
    (found,) = patient.check_broker(config)
    assert (found.grade, found.mend) == (Grade.NOTE, "sudo inkwatch doctor")


def test_the_services_own_password_and_queue_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mqtt-password").write_text(CANARY)
    used = []

    def open_broker(_: MqttSection, password: Secret | None, client: str) -> FakeBroker:
        used.append((password and password.reveal(), client.endswith("-doctor")))
        return FakeBroker()

    monkeypatch.setattr(cli_doctor, "open_broker", open_broker)
    patient, config = service_machine(tmp_path, monkeypatch, tmp_path)
    assert [f.grade for f in patient.check_broker(config)] == [Grade.OK, Grade.OK]
    assert used == [(CANARY, True)]
    assert patient.queue_path(config) == "/var/lib/inkwatch/queue.db"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can look as another user")
def test_a_password_file_is_judged_as_its_owner_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(tempfile.mkdtemp())  # tmp_path is closed to other users
    try:
        folder.chmod(0o755)
        secret = folder / "password"
        secret.write_text(CANARY)
        secret.chmod(0o600)
        os.chown(secret, 12345, 12345)
        patient, _ = service_machine(tmp_path, monkeypatch, tmp_path / "none")
        config = Config(
            mqtt=MqttSection(host="127.0.0.1", port=9, username="u", password_file=str(secret))
        )
        (found,) = patient.check_broker(config)
        assert "Nothing listens" in found.message
        assert os.geteuid() == 0
    finally:
        shutil.rmtree(folder)


def test_a_wrong_config_is_a_finding_and_no_traceback(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[camera]\nsourse = 1\n")
    done = doctor(config)
    assert done.returncode == ExitCode.FAULTS
    assert done.stderr == ""
    assert f"fault    config: {config}, line 2" in done.stdout


def test_what_the_check_of_a_config_refuses_doctor_refuses_in_the_same_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        "[reading]\n"
        'language = "xx"\n'
        'pattern = "["\n'
        f'words_file = "{SAMPLE}"\n'
        'model = "./nosuchbundle"\n'
        'lines_model = "chars"\n'
    )
    assert main(["config", "check", "--config", str(config)]) == ExitCode.CONFIG
    refused = [row.removeprefix("inkwatch: ") for row in capsys.readouterr().err.splitlines()]
    done = doctor(config, "--json")
    assert done.returncode == ExitCode.FAULTS
    told = json.loads(done.stdout)["findings"]
    of_config = [f for f in told if f["what"] == "config"]
    assert [f["message"] for f in of_config] == refused
    assert {f["grade"] for f in of_config} == {"fault"}
    assert len(refused) == 3  # pattern and words wait for a model that knows the characters
    # The packages are still tried, with what ships.
    (model,) = (f for f in told if f["what"] == "model")
    assert model["grade"] in {"ok", "note"}


def test_doctor_refuses_a_pattern_and_words_that_cannot_be_read(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[reading]\npattern = "["\nwords_file = "{SAMPLE}"\n')
    done = doctor(config)
    assert done.returncode == ExitCode.FAULTS
    for line, name in enumerate(("pattern", "words_file"), 2):
        assert f"fault    config: {config}, line {line}: reading.{name} cannot be " in done.stdout
    assert "is right.\n" not in done.stdout
    assert f"mend: nano {config}" in done.stdout
