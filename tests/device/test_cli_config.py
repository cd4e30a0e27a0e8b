import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkwatch.cli import main
from inkwatch.config.load import load
from inkwatch.config.model import Config
from inkwatch.config.reference import example
from inkwatch.errors import ExitCode
from inkwatch.machine.identity import device_id

CANARY = "canary-7f3a"

Capture = pytest.CaptureFixture[str]
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def run(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return run


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INKWATCH_CONFIG", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


def test_a_right_file_is_said_to_be_right(
    cli: Any, write: Write, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_CAMERA_RATE_HZ", "2")
    path = write('device.id = "a"\nmqtt.host = "b"\ncamera.rate_hz = 3')
    assert cli("config", "check", "--config", path) == ExitCode.OK
    captured = capsys.readouterr()
    assert captured.err == ""
    assert captured.out.splitlines() == [
        f"{path} is right.",
        "  set by the file: device.id, mqtt.host",
        "  set by the environment: camera.rate_hz",
        "  only a restart takes up a change of: device.id",
    ]


def test_an_empty_file_sets_nothing(cli: Any, write: Write, capsys: Capture) -> None:
    assert cli("config", "check", "--config", write("")) == ExitCode.OK
    assert "nothing is set" in capsys.readouterr().out


def test_every_fault_is_a_line_of_its_own(cli: Any, write: Write, capsys: Capture) -> None:
    path = write("mqtt.port = -1\ncamera.sorce = 1\n")
    assert cli("config", "check", "--config", path) == ExitCode.CONFIG
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        f"inkwatch: {path}, line 1: mqtt.port must be a whole number from 0 to 65535, not -1.",
        f"inkwatch: {path}, line 2: there is no setting camera.sorce; did you mean camera.source?",
    ]


def test_the_file_may_be_named_by_the_environment(
    cli: Any, write: Write, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_CONFIG", str(write("x = 1")))
    assert cli("config", "show") == ExitCode.CONFIG
    assert "there is no setting x" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mqtt.tls = {enabled=true, ca_file='/no/ca'}", "mqtt.tls.ca_file names /no/ca, which is "),
        ("mqtt.tls = {enabled=true, ca_file='/'}", "mqtt.tls.ca_file names /, which is no file."),
        ("reading.words_file = '/no/words'", "reading.words_file names /no/words, which is not th"),
        ("reading.pattern = '@/no/words'", "reading.pattern names /no/words, which is not there."),
        ("reading.pattern = '[a'", "reading.pattern cannot be used: "),
        ("reading.language = 'xx'", "reading.language cannot be used: No lexicon is named 'xx'"),
        ("reading.language = './xx'", "reading.language cannot be used: "),
        ("reading.model = 'xx'", "reading.model cannot be used: No model bundle is named 'xx'"),
        ("mqtt.queue.path = '/no/q.db'", "mqtt.queue.path names a file in /no, which is no folder"),
        ("mqtt.queue.path = '/'", "mqtt.queue.path names /, which is a folder; name a file in it."),
        ("mqtt = {host='b', password_file='/no/p'}", "mqtt.password_file: /no/p does not exist"),
    ],
)
def test_a_check_looks_at_what_is_named(
    text: str, says: str, cli: Any, write: Write, capsys: Capture
) -> None:
    path = write(text)
    assert cli("config", "check", "--config", path) == ExitCode.CONFIG
    told = capsys.readouterr().err.removeprefix("inkwatch: ").removeprefix(f"{path}, line 1: ")
    assert told.startswith(says)
    assert told.count("\n") == 1


def test_the_file_may_be_named_alone(cli: Any, write: Write, capsys: Capture) -> None:
    path = write("device.id = 'a'")
    for action in ("check", "show"):
        assert cli("config", action, path) == ExitCode.OK
        assert str(path) in capsys.readouterr().out
    assert cli("config", "check", path, "--config", path) == ExitCode.USAGE
    assert "named twice" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["/no/desk.mp4", "nope", "/dev/video999"])
def test_a_source_that_is_not_there_is_noted_and_no_fault(
    source: str, cli: Any, write: Write, capsys: Capture
) -> None:
    path = write(f"camera.source = '{source}'")
    assert cli("config", "check", path) == ExitCode.OK
    captured = capsys.readouterr()
    assert captured.err == (
        f"{path}, line 1: camera.source names {source}, which is not there now.\n"
    )
    assert captured.out.startswith(f"{path} is right.")


@pytest.mark.parametrize("source", ["auto", "sample", "picamera2:1", "v4l2", "v4l2:7", "/dev"])
def test_other_sources_are_not_noted(source: str, cli: Any, write: Write, capsys: Capture) -> None:
    assert cli("config", "check", write(f"camera.source = '{source}'")) == ExitCode.OK
    assert capsys.readouterr().err == ""


