"""`inkwatch read --to FOLDER`, and going on with it."""

import fcntl
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch.cli_results import JOURNAL, PictureState, ResultFolder
from inkwatch.errors import ExitCode

Draw = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "out" / "deep"


def results(folder: Path) -> dict[str, str]:
    return {
        path.name: path.read_text(encoding="utf-8")
        for path in folder.iterdir()
        if path.name != JOURNAL
    }


def test_each_picture_has_its_result(cli: Any, draw: Draw, to: Path, capsys: Capture) -> None:
    first, second = draw("a.png", 30), draw("b.png", 40)
    assert cli("read", first, second, "--to", to) == ExitCode.OK
    assert results(to) == {"a.txt": "h30\n", "b.txt": "h40\n"}
    assert capsys.readouterr() == ("", f"2 results written to {to}\n")


WHOLE = {
    "json": ("a.json", r'{"schema".*}\n'),
    "tsv": ("a.tsv", r"source\t.*\n"),
    "hocr": ("a.hocr", r"<!DOCTYPE html>.*</html>\n"),
    "alto": ("a.xml", r"<\?xml.*</alto>\n"),
}


@pytest.mark.parametrize("form", WHOLE)
def test_each_result_is_a_whole_document(form: str, cli: Any, draw: Draw, to: Path) -> None:
    cli("read", draw("a.png"), draw("b.png"), "--to", to, "--format", form)
    found = results(to)
    name, document = WHOLE[form]
    assert len(found) == 2
    assert re.fullmatch(document, found[name], re.DOTALL)


def test_a_second_run_reads_only_what_is_new(
    cli: Any, draw: Draw, to: Path, capsys: Capture
) -> None:
    first = draw("a.png", 30)
    cli("read", first, "--to", to)
    second = draw("b.png", 40)
    capsys.readouterr()
    assert cli("read", first, second, "--to", to) == ExitCode.OK
    assert cli.reader.asked == [str(first), str(second)]
    assert capsys.readouterr().err == f"1 result written to {to}; 1 stood there already\n"
    assert cli("read", first, second, "--to", to) == ExitCode.OK
    assert len(cli.reader.asked) == 2
    assert len(cli.models) == 2  # the third run opened no model


def test_a_picture_that_changed_is_read_again(cli: Any, draw: Draw, to: Path) -> None:
    picture = draw("a.png", 30)
    cli("read", picture, "--to", to)
    draw("a.png", 50)
    cli("read", picture, "--to", to)
    assert results(to) == {"a.txt": "h50\n"}
    os.utime(picture, ns=(1, 1))
    cli("read", picture, "--to", to)
    assert len(cli.reader.asked) == 3


@pytest.mark.parametrize(
    "option",
    [
        ["--confidence"],
        ["--model", "mine"],
        ["--language", "none"],
        ["--rotate", "90"],
        ["--region", "0,0,9,9"],
        ["--min-confidence", "0.5"],
    ],
)
def test_other_settings_make_it_anew(option: list[str], cli: Any, draw: Draw, to: Path) -> None:
    picture = draw("a.png", 30)
    for _ in range(2):
        cli("read", picture, "--to", to, *option)
    cli("read", picture, "--to", to)
    assert len(cli.reader.asked) == 2
    assert len(results(to)) == 1


def test_another_form_stands_beside_the_first(cli: Any, draw: Draw, to: Path) -> None:
    picture = draw("a.png", 30)
    cli("read", picture, "--to", to)
    cli("read", picture, "--to", to, "--format", "json")
    assert sorted(results(to)) == ["a.json", "a.txt"]


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("h30 by hand\n")])
def test_a_result_that_is_gone_or_changed_is_made_anew(
    damage: Callable[[Path], Any], cli: Any, draw: Draw, to: Path
) -> None:
    picture = draw("a.png", 30)
    cli("read", picture, "--to", to)
    damage(to / "a.txt")
    cli("read", picture, "--to", to)
    assert results(to) == {"a.txt": "h30\n"}


def test_again_makes_all_anew(cli: Any, draw: Draw, to: Path, capsys: Capture) -> None:
    picture = draw("a.png", 30)
    cli("read", picture, "--to", to)
    cli("read", picture, "--to", to, "--again")
    assert len(cli.reader.asked) == 2
    capsys.readouterr()
    assert cli("read", picture, "--again") == ExitCode.USAGE
    assert "name it with --to FOLDER" in capsys.readouterr().err


def test_an_overlay_that_is_gone_is_drawn_anew(
    cli: Any, draw: Draw, to: Path, tmp_path: Path
) -> None:
    words = ("read", draw("a.png", 30), "--to", to, "--overlay", tmp_path / "seen")
    cli(*words)
    cli(*words)
    assert len(cli.reader.asked) == 1
    (tmp_path / "seen/a-overlay.jpg").unlink()
    cli(*words)
    assert (tmp_path / "seen/a-overlay.jpg").is_file()


