import io
import sys

import pytest

from inkwatch.cli_console import Console
from inkwatch.cli_progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def run(stream: io.StringIO, pictures: int, each_s: float, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    clock = Clock()
    progress = Progress(Console(), pictures, clock)
    for number in range(pictures):
        progress.reads(f"{number}.png")
        clock.now += each_s
        progress.did_one()
    return stream.getvalue()


def test_a_terminal_shows_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(Terminal(), 4, 10.0, monkeypatch)
    assert "[1/4] 0.png" in shown
    assert "[2/4] about 30 s left  1.png" in shown
    assert "[4/4] about 10 s left  3.png" in shown


def test_elsewhere_a_line_comes_every_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = run(io.StringIO(), 100, 11.0, monkeypatch).splitlines()
    assert rows[0] == "3 of 100 pictures, about 18 min left"
    assert rows[1] == "6 of 100 pictures, about 17 min left"
    assert len(rows) == 33


def test_a_short_job_says_nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(io.StringIO(), 4, 7.0, monkeypatch) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (89.4, "89 s"), (90, "2 min"), (3600, "60 min"), (11100, "3 h 5 min")],
)
def test_times_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words
