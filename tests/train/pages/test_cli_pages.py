import argparse
from pathlib import Path

import pytest

from inkwatch.errors import DataError, ExitCode, UsageError
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
