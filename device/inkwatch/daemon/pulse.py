"""Feeds systemd's watchdog for as long as looking and reading really go on."""

import threading
import time
from collections.abc import Callable

from inkwatch.machine.notify import Notifier

STEP_S = 4.0
"""A step that is no reading and takes longer hangs."""

READING_S = 180.0
"""A reading that takes longer hangs: a full page takes some 20 s on the slowest Raspberry Pi."""


class Pulse:
    """Knows when the loop advanced last. The loop's thread beats, another one feeds.

    Not the loop itself feeds: a reading may take longer than the watchdog waits.

    Args:
        notifier: whom to feed.
        clock: the monotonic time.
    """

    def __init__(self, notifier: Notifier, clock: Callable[[], float] = time.monotonic) -> None:
        self._notifier = notifier
        self._clock = clock
        self._reading = False
        self._beat_s = clock()
        self._over = threading.Event()

    def beat(self, *, reading: bool = False) -> None:
        """The loop advanced; `reading`: what it begins now may take as long as a reading."""
        self._reading = reading
        self._beat_s = self._clock()

    @property
    def alive(self) -> bool:
        """Whether the loop advanced lately."""
        limit_s = READING_S if self._reading else STEP_S
        return self._clock() - self._beat_s <= limit_s

    def start(self) -> None:
        """Begin to feed, where systemd watches."""
        watchdog_s = self._notifier.watchdog_s
        if watchdog_s is not None:
            arguments = (watchdog_s / 4,)
            threading.Thread(
                target=self._feed, args=arguments, name="inkwatch-pulse", daemon=True
            ).start()

    def close(self) -> None:
        """Feed no more."""
        self._over.set()

    def _feed(self, every_s: float) -> None:
        while not self._over.wait(every_s):
            if self.alive:
                self._notifier.watchdog()
