"""`--language` on the command line: what reaches the reader, and what is told where it is wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkwatch.cli import main
from inkwatch.errors import ExitCode

Draw = Callable[..., Path]


def test_english_unless_told_otherwise(cli: Any, draw: Draw) -> None:
    page = draw("a.png", 12)
    assert cli("read", page) == ExitCode.OK
    assert cli("read", page, "--language", "none") == ExitCode.OK
    assert cli("--language", "./de.lexicon", "read", page) == ExitCode.OK
    assert cli.languages == ["en", None, "./de.lexicon"]


def test_single_characters_need_no_language(cli: Any, draw: Draw) -> None:
    assert cli("classify", draw("a.png")) == ExitCode.OK
    assert cli.languages == [None]


def test_a_language_that_is_not_there_is_told(
    draw: Draw, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "--language", "xx", str(draw("a.png"))]) == ExitCode.BUNDLE
    assert "No lexicon is named 'xx' (there are: en" in capsys.readouterr().err