def test_pictures_of_the_same_name_keep_their_results(cli: Any, draw: Draw, to: Path) -> None:
    first, second = draw("x/a.png", 30), draw("y/a.png", 40)
    cli("read", first, second, "--to", to)
    assert results(to) == {"a.txt": "h30\n", "a-2.txt": "h40\n"}
    draw("y/a.png", 50)
    cli("read", second, first, "--to", to)
    assert results(to) == {"a.txt": "h30\n", "a-2.txt": "h50\n"}


def test_a_file_of_someone_elses_is_left_alone(cli: Any, draw: Draw, to: Path) -> None:
    to.mkdir(parents=True)
    (to / "a.txt").write_text("mine", encoding="utf-8")
    cli("read", draw("a.png", 30), "--to", to)
    assert results(to) == {"a.txt": "mine", "a-2.txt": "h30\n"}


def test_a_bad_picture_is_told_and_tried_again(
    cli: Any, draw: Draw, to: Path, capsys: Capture
) -> None:
    good, bad = draw("a.png", 30), draw("b.png", 40)
    whole = bad.read_bytes()
    bad.write_bytes(whole[:60])
    assert cli("read", bad, good, "none.png", "--to", to) == ExitCode.INPUT
    assert results(to) == {"a.txt": "h30\n"}
    err = capsys.readouterr().err.splitlines()
    assert err[0].startswith(f"inkwatch: {bad}: the picture is cut short")
    assert err[1] == "inkwatch: none.png: there is no such file. Check the name."
    bad.write_bytes(whole)
    assert cli("read", bad, good, "--to", to) == ExitCode.OK
    assert results(to)["b.txt"] == "h40\n"


def test_what_stops_a_run_leaves_what_was_done(cli: Any, draw: Draw, to: Path) -> None:
    pages = [draw("a.png", 30), draw("b.png", 40), draw("c.png", 50)]
    read = cli.reader.read

    def stopped_at_b(image: Any, source: str = "", **how: Any) -> Any:
        if source.endswith("b.png"):
            raise KeyboardInterrupt
        return read(image, source, **how)

    cli.reader.read = stopped_at_b
    assert cli("read", *pages, "--to", to) == ExitCode.INTERRUPTED
    assert results(to) == {"a.txt": "h30\n"}
    cli.reader.read = read
    assert cli("read", *pages, "--to", to) == ExitCode.OK
    assert cli.reader.asked == [str(page) for page in pages]


def test_standard_input_and_videos_have_no_result_files(
    cli: Any, to: Path, tmp_path: Path, capsys: Capture
) -> None:
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    for source in ("-", clip):
        assert cli("read", source, "--to", to) == ExitCode.USAGE
        assert "takes no video and no standard input" in capsys.readouterr().err
    assert not to.exists()


def test_a_folder_that_cannot_be_written_to_is_told(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    picture = draw("a.png")
    assert cli("read", picture, "--to", picture) == ExitCode.OUTPUT
    assert "the results cannot be written: File exists" in capsys.readouterr().err
    assert cli.reader.asked == []
    (tmp_path / "out" / "a.txt").mkdir(parents=True)
    assert cli("read", picture, "--to", tmp_path / "out") == ExitCode.OK


def state(path: str = "/a.png", size: int = 5) -> PictureState:
    return PictureState(path, size, 7)


def test_two_runs_do_not_write_to_one_folder(
    cli: Any, draw: Draw, to: Path, capsys: Capture
) -> None:
    with ResultFolder(to, ".txt", ""):
        assert cli("read", draw("a.png"), "--to", to) == ExitCode.OUTPUT
    assert "another run writes its results here" in capsys.readouterr().err
    assert cli("read", draw("a.png"), "--to", to) == ExitCode.OK


def test_a_journal_that_was_cut_off_loses_its_last_line_alone(to: Path) -> None:
    with ResultFolder(to, ".txt", "s") as folder:
        folder.write(state("/a.png"), "one")
        folder.write(state("/b.png"), "two")
    journal = to / JOURNAL
    journal.write_bytes(journal.read_bytes()[:-9])
    with ResultFolder(to, ".txt", "s") as folder:
        assert folder.has(state("/a.png"))
        assert not folder.has(state("/b.png"))
        folder.write(state("/c.png"), "three")
    with ResultFolder(to, ".txt", "s") as folder:
        assert folder.has(state("/a.png"))
        assert folder.has(state("/c.png"))


def test_a_result_that_was_not_written_does_not_stand(
    to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the journal's line and the result."""
    with ResultFolder(to, ".txt", "s") as folder:
        folder.write(state(size=5), "old")

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("inkwatch.cli_results.replace_file", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.write(state(size=6), "new")
    with ResultFolder(to, ".txt", "s") as folder:
        assert not folder.has(state(size=6))
        assert not folder.has(state(size=5))


def test_the_journal_is_lines_of_json(to: Path) -> None:
    with ResultFolder(to, ".json", "s") as folder:
        folder.write(state(), "{}")
    (row,) = (to / JOURNAL).read_text(encoding="utf-8").splitlines()
    form = json.loads(row)
    assert (form["picture"], form["result"], form["size_bytes"]) == ("/a.png", "a.json", 5)


def test_the_lock_is_let_go_of(to: Path) -> None:
    with ResultFolder(to, ".txt", "s"):
        pass
    with (to / JOURNAL).open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
