"""The whole command with a real broker: what is watched is told there, and commands are obeyed."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tools.soak.mosquitto import Mosquitto, mosquitto_program
from tools.soak.observer import Observer

from inkwatch.publish.event_form import event_schema_text

pytestmark = pytest.mark.skipif(
    mosquitto_program() is None, reason="Mosquitto is not installed: apt install mosquitto"
)

MQTT_PAGE = (Path(__file__).parents[3] / "docs/mqtt.md").read_text(encoding="utf-8")
PAGE = Path(__file__).parents[3] / "device/inkwatch/samples/note.jpg"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path / "broker")
    server.start()
    yield server
    server.stop()


def heard(observer: Observer, topic: str, count: int = 1) -> list[dict[str, Any]]:
    """The payloads of a topic, once there are so many."""
    found: list[dict[str, Any]] = []

    def enough(messages: list[Any]) -> bool:
        found[:] = [json.loads(m.payload) for m in messages if m.topic == topic]
        return len(found) >= count

    observer.wait_until(enough)
    return found


def documented_result(command: str) -> list[str]:
    """What docs/mqtt.md says stands in a command's answer."""
    (row,) = re.findall(
        rf"^\| (?:`\w+`, )?`{command}`(?:, `\w+`)? \| (.*) \|$", MQTT_PAGE, re.MULTILINE
    )
    return re.findall(r"`(\w+)`", row)


def test_a_page_is_told_commands_are_obeyed_and_numbers_go_on(
    broker: Mosquitto, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    queue = tmp_path / "queue.db"

    def write(extra: str) -> None:
        config.write_text(
            f'[device]\nid = "desk"\n[camera]\nsource = "{PAGE}"\n[reading]\nrotation = 0\n'
            f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\nimage = true\n'
            f'[mqtt.queue]\npath = "{queue}"\n{extra}'
        )

    @contextlib.contextmanager
    def start() -> Iterator["subprocess.Popen[str]"]:
        process = subprocess.Popen(
            [sys.executable, "-m", "inkwatch", "watch", "--config", str(config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "INKWATCH_CONSOLE_FORMAT": "json"},
        )
        try:
            yield process
        finally:
            # What failed must not leave a daemon that is waited for without end.
            process.kill()
            process.communicate()

    write("")
    with Observer(broker.port) as observer:
        with start() as process:
            (event,) = heard(observer, "inkwatch/desk/event")
            jsonschema.validate(event, json.loads(event_schema_text()))
            assert event["text"].startswith("Dear Martha")
            assert heard(observer, "inkwatch/desk/camera/status")[-1]["state"] == "running"
            for name in ("pause", "status", "read", "snapshot", "resume"):
                observer.send(f"inkwatch/desk/cmd/{name}", json.dumps({"id": name}).encode())
                (answer,) = heard(observer, f"inkwatch/desk/rsp/{name}")
                assert (answer["ok"], answer["id"]) == (True, name), answer
                assert list(answer["result"]) == documented_result(name)
            read = heard(observer, "inkwatch/desk/event", 2)[1]
            assert (read["trigger"], read["kind"]) == ("command", "unchanged")
            assert read["sequence"] == event["sequence"] + 1
            write("[health]\nevery_s = 1.0\n")
            process.send_signal(signal.SIGHUP)
            before = len(observer.all("inkwatch/desk/health"))
            heard(observer, "inkwatch/desk/health", before + 2)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=20)
            observer.wait_for("inkwatch/desk/availability", b"offline")
        assert process.returncode == 0, err
        assert "changed: health.every_s" in err
        assert [json.loads(line)["id"] for line in out.splitlines()] == [event["id"], read["id"]]
        with start() as process:
            again = heard(observer, "inkwatch/desk/event", 3)[2]
            assert again["sequence"] == read["sequence"] + 1
            process.terminate()
            process.communicate(timeout=20)
