"""Several processes with nothing faked: what they read is what one would have read."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.cli_results import JOURNAL
from inkwatch.errors import ExitCode

BUNDLE = Path(__file__).parents[1] / "data/tiny_bundle"

STARTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from inkwatch.cli import main
sys.exit(main())
"""
"""A test runner in the background may have Ctrl-C ignored, which programs inherit."""


def inkwatch(*words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "inkwatch", *map(str, words)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six pages, `page1.png` to `page6.png`, of which the third is cut short."""
    folder = tmp_path_factory.mktemp("scans")
    for number, text in enumerate(("BET 3", "TAB", "BAT", "20 TEA", "ABET", "E 10"), 1):
        image = np.full((200 + 40 * number, 700), 225, np.uint8)
        cv2.putText(image, text, (60, 150), cv2.FONT_HERSHEY_SIMPLEX, 2, 40, 4, cv2.LINE_AA)
        path = folder / f"page{number}.png"
        assert cv2.imwrite(str(path), image)
        if number == 3:
            path.write_bytes(path.read_bytes()[:80])
    return folder


@pytest.mark.parametrize("form", ["text", "tsv", "hocr", "alto"])
def test_it_says_what_one_process_says(form: str, scans: Path, tmp_path: Path) -> None:
    told = []
    for jobs in ("1", "3"):
        words = ("read", scans, "--model", BUNDLE, "--format", form, "--overlay", f"seen{jobs}")
        ended = inkwatch(*words, "--jobs", jobs, folder=tmp_path)
        assert ended.returncode == ExitCode.INPUT
        told.append((ended.stdout, ended.stderr.replace(f"seen{jobs}", "seen")))
    assert told[0] == told[1]
    assert "BET 3" in told[0][0] or form != "text"
    assert "page3.png: the picture is cut short" in told[0][1]
    overlays = [{p.name: p.read_bytes() for p in (tmp_path / f"seen{j}").iterdir()} for j in "13"]
    assert len(overlays[0]) == 5
    assert overlays[0] == overlays[1]


def test_results_go_to_a_folder_and_stand(scans: Path, tmp_path: Path) -> None:
    words = ("read", scans, "--model", BUNDLE, "--to", "out", "--jobs", "2", "--format", "json")
    assert inkwatch(*words, folder=tmp_path).returncode == ExitCode.INPUT
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(first) == {f"page{number}.json" for number in (1, 2, 4, 5, 6)} | {JOURNAL}
    assert json.loads(first["page1.json"])["text"] == "BET 3"
    ended = inkwatch(*words, folder=tmp_path)
    assert ended.returncode == ExitCode.INPUT
    assert ended.stderr.endswith(
        "0 results written to " + f"{tmp_path}/out; 5 stood there already\n"
    )
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first


def test_an_error_of_the_reader_comes_through(scans: Path, tmp_path: Path) -> None:
    ended = inkwatch("read", scans, "--model", "nobody", "--jobs", "2", folder=tmp_path)
    assert ended.returncode == ExitCode.BUNDLE
    assert ended.stderr.startswith("inkwatch: No model bundle is named 'nobody'")
    assert ended.stderr.count("\n") == 1


def test_an_overlay_that_cannot_be_written_stops_it_after_the_text(
    scans: Path, tmp_path: Path
) -> None:
    (tmp_path / "seen/page2-overlay.jpg").mkdir(parents=True)
    words = ("read", scans, "--model", BUNDLE, "--overlay", "seen", "--jobs", "2")
    ended = inkwatch(*words, folder=tmp_path)
    assert ended.returncode == ExitCode.OUTPUT
    assert "==> " in ended.stdout
    assert ended.stdout.endswith("TAB\n")
    assert "the overlay cannot be written" in ended.stderr


@pytest.fixture(scope="module")
def many(scans: Path) -> Path:
    """Sixty pages."""
    folder = scans.with_name("many")
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.png").symlink_to(scans / f"page{(1, 2, 4)[number % 3]}.png")
    return folder


def started(words: list[str], folder: Path) -> subprocess.Popen[str]:
    """Begin to read, and wait for the first results."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, *words],
        cwd=folder,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    deadline = time.monotonic() + 60
    while len(list((folder / "out").glob("*.txt"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    return process


def test_processes_do_not_outlive_the_one_that_began_them(many: Path, tmp_path: Path) -> None:
    """It may be killed, for want of memory or by a user who has no patience."""
    words = ["read", str(many), "--model", str(BUNDLE), "--to", "out", "--jobs", "2"]
    process = started(words, tmp_path)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    assert len(children) >= 2
    process.kill()
    process.communicate(timeout=60)
    deadline = time.monotonic() + 60
    while any(alive(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [child for child in children if alive(child)] == []


def alive(pid: str) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_ctrl_c_stops_all_and_a_second_run_goes_on(many: Path, tmp_path: Path) -> None:
    """Ctrl-C goes to every process of a terminal, so the whole group gets it here."""
    words = ["read", str(many), "--model", str(BUNDLE), "--to", "out", "--jobs", "2"]
    process = started(words, tmp_path)
    out = tmp_path / "out"
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert errors == "inkwatch: stopped.\n"
    names = {path.name for path in out.iterdir()}
    assert all(re.fullmatch(r"\d+\.txt", name) for name in names - {JOURNAL})
    stood = len(names) - 1
    assert 3 <= stood < 60
    ended = inkwatch(*words, folder=tmp_path)
    assert ended.returncode == ExitCode.OK
    assert f"{60 - stood} results written" in ended.stderr
    assert f"{stood} stood there already" in ended.stderr
    texts = [(out / f"{number}.txt").read_text(encoding="utf-8") for number in range(3)]
    assert texts == ["BET 3\n", "TAB\n", "20 TEA\n"]


KILLS = """
import os, signal, sys
from inkwatch.cli import main
def dies(choice):
    os.kill(os.getpid(), signal.SIGKILL)
if __name__ == "__main__":
    sys.exit(main(make_reader=dies))
"""


def test_a_process_that_is_killed_is_told_of(scans: Path, tmp_path: Path) -> None:
    script = tmp_path / "kills.py"
    script.write_text(KILLS, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(script), "read", str(scans), "--jobs", "2"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == ExitCode.INTERNAL
    assert ended.stderr == (
        "inkwatch: a process that reads was killed, most likely for want of memory. "
        "Try fewer at once: --jobs 1\n"
    )
