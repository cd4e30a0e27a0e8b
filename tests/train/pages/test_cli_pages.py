import argparse
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.train.pages.conftest import write_drawn_pack

from inkwatch.errors import DataError, ExitCode, InkwatchError, UsageError
from inkwatch_train import cli_pages
from inkwatch_train.cli_fonts import add_fonts_commands
from inkwatch_train.cli_pages import add_pages_commands
from inkwatch_train.fonts.fetch import FontFace


def run(*words: str | Path) -> ExitCode:
    parser = argparse.ArgumentParser()
    subparsers = parser.add_subparsers(required=True)
    add_fonts_commands(subparsers)
    add_pages_commands(subparsers)
    args = parser.parse_args([str(word) for word in words])
    code = args.handler(args)
    assert isinstance(code, ExitCode)
    return code


@pytest.fixture
def one_font(monkeypatch: pytest.MonkeyPatch, plain_font: Path) -> None:
    def face(name: str, folder: Path | None) -> FontFace:
        return FontFace(name, plain_font, "print", "1.0.0", held_out=False)

    monkeypatch.setattr(cli_pages, "installed_font", face)


@pytest.mark.usefixtures("one_font")
def test_make_draws_each_text_and_prints_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path in texts:
        path.write_text("a short note\n")
    out = tmp_path / "out"
    code = run("pages", "make", "--out", out, "--texts", *texts, "--font", "any", "--seed", "3")
    assert code is ExitCode.OK
    assert capsys.readouterr().out.split() == [str(out / "a.jpg"), str(out / "b.jpg")]
    assert (out / "a.txt").read_text() == "a short note\n"
    # The same text twice is not the same page twice.
    assert (out / "a.jpg").read_bytes() != (out / "b.jpg").read_bytes()

    run("pages", "make", "--out", tmp_path / "2", "--texts", texts[0], "--font", "any", "--seed=3")
    assert (tmp_path / "2" / "a.jpg").read_bytes() == (out / "a.jpg").read_bytes()


@pytest.mark.usefixtures("one_font")
def test_texts_are_never_overwritten(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("mine  \n\n alone")
    with pytest.raises(UsageError, match="would replace it"):
        run("pages", "make", "--out", tmp_path, "--texts", text, "--font", "any")
    assert text.read_text() == "mine  \n\n alone"


@pytest.mark.usefixtures("one_font")
def test_two_texts_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="named 'a'"):
        run("pages", "make", "--out", tmp_path, "--texts", "x/a.txt", "y/a.txt", "--font", "any")


@pytest.mark.usefixtures("one_font")
def test_invented_pages_follow_from_the_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def make(folder: str, *more: str) -> list[Path]:
        out = tmp_path / folder
        run("pages", "make", "--invent", "codes", "--font", "any", "--flat", "--out", out, *more)
        return [Path(line) for line in capsys.readouterr().out.split()]

    first, again = make("1", "--count", "2"), make("2", "--count", "2")
    other = make("3", "--seed", "4")
    assert [path.name for path in first] == ["codes-00.png", "codes-01.png"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]
    assert other[0].read_bytes() != first[0].read_bytes()
    truth = json.loads(first[0].with_suffix(".json").read_text())
    assert [line["text"] for line in truth["lines"]] == (
        first[0].with_suffix(".txt").read_text().splitlines()
    )


@pytest.mark.usefixtures("one_font")
def test_the_paper_can_be_named(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("a short note\n")
    feet = {}
    for paper in ("plain", "squared"):
        out = tmp_path / paper
        run("pages", "make", "--texts", text, "--font", "any", "--flat", "--paper", paper,
            "--out", out)  # fmt: skip
        page = cv2.imread(str(out / "a.png"), cv2.IMREAD_GRAYSCALE)
        assert page is not None
        feet[paper] = int(page[-100:].min())
    assert feet["squared"] < 240 < feet["plain"]


@pytest.mark.usefixtures("one_font")
def test_pages_can_be_written_with_a_data_set(tmp_path: Path) -> None:
    write_drawn_pack(tmp_path / "data" / "open" / "drawn.npz", "0123456789")
    text = tmp_path / "a.txt"
    text.write_text("12, 30\n4567\n")
    code = run("pages", "make", "--texts", text, "--glyphs", "drawn", "--data", tmp_path / "data",
               "--out", tmp_path / "out")  # fmt: skip
    assert code is ExitCode.OK
    assert (tmp_path / "out" / "a.jpg").is_file()


@pytest.mark.usefixtures("one_font")
@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--glyphs", "nosuch"], "no data set 'nosuch'"),
        (["--glyphs", "drawn", "--split", "train"], "part train"),
        (["--glyphs", "drawn"], "'a'"),
    ],
)
def test_data_that_cannot_write_the_page_is_told(
    tmp_path: Path, more: list[str], message: str
) -> None:
    write_drawn_pack(tmp_path / "data" / "open" / "drawn.npz", "0123456789")
    text = tmp_path / "a.txt"
    text.write_text("1 a 2\n")
    with pytest.raises(InkwatchError, match=message):
        run("pages", "make", "--texts", text, "--data", tmp_path / "data",
            "--out", tmp_path / "out", *more)  # fmt: skip


def test_an_unknown_font_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no font named 'kalaam'"):
        run("pages", "make", "--invent", "text", "--font", "kalaam", "--out", tmp_path)


def test_pages_are_shown_on_one_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((60, 80), 200, np.uint8))
    out = tmp_path / "all.png"
    run("pages", "sheet", tmp_path / "a.png", tmp_path / "b.png", "--out", out, "--columns", "2")
    assert capsys.readouterr().out.strip() == str(out)
    sheet = cv2.imread(str(out))
    assert sheet is not None
    assert sheet.shape[1] > sheet.shape[0]
    with pytest.raises(UsageError, match=r"c\.png"):
        run("pages", "sheet", tmp_path / "c.png", "--out", out)


def test_samples_without_fonts_say_the_command(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="inkwatch-train fonts fetch"):
        run("pages", "samples", "--out", tmp_path, "--fonts", tmp_path / "none")


def test_list_without_fonts_says_the_command(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="inkwatch-train fonts fetch"):
        run("fonts", "list", "--fonts", tmp_path)


@pytest.mark.parametrize("seed", ["-1", "x"])
def test_a_seed_is_a_whole_number(seed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("pages", "make", "--out", "o", "--texts", "t", "--font", "f", f"--seed={seed}")
    assert "--seed" in capsys.readouterr().err
