"""`--pattern` on the command line: what reaches the reader, and what is told where it is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkwatch.cli import main
from inkwatch.errors import ExitCode

Draw = Callable[..., Path]


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
