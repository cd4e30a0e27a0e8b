import io
import sys

import pytest

from inkwatch.cli_console import Console, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日本", "plain é 日本"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\udce9", "\\udce9"),
        ("\u202e", "\\u202e"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_data_and_errors_go_apart(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.data("data\n")
    console.error("wrong.")
    console.note("good to know")
    assert capsys.readouterr() == ("data\n", "inkwatch: wrong.\ngood to know\n")


def test_progress_gives_way_to_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    console = Console()
    console.progress(0, 2, "a.png")
    console.error("wrong.")
    console.progress(1, 2, "b.png")
    console.done()
    clear = "\r\x1b[K"
    assert screen.getvalue() == f"[1/2] a.png{clear}inkwatch: wrong.\n[2/2] b.png{clear}"


def test_one_file_has_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    Console().progress(0, 1, "a.png")
    assert screen.getvalue() == ""


@pytest.mark.parametrize("stream", [None, "closed"])
def test_a_missing_stderr_stops_nothing(
    stream: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = io.StringIO()
    closed.close()
    console = Console()
    monkeypatch.setattr(sys, "stderr", None if stream is None else closed)
    console.error("wrong.")
    console.note("never seen")
