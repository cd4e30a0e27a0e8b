"""What single words of the command line may be, and what is said of those that are wrong."""

import argparse
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

from inkwatch.cli_console import printable
from inkwatch.places import Box, Region, Shares
from inkwatch.word_lists import listed_words

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


def file(text: str) -> Path:
    """A file to read, which is not empty either."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; name a file")
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


def share(text: str) -> float:
    """A share of the whole: `0.5` or `50%`."""
    number = _percent_or_number(text)
    if number is None or not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share from 0 to 1, such as 0.5 or 50%")
    return number


def region(text: str) -> Region:
    """A part of a picture: left, top, width and height, in pixels or all in percent."""
    parts = text.split(",")
    wrong = argparse.ArgumentTypeError(
        f"{text!r} is no region; give left,top,width,height in pixels (100,50,640,480) or in "
        "percent of the picture (10%,5%,80%,50%)"
    )
    if _all_percent(parts):
        return _shares(text, parts, wrong)
    if len(parts) != 4:
        raise wrong
    try:
        return Box(*map(int, parts))
    except ValueError:
        raise wrong from None


def part_of_view(text: str) -> Shares:
    """A part of whatever a camera sees, in percent: pixels mean another part with each camera."""
    parts = text.split(",")
    wrong = argparse.ArgumentTypeError(
        f"{text!r} is not left,top,width,height in percent of the view, such as 10%,5%,80%,50%"
    )
    if not _all_percent(parts):
        raise wrong
    return _shares(text, parts, wrong)


def _all_percent(parts: list[str]) -> bool:
    return len(parts) == 4 and all(part.strip().endswith("%") for part in parts)


def _shares(text: str, parts: list[str], wrong: argparse.ArgumentTypeError) -> Shares:
    try:
        left, top, width, height = (float(part.strip().removesuffix("%")) for part in parts)
        for start, begin, size, extent in (
            ("left", left, "width", width),
            ("top", top, "height", height),
        ):
            if begin >= 0 and extent > 0 and begin + extent > 100 + 1e-7:
                raise argparse.ArgumentTypeError(
                    f"{text!r} reaches out of the picture: {start} {begin:g}% and {size} "
                    f"{extent:g}% are {begin + extent:g}%; together they may be 100%"
                )
        return Shares(left / 100, top / 100, width / 100, height / 100)
    except ValueError:
        raise wrong from None


def turns(text: str) -> int | None:
    """Quarters clockwise, from degrees; None for `auto`."""
    quarters = {"auto": None, "0": 0, "90": 1, "180": 2, "270": 3}
    if text not in quarters:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(quarters)}")
    return quarters[text]


def _percent_or_number(text: str) -> float | None:
    try:
        if text.endswith("%"):
            return float(text.removesuffix("%")) / 100
        return float(text)
    except ValueError:
        return None


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
    return listed_words(word[1:], f"--pattern {word}")


def read_own_words(path: str | None) -> tuple[str, ...] | None:
    """Give the words of a file.

    Raises:
        UsageError: the file cannot be read.
    """
    return None if path is None else listed_words(path, f"--words {path}")
