import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest

from inkwatch.errors import ExitCode, InputError
from inkwatch.frames import samples
from inkwatch.frames.samples import Sample
from inkwatch.places import Box, Shares

Draw = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


def test_one_page_is_its_text_alone(cli: Any, draw: Draw, capsys: Capture) -> None:
    assert cli("read", draw("a.png", 30)) == ExitCode.OK
    assert capsys.readouterr() == ("h30\n", "")


def test_confidence_comes_first(cli: Any, draw: Draw, capsys: Capture) -> None:
    cli("read", "--confidence", draw("a.png", 30))
    assert capsys.readouterr().out == " 90%  h30\n"


def test_several_pages_have_their_names_above(cli: Any, draw: Draw, capsys: Capture) -> None:
    first, second = draw("a.png", 30), draw("b.png", 40)
    assert cli("read", first, second) == ExitCode.OK
    assert capsys.readouterr().out == f"==> {first} <==\nh30\n\n==> {second} <==\nh40\n"


def test_a_blank_page_is_read_as_nothing(cli: Any, draw: Draw, capsys: Capture) -> None:
    blank = draw("blank.png", 30, blank=True)
    assert cli("read", blank) == ExitCode.OK
    assert cli("read", "--format", "json", blank) == ExitCode.OK
    form = json.loads(capsys.readouterr().out)
    assert (form["text"], form["confidence"], form["lines"]) == ("", 0.0, [])


@pytest.mark.parametrize("form", ["text", "json", "tsv"])
def test_what_may_be_no_page_is_told_of(form: str, cli: Any, draw: Draw, capsys: Capture) -> None:
    blank, inked = draw("blank.png", blank=True), draw("a.png")
    assert cli("read", "--format", form, blank, inked) == ExitCode.OK
    assert capsys.readouterr().err == f"inkwatch: {blank}: no writing found.\n"
    cli.reader.confidence = 0.629
    assert cli("read", "--format", form, inked) == ExitCode.OK
    assert capsys.readouterr().err == (
        f"inkwatch: {inked}: only 62% sure of this page. "
        "Letters should be dark on light, at least 20 pixels tall, and stand apart: joined writing "
        "is often misread.\n"
    )
    cli.reader.confidence = 0.8
    assert cli("read", "--format", form, inked) == ExitCode.OK
    assert capsys.readouterr().err == ""


def test_json_is_one_line_a_page(cli: Any, draw: Draw, capsys: Capture) -> None:
    cli("read", "--format", "json", draw("a.png", 30), draw("b.png", 40))
    forms = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert [form["text"] for form in forms] == ["h30", "h40"]
    assert [form["height"] for form in forms] == [30, 40]


def test_tsv_has_one_header(cli: Any, draw: Draw, capsys: Capture) -> None:
    cli("read", "--format", "tsv", draw("a.png", 30), draw("b.png", 40))
    rows = [row.split("\t") for row in capsys.readouterr().out.splitlines()]
    assert [row[8] for row in rows] == ["text", "h30", "h40"]


def test_one_bad_file_does_not_stop_the_rest(cli: Any, draw: Draw, capsys: Capture) -> None:
    first, last = draw("a.png", 30), draw("c.png", 50)
    bad = first.with_name("b.png")
    bad.write_bytes(first.read_bytes()[:60])
    assert cli("read", "--format", "json", first, bad, "none.png", last) == ExitCode.INPUT
    captured = capsys.readouterr()
    assert [json.loads(row)["text"] for row in captured.out.splitlines()] == ["h30", "h50"]
    assert captured.err.splitlines() == [
        f"inkwatch: {bad}: the picture is cut short. Copy it again from where it came.",
        "inkwatch: none.png: there is no such file. Check the name.",
    ]


def test_no_model_is_opened_where_there_is_nothing_to_read(cli: Any, capsys: Capture) -> None:
    assert cli("read", "none.png") == ExitCode.INPUT
    assert cli.models == []
    assert capsys.readouterr().out == ""


