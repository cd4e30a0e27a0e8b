import argparse
import sys
from pathlib import Path

import pytest

import inkwatch
from inkwatch import cli_words
from inkwatch.cli_words import Parser, program_name
from inkwatch.places import Box, Region, Shares


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An `inkwatch` that the shell could find."""
    path = tmp_path / "bin/inkwatch"
    path.parent.mkdir()
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("inkwatch", "inkwatch"),
        (".venv/bin/inkwatch", ".venv/bin/inkwatch"),
        ("/my tools/inkwatch", "'/my tools/inkwatch'"),
        ("/usr/bin/pytest", "inkwatch"),
        ("-c", "inkwatch"),
    ],
)
def test_the_program_is_named_as_it_was_started(
    typed: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [typed])
    assert program_name() == name


def test_a_program_that_the_shell_finds_has_its_short_name(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [str(installed)])
    assert program_name() == str(installed)
    monkeypatch.setenv("PATH", str(installed.parent))
    assert program_name() == "inkwatch"


def test_a_module_is_named_with_its_python(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inkwatch.__file__ is not None
    main = Path(inkwatch.__file__).with_name("__main__.py")
    monkeypatch.setattr(sys, "argv", [str(main)])
    monkeypatch.setattr(sys, "orig_argv", [".venv/bin/python", "-m", "inkwatch"])
    assert program_name() == ".venv/bin/python -m inkwatch"


@pytest.mark.parametrize(
    ("word", "meant"),
    [("page.jpg", True), ("scans/a", True), ("page", True), ("reed", False), ("x" * 5000, False)],
)
def test_a_picture_in_a_commands_place_brings_a_hint(
    word: str,
    meant: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page").write_bytes(b"x")
    parser = Parser()
    parser.add_subparsers(dest="command").add_parser("read")
    with pytest.raises(SystemExit) as ended:
        parser.parse_args([word])
    assert ended.value.code == 2
    assert (f"did you mean: inkwatch read {word}" in capsys.readouterr().err) is meant


def test_a_name_in_the_hint_cannot_command_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    parser = Parser()
    parser.add_subparsers(dest="command").add_parser("read")
    with pytest.raises(SystemExit):
        parser.parse_args(["\x1b]0;evil.png"])
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("1,2,30,40", Box(1, 2, 30, 40)),
        ("-5,0,30,40", Box(-5, 0, 30, 40)),
        ("10%,5%,80%,50%", Shares(0.1, 0.05, 0.8, 0.5)),
        ("0%, 0%, 100%, 37.5%", Shares(0, 0, 1, 0.375)),
    ],
)
def test_a_region_is_in_pixels_or_percent(text: str, region: Region) -> None:
    assert cli_words.region(text) == region


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "1,2,3,4,5", "1,2,0,4", "a,b,c,d", "10%,5%,80%,4", "1.5,2,3,4"],
)
def test_other_regions_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no region; give left,top"):
        cli_words.region(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0%,50%,100%,60%", "top 50% and height 60% are 110%; together they may be 100%"),
        ("50%,0%,60%,9%", "left 50% and width 60% are 110%"),
    ],
)
def test_a_region_that_reaches_out_is_refused_with_its_sum(text: str, says: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=f"reaches out of the picture: {says}"):
        cli_words.region(text)


@pytest.mark.parametrize(("text", "share"), [("0", 0), ("1", 1), ("0.25", 0.25), ("25%", 0.25)])
def test_a_share_is_a_number_or_percent(text: str, share: float) -> None:
    assert cli_words.share(text) == share


@pytest.mark.parametrize("text", ["", "2", "-1", "150%", "half", "nan"])
def test_other_shares_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no share"):
        cli_words.share(text)


def test_turns_are_quarters() -> None:
    assert [cli_words.turns(text) for text in ("0", "90", "180", "270", "auto")] == [
        *range(4),
        None,
    ]
    with pytest.raises(argparse.ArgumentTypeError, match="'45' is none of auto, 0, 90"):
        cli_words.turns("45")
