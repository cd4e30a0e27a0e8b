"""The whole device keeps its password to itself, and lets nobody connect to it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.soak.mosquitto import Mosquitto, mosquitto_program
from tools.soak.observer import Observer

pytestmark = pytest.mark.skipif(
    mosquitto_program() is None, reason="Mosquitto is not installed: apt install mosquitto"
)

PAGE = Path(__file__).parents[2] / "device/inkwatch/samples/note.jpg"
CANARY = "canary-Zq7xW2"
LISTENING = "0A"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    server = Mosquitto(tmp_path / "broker", users={"desk": CANARY, "me": "seen"})
    server.start()
    yield server
    server.stop()


def config_file(folder: Path, port: int, password: str) -> Path:
    secret = folder / "password"
    secret.write_text(f"{password}\n")
    secret.chmod(0o600)
    config = folder / "config.toml"
    config.write_text(
        f'[device]\nid = "desk"\n[camera]\nsource = "{PAGE}"\n[reading]\nrotation = 0\n'
        f'[mqtt]\nhost = "127.0.0.1"\nport = {port}\nusername = "desk"\n'
        f'password_file = "{secret}"\n[mqtt.queue]\npath = "{folder / "queue.db"}"\n'
    )
    return config


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "inkwatch", *words]


def environment() -> dict[str, str]:
    # What a developer sees must not show it either.
    return {**os.environ, "INKWATCH_DEBUG": "1"}


def said_by(*words: str) -> str:
    ended = subprocess.run(
        command(*words), capture_output=True, text=True, timeout=120, check=False, env=environment()
    )
    return ended.stdout + ended.stderr


def family(pid: int) -> list[int]:
    """A process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(int(child) for child in children)]


def listening_inodes() -> set[str]:
    rows = [
        row.split()
        for table in ("tcp", "tcp6")
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[9] for row in rows if row[3] == LISTENING}


def sockets_of(pid: int) -> set[str]:
    links = (each for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink())
    names = (str(each.readlink()) for each in links)
    return {name[8:-1] for name in names if name.startswith("socket:[")}


def test_the_password_is_shown_nowhere_and_nobody_can_connect(
    broker: Mosquitto, tmp_path: Path
) -> None:
    config = config_file(tmp_path, broker.port, CANARY)
    with Observer(broker.port, user="me", password="seen") as observer:
        process = subprocess.Popen(
            command("watch", "--config", str(config), "--format", "json"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        try:
            observer.wait_until(lambda all_: any(m.topic.endswith("/event") for m in all_))
            pids = family(process.pid)
            assert len(pids) == 2, "the camera has a process of its own"
            assert sockets_of(process.pid), "the connection to the broker is one"
            open_doors = {pid: sockets_of(pid) & listening_inodes() for pid in pids}
            arguments = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids]
            told = [m.topic.encode() + m.payload for m in observer.all()]
        finally:
            process.terminate()
            out, err = process.communicate(timeout=20)
    assert all(not doors for doors in open_doors.values()), open_doors
    assert json.loads(out.splitlines()[0])["text"].startswith("Dear Martha")
    assert CANARY.encode() not in b"".join(arguments + told)
    assert CANARY not in out + err
    for words in (
        ("config", "show", "--config", str(config)),
        ("config", "check", "--config", str(config)),
        ("doctor", "--json", "--config", str(config)),
        ("mqtt", "test", "--config", str(config)),
    ):
        said = said_by(*words)
        assert said, words
        assert CANARY not in said, words


def test_a_password_that_is_refused_is_not_repeated(broker: Mosquitto, tmp_path: Path) -> None:
    wrong = f"{CANARY}-wrong"
    config = config_file(tmp_path, broker.port, wrong)
    said = said_by("watch", "--config", str(config), "--timeout", "6")
    assert "refuse" in said or "password" in said, "a wrong password is told"
    for words in (("mqtt", "test"), ("doctor", "--json")):
        said += said_by(*words, "--config", str(config))
    assert wrong not in said
