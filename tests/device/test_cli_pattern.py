"""`--pattern` on the command line: what reaches the reader, and what is told where it is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkwatch.cli import main
from inkwatch.errors import ExitCode

Draw = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


def test_patterns_and_lists_reach_the_reader(cli: Any, draw: Draw, tmp_path: Path) -> None:
    page, words = draw("a.png", 12), tmp_path / "words.txt"
    words.write_text("on\n\n off out\n", encoding="utf-8-sig")
    assert cli("read", page) == ExitCode.OK
    assert cli("read", page, "--pattern", r"\d{5}") == ExitCode.OK
    assert cli("--pattern", f"@{words}", "read", page) == ExitCode.OK
    assert cli.patterns == [None, r"\d{5}", ("on", "off", "out")]


def test_a_list_that_is_not_there_is_told(
    cli: Any, draw: Draw, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli("read", draw("a.png", 12), "--pattern", "@none.txt") == ExitCode.USAGE
    assert "the list of words cannot be read" in capsys.readouterr().err


def test_what_is_no_pattern_is_told(draw: Draw, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--pattern", "[0-9", str(draw("a.png", 12))]) == ExitCode.USAGE
    assert "a '[' that nothing closes" in capsys.readouterr().err


LETTERS = (
    "Letters should be dark on light, at least 20 pixels tall, and stand apart: joined writing is "
    "often misread."
)
PATTERN = (
    "What does not fit the pattern counts as unsure. Is --pattern right? "
    "Without it all is read as it stands."
)


@pytest.mark.parametrize(("words", "hint"), [(["--pattern", "digits"], PATTERN), ([], LETTERS)])
def test_of_an_unsure_page_the_pattern_is_named_in_place_of_the_letters(
    words: list[str], hint: str, cli: Any, draw: Draw, capsys: Capture
) -> None:
    cli.reader.confidence = 0.01
    page = draw("a.png", 12)
    assert cli("read", page, *words) == ExitCode.OK
    assert capsys.readouterr().err == f"inkwatch: {page}: only 1% sure of this page. {hint}\n"


def test_a_page_of_which_all_is_left_out_under_a_pattern_is_not_said_to_be_blank(
    cli: Any, draw: Draw, capsys: Capture
) -> None:
    cli.reader.left_out = True
    page = draw("a.png", 12)
    assert cli("read", page, "--min-confidence", "0.5", "--pattern", "digits") == ExitCode.OK
    assert capsys.readouterr().err == (
        f"inkwatch: {page}: nothing is surely read that fits the pattern. "
        "Is --pattern right? Without it all is read as it stands.\n"
    )
    assert cli("read", draw("b.png", 12, blank=True), "--pattern", "digits") == ExitCode.OK
    assert capsys.readouterr().err.endswith("b.png: no writing found that fits the pattern.\n")
