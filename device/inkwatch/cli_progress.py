"""How far a job is, and how long it will take yet."""

import time
from collections.abc import Callable

from inkwatch.cli_console import Console

EVERY_S = 30.0
"""Where stderr is no terminal, a line comes so often."""


class Progress:
    """Shows how far the reading of many pictures is.

    On a terminal a line that is overwritten; elsewhere a line of its own every half minute, so that
    a short job says nothing.

    Args:
        console: where it is shown.
        total: how many pictures there are.
        clock: seconds; tests put their own here.
    """

    def __init__(
        self, console: Console, total: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._total = total
        self._clock = clock
        self._start = self._told = clock()
        self._done = 0

    def reads(self, name: str) -> None:
        """Say which picture is next."""
        left = self._left()
        self._console.progress(self._done, self._total, f"{left}  {name}" if left else name)

    def did_one(self) -> None:
        """Count a picture that is done."""
        self._done += 1
        now = self._clock()
        if self._console.is_terminal or now - self._told < EVERY_S or self._done == self._total:
            return
        self._told = now
        self._console.note(f"{self._done} of {self._total} pictures, {self._left()}")

    def _left(self) -> str:
        if not self._done:
            return ""
        each_s = (self._clock() - self._start) / self._done
        return f"about {duration(each_s * (self._total - self._done))} left"


def duration(seconds: float) -> str:
    """A time in words: `45 s`, `12 min`, `3 h 5 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
