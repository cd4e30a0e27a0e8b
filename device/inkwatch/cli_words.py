"""What single words of the command line may be, and what is said of those that are wrong."""

import argparse
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from inkwatch.cli_console import printable
from inkwatch.errors import UsageError

NO_LANGUAGE = "none"
"""What the user writes to read without any."""

_PROGRAM = "inkwatch"


class Parser(argparse.ArgumentParser):
    """A parser that knows what is meant where a picture stands in a command's place."""

    # Where Python ever drops this hook, the hint is lost and the error stays.
    def _check_value(self, action: argparse.Action, value: Any) -> None:
        known = action.choices is None or value in action.choices
        if action.dest == "command" and not known and _like_a_file(str(value)):
            meant = printable(f"{program_name()} read {shlex.quote(str(value))}")
            raise argparse.ArgumentError(
                None, f"{printable(repr(value))} is no command; did you mean: {meant}"
            )
        super()._check_value(action, value)


def program_name() -> str:
    """What to type to start this program again.

    `inkwatch` where the shell finds it by that name, else the path it was started by.
    """
    started = Path(sys.argv[0])
    if started == Path(__file__).with_name("__main__.py"):
        return f"{shlex.quote(sys.orig_argv[0])} -m {_PROGRAM}"
    # The system puts the whole path here also where only the name was typed.
    if started.name != _PROGRAM or "/" not in sys.argv[0] or sys.argv[0] == shutil.which(_PROGRAM):
        return _PROGRAM
    return shlex.quote(sys.argv[0])


def path(text: str) -> str:
    """A picture's path, which may be anything but empty; `Path("")` would be this folder."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; name a picture or a folder")
    return text


def folder(text: str) -> Path:
    """A folder to write to, which is not empty either."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; name a folder (. is this one)")
    return Path(text)


def seconds(text: str) -> float:
    """A time above 0."""
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds") from None
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def count(text: str) -> int:
    """A whole number from 1 on."""
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is below 1")
    return number


def _like_a_file(word: str) -> bool:
    if "." in word or "/" in word:
        return True
    try:
        return Path(word).exists()
    except (OSError, ValueError):
        return False


def read_pattern(word: str | None) -> str | tuple[str, ...] | None:
    """Give a pattern as it is, and for @FILE the words in the file.

    Raises:
        UsageError: the file cannot be read.
    """
    if word is None or not word.startswith("@"):
        return word
    try:
        # Windows' editors begin a file with a mark that is no part of the first word.
        text = Path(word[1:]).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--pattern {word}: the list of words cannot be read: {error}.") from error
    return tuple(text.split())
