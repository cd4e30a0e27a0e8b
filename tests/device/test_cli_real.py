"""The command line with nothing faked: a process, a model that runs, a page that is drawn here."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import jsonschema
import numpy as np
import pytest

import inkwatch as package
from inkwatch.errors import ExitCode
from inkwatch.publish.json_form import schema_text

SAMPLES = Path(package.__file__).with_name("samples")
BUNDLE = Path(__file__).parents[1] / "data/tiny_bundle"
"""Tells `0123ABETabet` apart, as OpenCV's line fonts draw them."""


def inkwatch(
    *words: str | Path, folder: Path, data: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "inkwatch", *map(str, words)],
        cwd=folder,
        input=data,
        capture_output=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """`page.png` with the lines `BET 3` and `20`."""
    image = np.full((600, 900, 3), 225, np.uint8)
    for text, x, y in (("BET", 90, 230), ("3", 600, 230), ("20", 90, 480)):
        cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 2, (40, 40, 40), 4, cv2.LINE_AA)
    path = tmp_path / "page.png"
    assert cv2.imwrite(str(path), image)
    return path


def test_a_page_becomes_text_and_an_overlay(page: Path, tmp_path: Path) -> None:
    ended = inkwatch("read", page, "--model", BUNDLE, "--overlay", "out", folder=tmp_path)
    assert ended.returncode == ExitCode.OK
    assert ended.stdout.decode() == "BET 3\n20\n"
    assert ended.stderr.decode() == f"Overlays of 1 page are in {tmp_path}/out\n"
    drawn = cv2.imread(str(tmp_path / "out/page-overlay.jpg"))
    assert drawn is not None
    assert drawn.shape == (600, 900, 3)


def test_json_from_standard_input_fits_the_schema(page: Path, tmp_path: Path) -> None:
    ended = inkwatch(
        *("read", "-", "--format", "json", "--model", BUNDLE),
        folder=tmp_path,
        data=page.read_bytes(),
    )
    assert (ended.returncode, ended.stderr) == (ExitCode.OK, b"")
    form = json.loads(ended.stdout)
    jsonschema.validate(form, json.loads(schema_text()))
    assert form["text"] == "BET 3\n20"
    assert (form["source"], form["width"], form["height"]) == ("-", 900, 600)
    left, top, width, height = form["lines"][1]["words"][0]["box"]
    assert 85 < left < 105
    assert 425 < top < 445
    assert 150 < left + width < 180
    assert 475 < top + height < 490


def test_a_single_character_is_classified(tmp_path: Path) -> None:
    image = np.full((90, 90), 225, np.uint8)
    cv2.putText(image, "E", (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 2.5, 40, 4, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "e.png"), image)
    words = ("classify", "e.png", "--model", BUNDLE, "--top", "1")
    ended = inkwatch(*words, folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (ExitCode.OK, b"")
    assert ended.stdout.startswith(b"e.png\tE ")
    ended = inkwatch(*words, "--alphabet", "é", folder=tmp_path)
    assert ended.returncode == ExitCode.USAGE
    assert "The alphabet asks for 'é'".encode() in ended.stderr
    ended = inkwatch(*words, "--alphabet", "", folder=tmp_path)
    assert ended.returncode == ExitCode.USAGE
    assert b"The alphabet is empty." in ended.stderr


def test_a_bundle_that_is_not_there_ends_in_4(page: Path, tmp_path: Path) -> None:
    ended = inkwatch("read", page, "--model", "nobody", folder=tmp_path)
    assert ended.returncode == ExitCode.BUNDLE
    assert ended.stdout == b""
    assert ended.stderr.startswith(b"inkwatch: No model bundle is named 'nobody'")


def test_models_are_checked_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_MODELS", str(BUNDLE.parent))
    ended = inkwatch("models", "--check", folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (ExitCode.OK, b"")
    assert b"tiny_bundle\n" in ended.stdout
    assert b"  check    passed with " in ended.stdout


# A test runner in the background may have Ctrl-C ignored, which programs inherit.
STARTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from inkwatch.cli import main
sys.exit(main())
"""


def test_the_sample_pages_are_read_without_a_warning(tmp_path: Path) -> None:
    ended = inkwatch(folder=tmp_path)
    assert ended.returncode == ExitCode.OK
    hint, overlays = ended.stderr.decode().splitlines()
    assert hint.endswith(f"pictures of your own: {sys.executable} -m inkwatch read PICTURE")
    assert overlays.startswith("Overlays of 3 pages")


def test_ctrl_c_stops_a_long_job_with_130(page: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTED, "read", "--model", str(BUNDLE), *[str(page)] * 5000],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"==> {page} <==\n".encode()
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert errors == b"inkwatch: stopped.\n"


NOTE = SAMPLES / "note.jpg"


def test_words_of_ones_own_are_read_beside_the_language(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("Inkwatch BX7-249\nZbrth\n", encoding="utf-8")
    done = inkwatch("read", "--words", words, NOTE, folder=tmp_path)
    assert done.returncode == ExitCode.OK
    assert b"boiler" in done.stdout


def test_lists_of_words_that_cannot_be_used_are_clear_errors(tmp_path: Path) -> None:
    missing = inkwatch("read", "--words", tmp_path / "none.txt", NOTE, folder=tmp_path)
    assert missing.returncode == ExitCode.USAGE
    assert b"--words" in missing.stderr
    odd = tmp_path / "odd.txt"
    odd.write_text("na\u00efve", encoding="utf-8")
    unread = inkwatch("read", "--words", odd, NOTE, folder=tmp_path)
    assert unread.returncode == ExitCode.USAGE
    assert "na\u00efve" in unread.stderr.decode()
    alone = inkwatch("read", "--language", "none", "--words", odd, NOTE, folder=tmp_path)
    assert alone.returncode == ExitCode.USAGE
    assert b"language" in alone.stderr
