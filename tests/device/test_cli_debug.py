"""`inkwatch read --debug`: strips of every page, beside whatever else is wanted."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch.errors import ExitCode

BUNDLE = Path(__file__).parents[1] / "data/tiny_bundle"

Draw = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


def strips(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.png")}


def test_strips_are_written_and_told_of(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    pages = [draw("a/page.png"), draw("b/page.png"), draw("b/blank.png", blank=True)]
    assert cli("read", *pages, "--debug", tmp_path / "out") == ExitCode.OK
    assert strips(tmp_path / "out") == {"page-strip.png", "page-2-strip.png", "blank-strip.png"}
    assert (tmp_path / "out/page-2-stages/1-view.png").is_file()
    captured = capsys.readouterr()
    assert captured.out.count("h30") == 2
    assert captured.err.splitlines()[-1] == f"Strips of 3 pages are in {tmp_path}/out"
    assert len(cli.reader.asked) == 3


def test_strips_and_overlays_may_share_a_folder(cli: Any, draw: Draw, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert cli("read", draw("a.png"), "--debug", out, "--overlay", out) == ExitCode.OK
    assert {path.name for path in out.iterdir()} == {"a-overlay.jpg", "a-strip.png", "a-stages"}


def test_how_to_read_goes_along(cli: Any, draw: Draw, tmp_path: Path) -> None:
    words = ("--rotate", "180", "--min-confidence", "50%")
    assert cli("read", draw("a.png"), "--debug", tmp_path / "out", *words) == ExitCode.OK
    assert cli.reader.how == [(2, None, 0.5)]


def test_each_frame_of_a_video_has_a_strip(cli: Any, tmp_path: Path) -> None:
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(12):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    assert cli("read", clip, "--debug", tmp_path / "out") == ExitCode.OK
    assert strips(tmp_path / "out") == {"clip-0-strip.png", "clip-10-strip.png"}


def test_strips_do_not_go_among_the_pages(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    page = draw("scans/a.png")
    assert cli("read", page.parent, "--debug", page.parent) == ExitCode.USAGE
    assert "name another for the strips" in capsys.readouterr().err
    assert list(page.parent.iterdir()) == [page]


def test_a_file_in_place_of_the_folder_is_told_before_any_page_is_read(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    assert cli("read", draw("a.png"), "--debug", file) == ExitCode.OUTPUT
    says = f"inkwatch: {file} is a file; name a folder for the strips.\n"
    assert capsys.readouterr() == ("", says)
    assert cli.reader.asked == []


def test_the_text_is_out_before_the_strip_fails(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "out/a-strip.png").mkdir(parents=True)
    assert cli("read", draw("a.png"), "--debug", tmp_path / "out") == ExitCode.OUTPUT
    captured = capsys.readouterr()
    assert captured.out == "h30\n"
    assert "the strip cannot be written" in captured.err
    assert captured.err.count("\n") == 1


def test_with_to_a_strip_that_is_gone_is_drawn_anew(cli: Any, draw: Draw, tmp_path: Path) -> None:
    to, out = tmp_path / "to", tmp_path / "out"
    words = ("read", draw("a.png"), "--to", to)
    cli(*words)
    cli(*words, "--debug", out)
    cli(*words, "--debug", out)
    assert len(cli.reader.asked) == 2
    (out / "a-strip.png").unlink()
    cli(*words, "--debug", out)
    assert strips(out) == {"a-strip.png"}
    assert (to / "a.txt").read_text(encoding="utf-8") == "h30\n"


def test_several_processes_draw_what_one_draws(draw: Draw, tmp_path: Path) -> None:
    page = np.full((200, 500), 225, np.uint8)
    cv2.putText(page, "BET 30", (40, 120), cv2.FONT_HERSHEY_SIMPLEX, 2, 40, 4, cv2.LINE_AA)
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        assert cv2.imwrite(str(tmp_path / name / "page.png"), page)
    found = []
    for jobs in ("1", "2"):
        words = ["x/page.png", "y/page.png", "--model", str(BUNDLE), "--debug", f"out{jobs}"]
        ended = subprocess.run(
            [sys.executable, "-m", "inkwatch", "read", *words, "--jobs", jobs],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert ended.returncode == ExitCode.OK, ended.stderr
        assert ended.stdout.count("BET 30") == 2
        files = (tmp_path / f"out{jobs}").rglob("*.png")
        found.append({str(f.relative_to(tmp_path / f"out{jobs}")): f.read_bytes() for f in files})
    assert {"page-strip.png", "page-2-strip.png", "page-2-stages/7-lattice.png"} <= set(found[0])
    assert found[0] == found[1]


def test_drawing_code_is_loaded_only_where_it_is_wanted(draw: Draw, tmp_path: Path) -> None:
    draw("page.png", 60)
    code = (
        "import sys; from inkwatch.cli import main; main(sys.argv[1:]); "
        "print([n for n in sys.modules if 'publish.strip' in n or 'publish.canvas' in n])"
    )
    words = ["read", "page.png", "--model", str(BUNDLE)]
    told = [
        subprocess.run(
            [sys.executable, "-c", code, *words, *more],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout.splitlines()[-1]
        for more in ([], ["--debug", "out"])
    ]
    assert told[0] == "[]"
    assert "inkwatch.publish.strip_lattice" in told[1]