def test_what_is_there_passes(cli: Any, write: Write, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("Anna Bert", encoding="utf-8")
    path = write(
        f"reading = {{words_file='{tmp_path}/words', pattern='@{tmp_path}/words'}}\n"
        f"mqtt.queue.path = '{tmp_path}/queue.db'\n"
    )
    assert cli("config", "check", "--config", path) == ExitCode.OK


def test_what_is_shown_can_be_read_again(
    cli: Any, write: Write, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_HEALTH_EVERY_S", "5")
    path = write('[reading]\nregion = [0, 0, 0.5, 1]\npattern = "\\\\d#"\n[mqtt]\nhost = "b"')
    assert cli("config", "show", "--config", path) == ExitCode.OK
    shown = capsys.readouterr().out
    before = load(path).config
    write(shown)
    assert load(path).config == before
    rows = {row.partition(" = ")[0]: row for row in shown.splitlines()}
    assert rows["mqtt.host"].endswith('"b"' + " " * 35 + "  # file")
    assert rows["health.every_s"].endswith("  # INKWATCH_HEALTH_EVERY_S")
    assert rows["mqtt.base"].endswith("  # default")
    assert rows["device.id"].endswith(f"# default: here {device_id()}")
    assert shown.startswith(f"# {path}\n")
    assert shown.endswith("# mqtt.password: not set\n")


@pytest.mark.parametrize("origin", ["credential", "environment", "file"])
def test_the_password_is_shown_as_set_and_never_itself(
    origin: str, cli: Any, write: Write, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path = write("").parent
    text = 'mqtt.host = "b"\nmqtt.username = "u"\n'
    if origin == "environment":
        monkeypatch.setenv("INKWATCH_MQTT_PASSWORD", CANARY)
    else:
        (tmp_path / "mqtt-password").write_text(CANARY, encoding="utf-8")
        (tmp_path / "mqtt-password").chmod(0o600)
    if origin == "credential":
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    if origin == "file":
        text += f'mqtt.password_file = "{tmp_path}/mqtt-password"\n'
    path = write(text)
    assert cli("config", "show", "--config", path) == ExitCode.OK
    assert cli("config", "check", "--config", path) == ExitCode.OK
    captured = capsys.readouterr()
    assert f"# mqtt.password: set (from {origin})\n" in captured.out
    assert CANARY not in captured.out + captured.err


def test_a_password_that_stands_in_the_file_is_not_repeated(
    cli: Any, write: Write, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_DEBUG", "1")
    path = write(f'mqtt.host = "b"\nmqtt.password = "{CANARY}"')
    for action in ("check", "show"):
        assert cli("config", action, "--config", path) == ExitCode.CONFIG
    captured = capsys.readouterr()
    assert CANARY not in captured.out + captured.err
    assert "mqtt.password_file" in captured.err


def test_a_password_that_cannot_be_told_is_still_a_listing(
    cli: Any, write: Write, capsys: Capture
) -> None:
    path = write('mqtt = {host = "b", password_file = "/no/p"}')
    assert cli("config", "show", "--config", path) == ExitCode.OK
    assert "# mqtt.password: mqtt.password_file: /no/p does not exist." in capsys.readouterr().out


def test_a_password_for_the_services_user_alone_is_not_held_against_it(
    cli: Any, write: Write, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = write("").with_name("password")
    closed.write_text(CANARY, encoding="utf-8")
    really_open = os.open

    def refuse(path: Any, flags: int, mode: int = 0o777) -> int:
        if str(path) == str(closed):
            raise PermissionError(13, "Permission denied")
        return really_open(path, flags, mode)

    monkeypatch.setattr(os, "open", refuse)
    monkeypatch.setattr(os, "access", lambda path, _: str(path) != str(closed))
    path = write(f'mqtt = {{host = "b", password_file = "{closed}"}}')
    assert cli("config", "check", "--config", path) == ExitCode.OK
    assert f"Not checked: {closed} is closed to this user." in capsys.readouterr().err


def test_the_default_is_a_file_to_edit(cli: Any, capsys: Capture) -> None:
    assert cli("config", "default") == ExitCode.OK
    out = capsys.readouterr().out
    assert out == example()
    assert set(tomllib.loads(out)) == set(Config.__struct_fields__)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["config"], "the following arguments are required: ACTION"),
        (["config", "chek"], "invalid choice: 'chek'"),
        (["config", "check", "--config", ""], "the name is empty; name a file"),
        (["config", "default", "--config", "x"], "unrecognized arguments: --config x"),
    ],
)
def test_a_wrong_command_line_ends_in_2(words: list[str], says: str, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == ExitCode.USAGE
    assert says in capsys.readouterr().err