def test_the_model_is_opened_once_and_by_name(cli: Any, draw: Draw) -> None:
    cli("read", "--model", "./mine", draw("a.png"), draw("b.png"))
    assert cli.models == ["./mine"]


def test_names_cannot_command_the_terminal(cli: Any, capsys: Capture) -> None:
    assert cli("read", "\x1b]0;evil\n.png") == ExitCode.INPUT
    assert capsys.readouterr().err.startswith("inkwatch: \\x1b]0;evil\\n.png: there is no such")


def test_standard_input(
    cli: Any, draw: Draw, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with draw("a.png", 30).open(encoding="latin-1") as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert cli("read", "-") == ExitCode.OK
    assert capsys.readouterr().out == "h30\n"
    assert cli.reader.asked == ["-"]


def test_a_video_is_read_every_so_many_seconds(cli: Any, tmp_path: Path, capsys: Capture) -> None:
    clip = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(20):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    assert cli("read", clip, "--every", "0.5") == ExitCode.OK
    assert cli.reader.asked == [f"{clip}#{number}" for number in (0, 5, 10, 15)]
    assert f"==> {clip}#5 <==" in capsys.readouterr().out


def test_overlays_are_written_and_told_of(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    folder = tmp_path / "out"
    pages = [draw("a/page.png"), draw("b/page.png")]
    assert cli("read", *pages, "--overlay", folder) == ExitCode.OK
    names = {"page-overlay.jpg", "page-2-overlay.jpg"}
    assert {path.name for path in folder.iterdir()} == names
    assert capsys.readouterr().err == f"Overlays of 2 pages are in {folder}\n"


@pytest.mark.parametrize("inside", ["", "deep/er"])
def test_a_file_in_place_of_the_overlay_folder_is_told_before_any_page_is_read(
    inside: str, cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    assert cli("read", draw("a.png", 30), "--overlay", file / inside) == ExitCode.OUTPUT
    says = f"inkwatch: {file} is a file; name a folder for the overlays.\n"
    assert capsys.readouterr() == ("", says)
    assert cli.reader.asked == []


def test_overlays_do_not_go_among_the_pages(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    page = draw("scans/a.png")
    (tmp_path / "link").symlink_to(page.parent)
    assert cli("read", page.parent, "--overlay", tmp_path / "link") == ExitCode.USAGE
    assert "name another for the overlays" in capsys.readouterr().err
    assert list(page.parent.iterdir()) == [page]
    assert cli("read", page.parent, "--overlay", page.parent / "out") == ExitCode.OK
    assert cli("read", page, "--overlay", page.parent) == ExitCode.OK


def test_the_text_is_out_before_the_overlay_fails(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "out/a-overlay.jpg").mkdir(parents=True)
    assert cli("read", draw("a.png", 30), "--overlay", tmp_path / "out") == ExitCode.OUTPUT
    captured = capsys.readouterr()
    assert captured.out == "h30\n"
    assert "the overlay cannot be written" in captured.err
    assert captured.err.count("\n") == 1


def test_progress_shows_on_a_terminal_only(
    cli: Any, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    pages = [draw("a.png"), draw("b.png")]
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        cli("read", *pages)
        assert ("[1/2]" in stream.getvalue()) is shown
        assert ("[2/2]" in stream.getvalue()) is shown
        assert stream.getvalue().endswith("\x1b[K") is shown


def fake_samples(draw: Draw) -> list[Sample]:
    return [Sample(f"s{height}.png", draw("s.png", height).read_bytes(), "") for height in (30, 40)]


def test_the_main_job_reads_the_sample_pages(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = fake_samples(draw)
    monkeypatch.setattr(samples, "sample_pages", lambda: pages)
    monkeypatch.chdir(tmp_path)
    assert cli() == ExitCode.OK
    captured = capsys.readouterr()
    assert captured.out == "==> s30.png <==\n 90%  h30\n\n==> s40.png <==\n 90%  h40\n"
    note, overlays = captured.err.splitlines()
    assert "inkwatch watch" in note
    assert note.endswith("to read pictures of your own: inkwatch read PICTURE")
    assert overlays == f"Overlays of 2 pages are in {tmp_path}/inkwatch-overlays"
    assert len(list((tmp_path / "inkwatch-overlays").iterdir())) == 2


def test_the_main_job_takes_another_folder_and_model(
    cli: Any, draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = fake_samples(draw)
    monkeypatch.setattr(samples, "sample_pages", lambda: pages)
    monkeypatch.chdir(tmp_path)
    assert cli("--overlay", "there", "--model", "mine") == ExitCode.OK
    assert len(list((tmp_path / "there").iterdir())) == 2
    assert not (tmp_path / "inkwatch-overlays").exists()
    assert cli.models == ["mine"]


def test_the_main_job_without_sample_pages_says_so(
    cli: Any, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "sample_pages", list)
    assert cli() == ExitCode.INPUT
    assert "The sample pages are missing" in capsys.readouterr().err


def test_hocr_is_one_document_for_all_pages(cli: Any, draw: Draw, capsys: Capture) -> None:
    assert cli("read", draw("a.png", 12), draw("b.png", 30), "--format", "hocr") == ExitCode.OK
    document = capsys.readouterr().out
    assert document.startswith("<!DOCTYPE html>")
    assert document.count("<html") == document.count("</html>") == 1
    assert document.count('class="ocr_page"') == 2
    assert document.endswith("</html>\n")


def test_hocr_of_nothing_is_an_empty_document(cli: Any, capsys: Capture) -> None:
    assert cli("read", "none.png", "--format", "hocr") == ExitCode.INPUT
    document = capsys.readouterr().out
    assert document.startswith("<!DOCTYPE html>")
    assert document.endswith("</html>\n")


def test_alto_is_one_document_for_all_pages(cli: Any, draw: Draw, capsys: Capture) -> None:
    assert cli("read", draw("a.png", 12), draw("b.png", 30), "--format", "alto") == ExitCode.OK
    root = ET.fromstring(capsys.readouterr().out)
    pages = [page.get("ID") for page in root.iter("{http://www.loc.gov/standards/alto/ns-v4#}Page")]
    assert pages == ["page_1", "page_2"]


def test_alto_of_one_picture_names_it(cli: Any, draw: Draw, capsys: Capture) -> None:
    page = draw("a.png", 12)
    cli("read", page, "--format", "alto")
    assert f"<fileName>{page}</fileName>" in capsys.readouterr().out


@pytest.mark.parametrize("form", ["hocr", "alto"])
def test_a_run_that_is_stopped_leaves_a_whole_document(
    form: str, cli: Any, draw: Draw, capsys: Capture
) -> None:
    cli.reader.fails_with = KeyboardInterrupt()
    assert cli("read", draw("a.png"), "--format", form) == ExitCode.INTERRUPTED
    ET.fromstring(capsys.readouterr().out.replace("<!DOCTYPE html>", ""))


def test_how_to_read_is_handed_on(cli: Any, draw: Draw) -> None:
    page = draw("a.png")
    cli("read", page)
    cli("read", page, "--rotate", "auto", "--region", "1,2,3,4")
    cli("read", page, "--rotate", "270", "--region", "0%,0%,50%,50%", "--min-confidence", "40%")
    assert cli.reader.how == [
        (None, None, 0.0),
        (None, Box(1, 2, 3, 4), 0.0),
        (3, Shares(0, 0, 0.5, 0.5), 0.4),
    ]


def test_a_region_outside_one_picture_does_not_stop_the_rest(
    cli: Any, draw: Draw, capsys: Capture
) -> None:
    read = cli.reader.read

    def picky(image: Any, source: str = "", **how: Any) -> Any:
        if image.shape[0] == 30:
            raise InputError("the region lies outside the picture.")
        return read(image, source, **how)

    cli.reader.read = picky
    small, large = draw("a.png", 30), draw("b.png", 40)
    assert cli("read", "--format", "json", small, large) == ExitCode.INPUT
    captured = capsys.readouterr()
    assert json.loads(captured.out)["text"] == "h40"
    assert captured.err == f"inkwatch: {small}: the region lies outside the picture.\n"
