"""`inkwatch mqtt` against a real broker."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tools.soak.mosquitto import Mosquitto, free_port, mosquitto_program
from tools.soak.observer import Observer

from inkwatch.errors import ExitCode
from inkwatch.publish.mqtt.topics import Topics

Capture = pytest.CaptureFixture[str]
Configure = Callable[..., Path]
TOPICS = Topics("inkwatch", "desk")
USERS = {"ink": "canary-5512", "all": "x"}


@pytest.fixture
def configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configure:
    """`configure(port, 'mqtt.username = "x"')` writes a config for a broker on this machine."""
    for name in ("INKWATCH_CONFIG", "CREDENTIALS_DIRECTORY", "INKWATCH_MQTT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    def run(port: int, *lines: str) -> Path:
        path = tmp_path / "config.toml"
        first = ('device.id = "desk"', 'mqtt.host = "127.0.0.1"', f"mqtt.port = {port}")
        path.write_text("\n".join((*first, *lines)))
        return path

    return run


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Mosquitto]]:
    if mosquitto_program() is None:
        pytest.skip("Mosquitto is not installed: apt install mosquitto")
    running: list[Mosquitto] = []

    def make(acl: str | None = None) -> Mosquitto:
        users = {} if acl is None else USERS
        running.append(Mosquitto(tmp_path / "broker", users=users, acl=acl))
        return running[-1].start()

    yield make
    for broker in running:
        broker.stop()


@pytest.fixture
def run_cli(cli: Any, capsys: Capture) -> Callable[..., tuple[int, str]]:
    """Runs `inkwatch`; gives the exit code and all that was said."""

    def run(*words: str | Path) -> tuple[int, str]:
        code = int(cli(*words))
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return run


def test_without_a_broker_both_ways_to_name_one_are_told(
    run_cli: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INKWATCH_MQTT_HOST", raising=False)
    path = tmp_path / "config.toml"
    path.write_text("")
    code, said = run_cli("mqtt", "test", "--config", path)
    assert code == ExitCode.CONFIG
    assert str(path) in said
    assert "INKWATCH_MQTT_HOST" in said


def test_a_broker_that_takes_all(
    cli: Any, configure: Configure, start: Callable[..., Mosquitto], capsys: Capture
) -> None:
    broker = start()
    with Observer(broker.port) as observer:
        assert cli("mqtt", "test", "--config", configure(broker.port)) == ExitCode.OK
        heard = observer.wait_for(TOPICS.test)
        assert json.loads(heard.payload)["device"] == "desk"
    with Observer(broker.port) as late:
        # Nothing stays behind.
        assert late.all() == []
    told = capsys.readouterr().out
    assert f"127.0.0.1:{broker.port} takes the login (MQTT 5)" in told
    assert f"A message to {TOPICS.test} came back after" in told


@pytest.mark.parametrize(
    "case",
    [
        (("5", ""), (ExitCode.BROKER, "Allow this user to write")),
        (("3.1.1", ""), (ExitCode.BROKER, "")),
        (("5", "topic write inkwatch/#"), (ExitCode.OK, "has no need to")),
        (("3.1.1", "topic write inkwatch/#"), (ExitCode.BROKER, "or may not write it")),
        (("3.1.1", "topic readwrite inkwatch/#"), (ExitCode.OK, "came back")),
    ],
)
def test_rights(
    run_cli: Callable[..., tuple[int, str]],
    configure: Configure,
    start: Callable[..., Mosquitto],
    monkeypatch: pytest.MonkeyPatch,
    case: tuple[tuple[str, str], tuple[ExitCode, str]],
) -> None:
    (protocol, acl), (code, words) = case
    from inkwatch.publish.mqtt import probe

    monkeypatch.setattr(probe.try_broker, "__defaults__", (1.0,))
    monkeypatch.setenv("INKWATCH_MQTT_PASSWORD", USERS["ink"])
    broker = start(f"user ink\n{acl}\n")
    config = configure(broker.port, 'mqtt.username = "ink"', f'mqtt.protocol = "{protocol}"')
    ended, told = run_cli("mqtt", "test", "--config", config)
    assert ended == code
    assert words in told
    assert USERS["ink"] not in told


def test_a_wrong_password(
    cli: Any,
    configure: Configure,
    start: Callable[..., Mosquitto],
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INKWATCH_MQTT_PASSWORD", "canary-9977")
    config = configure(start("").port, 'mqtt.username = "ink"')
    assert cli("mqtt", "test", "--config", config) == ExitCode.BROKER
    told = capsys.readouterr().err
    assert "refuses the login of user 'ink'" in told
    assert "canary" not in told


@pytest.mark.parametrize("action", ["test", "forget"])
def test_no_broker_there(cli: Any, configure: Configure, capsys: Capture, action: str) -> None:
    config = configure(free_port())
    assert cli("mqtt", action, "--config", config) == ExitCode.BROKER
    assert "Nothing listens" in capsys.readouterr().err


def test_no_broker_named(cli: Any, tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "empty.toml"
    path.write_text("")
    assert cli("mqtt", "test", "--config", path) == ExitCode.CONFIG
    assert f"Set it in {path}" in capsys.readouterr().err


def test_paho_is_missing_or_old(
    cli: Any, configure: Configure, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("paho_broker", "connection"):
        monkeypatch.delitem(sys.modules, f"inkwatch.publish.mqtt.{module}", raising=False)
    monkeypatch.setitem(sys.modules, "paho.mqtt.enums", None)
    assert cli("mqtt", "test", "--config", configure(1)) == ExitCode.MISSING
    assert ".venv/bin/pip install -e '.[mqtt]'" in capsys.readouterr().err


def test_all_that_a_broker_keeps_can_be_taken_back(
    cli: Any, configure: Configure, start: Callable[..., Mosquitto], capsys: Capture
) -> None:
    broker = start()
    kept = (*TOPICS.retained, "homeassistant/device/desk/config")
    other = "inkwatch/other/reading"
    with Observer(broker.port) as observer:
        for topic in (*kept, other):
            observer.send(topic, b"x", retain=True)
        observer.wait_for(other)
    assert cli("mqtt", "forget", "--config", configure(broker.port)) == ExitCode.OK
    told = capsys.readouterr()
    assert told.out.count("forgotten: ") == len(kept)
    # No service is installed here.
    assert "stop it first: end `inkwatch watch`" in told.err
    with Observer(broker.port) as late:
        late.wait_for(other)
        assert {heard.topic for heard in late.all()} == {other}


def test_what_may_not_be_taken_back_is_named(
    cli: Any,
    configure: Configure,
    start: Callable[..., Mosquitto],
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INKWATCH_MQTT_PASSWORD", USERS["ink"])
    broker = start("user ink\ntopic write inkwatch/#\n")
    config = configure(broker.port, 'mqtt.username = "ink"')
    assert cli("mqtt", "forget", "--config", config) == ExitCode.BROKER
    assert "homeassistant/device/desk/config" in capsys.readouterr().err
