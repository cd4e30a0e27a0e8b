"""What each stage of a reading takes: laps of one clock, added up by name."""

import time


class Stopwatch:
    """Adds up laps. A lap costs about as much as a call of a function.

    Attributes:
        seconds: what each stage took so far, in the order in which the stages first ended.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._start = self._last = time.monotonic()

    def lap(self, stage: str) -> None:
        """Count what has passed since the last lap to `stage`."""
        now = time.monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._last
        self._last = now

    @property
    def elapsed_s(self) -> float:
        """What has passed since the watch was made."""
        return time.monotonic() - self._start
