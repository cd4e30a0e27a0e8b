"""`inkwatch read` asks nobody and leaves nothing behind but what it was told to write."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# Runs in an interpreter of its own, since an audit hook cannot be taken away again.
WATCHED = """
import json, os, sys
events = []
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGING = ("os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink",
            "os.truncate", "shutil.", "tempfile.", "subprocess.", "os.system", "os.exec", "os.fork")
def watch(event, args):
    if event.startswith("socket."):
        events.append([event, ""])
    elif event == "open" and not isinstance(args[0], int) and args[2] & WRITING:
        events.append([event, os.fsdecode(args[0])])
    elif event.startswith(CHANGING):
        events.append([event, str(args[0])])
kind, *words = sys.argv[1:]
from inkwatch.cli import main
from inkwatch.page_reader import open_reader
from inkwatch.reading import Reading
class Fake:
    name = "fake"
    def __init__(self, bundle):
        pass
    def read(self, image, source="", **how):
        return Reading((), image.shape[1], image.shape[0], source, "fake")
sys.addaudithook(watch)
code = main(words, make_reader=Fake if kind == "fake" else open_reader)
sockets = [fd for fd in os.listdir("/proc/self/fd")
           if os.path.exists(f"/proc/self/fd/{fd}")
           and os.readlink(f"/proc/self/fd/{fd}").startswith("socket:")]
print(json.dumps({"code": code, "events": events, "sockets": sockets}), file=sys.stderr)
"""


BUNDLE = Path(__file__).parents[1] / "data/tiny_bundle"


@pytest.fixture(params=["fake", "real"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def run_watched(kind: str, folder: Path, *words: str) -> dict[str, Any]:
    home = folder / "home"
    home.mkdir()
    environment = {
        **os.environ,
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_CACHE_HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    ended = subprocess.run(
        [sys.executable, "-c", WATCHED, kind, *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    report: dict[str, Any] = json.loads(ended.stderr.splitlines()[-1])
    return report


def files_under(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_reading_writes_nothing_and_opens_no_socket(
    kind: str, draw: Callable[..., Path], tmp_path: Path
) -> None:
    draw("page.png", 60)
    report = run_watched(kind, tmp_path, "read", "page.png", "--model", str(BUNDLE))
    assert report == {"code": 0, "events": [], "sockets": []}
    assert files_under(tmp_path) == {"page.png", "home"}


def test_overlays_are_all_that_is_written(
    kind: str, draw: Callable[..., Path], tmp_path: Path
) -> None:
    draw("page.png", 60)
    report = run_watched(
        kind, tmp_path, "read", "page.png", "--model", str(BUNDLE), "--overlay", "out"
    )
    assert report["code"] == 0
    assert report["sockets"] == []
    assert report["events"], "the watch sees no writes at all"
    for event, path in report["events"]:
        assert not event.startswith("socket.")
        assert (tmp_path / path).resolve().is_relative_to(tmp_path / "out"), (event, path)
    assert files_under(tmp_path) == {"page.png", "home", "out", "out/page-overlay.jpg"}


def test_the_watch_sees_what_it_should(tmp_path: Path) -> None:
    """Without this, a hook that hears nothing would pass the tests above."""
    code = WATCHED.replace(
        "code = main(", "import socket; socket.socket().close(); open('x', 'w').close(); code = ("
    ).replace('words, make_reader=Fake if kind == "fake" else open_reader', "0")
    ended = subprocess.run(
        [sys.executable, "-c", code, "fake"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    events = {event for event, _ in json.loads(ended.stderr)["events"]}
    assert {"socket.__new__", "open"} <= events
