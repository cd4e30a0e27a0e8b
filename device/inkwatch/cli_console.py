"""How the command line talks: data on stdout, everything else on stderr."""

import contextlib
import io
import os
import sys

from inkwatch.errors import OutputError


class Console:
    """Writes data, errors, notes and progress, each where it belongs.

    Data is flushed page by page, so that a pipe sees each page as soon as it is read. Progress
    shows only where stderr is a terminal.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr is not None and sys.stderr.isatty()
        self._progress_shown = False

    @property
    def is_terminal(self) -> bool:
        """Whether someone may be watching stderr."""
        return self._terminal

    def data(self, text: str) -> None:
        """Write to stdout.

        Raises:
            BrokenPipeError: nobody reads any more.
            OutputError: the disk is full, or stdout is closed.
        """
        self._clear_progress()
        if sys.stdout is None:
            raise OutputError("Standard output is closed. Send it somewhere: inkwatch ... > FILE")
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(
                f"Standard output cannot be written: {error.strerror or error}. Make room for it."
            ) from error

    def error(self, message: str) -> None:
        """Tell of something that went wrong."""
        self._say(f"inkwatch: {printable(message)}\n")

    def note(self, message: str) -> None:
        """Tell of something that the user should know."""
        self._say(f"{printable(message)}\n")

    def progress(self, done: int, total: int, name: str) -> None:
        """Show how far a long job is; the line is overwritten by what comes next."""
        if self._terminal and total > 1:
            self._say(f"[{done + 1}/{total}] {printable(name)}")
            self._progress_shown = True

    def done(self) -> None:
        """Take the progress line away."""
        self._clear_progress()

    def _say(self, text: str) -> None:
        self._clear_progress()
        # A stderr that is closed or full must not stop the data on stdout.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            sys.stderr.write(text)
            sys.stderr.flush()

    def _clear_progress(self) -> None:
        if self._progress_shown:
            self._progress_shown = False
            self._say("\r\x1b[K")


def printable(message: str) -> str:
    """Escape what a terminal would obey: a file's name may hold any bytes."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in message
    )


def prepare_streams(*, utf8: bool) -> None:
    """Let stdout take any text: JSON and TSV are UTF-8 everywhere, text is as the locale says."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            encoding="utf-8" if utf8 else None, errors="backslashreplace", newline="\n"
        )
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr.reconfigure(errors="backslashreplace")


def drop_stdout() -> None:
    """After a broken pipe: keep Python from writing what is left when it exits."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)
