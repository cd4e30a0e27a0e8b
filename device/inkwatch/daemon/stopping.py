"""Signals, and an end in time whatever goes on.

A reading may take seconds. The first stage of an end leaves it at the next step of Python; where
native code does not come back, the second says goodbye from a thread and ends the process: what
was told is safe by then.
"""

import contextlib
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGINT)

SECOND_STAGE_S = 1.2
"""After so long without an end the second stage begins."""


class Stopped(BaseException):
    """It was told to end, in the middle of something that may be left."""


class Signals:
    """What signals asked for. Handlers are set within a `with` block, on the main thread.

    SIGTERM and SIGINT end it, SIGUSR1 asks for a reading, SIGHUP for the config to be read again.

    Args:
        last_words: called from another thread where the main one does not end in time; after it
            the process ends.
        end: ends the process; tests put something else here.
    """

    def __init__(
        self, last_words: Callable[[], None], end: Callable[[int], None] = os._exit
    ) -> None:
        self._last_words = last_words
        self._end = end
        self._stop = False
        self._read = False
        self._reload = False
        self._may_leave = False
        self._over = threading.Event()
        self._old: dict[int, object] = {}

    def __enter__(self) -> "Signals":
        self._woken, waker = socket.socketpair()
        self._waker = waker
        waker.setblocking(False)
        # Written to by C code, also while native code keeps Python's handlers waiting.
        self._old_fd = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        for number in (*_ENDING, signal.SIGUSR1, signal.SIGHUP):
            self._old[number] = signal.signal(number, self._take)
        threading.Thread(target=self._wait, name="inkwatch-end", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for number, old in self._old.items():
            signal.signal(number, old)  # type: ignore[arg-type]
        signal.set_wakeup_fd(self._old_fd)
        # The thread sees the end of the line, and goes.
        self._waker.close()

    @property
    def stop(self) -> bool:
        """Whether it was told to end."""
        return self._stop

    def take_read(self) -> bool:
        """Whether a reading was asked for since the last call."""
        asked, self._read = self._read, False
        return asked

    def take_reload(self) -> bool:
        """Whether the config is to be read again, since the last call."""
        asked, self._reload = self._reload, False
        return asked

    @contextlib.contextmanager
    def may_be_left(self) -> Iterator[None]:
        """Let the block be left by `Stopped` in its middle.

        Raises:
            Stopped: it was told to end.
        """
        self._may_leave = True
        try:
            if self._stop:
                raise Stopped
            yield
        finally:
            self._may_leave = False

    def _take(self, number: int, _: FrameType | None) -> None:
        if number in _ENDING:
            self._stop = True
            if self._may_leave:
                self._may_leave = False
                raise Stopped
        elif number == signal.SIGUSR1:
            self._read = True
        else:
            self._reload = True

    def _wait(self) -> None:
        with self._woken:
            while numbers := self._woken.recv(64):
                if not set(numbers).isdisjoint(_ENDING):
                    break
            else:
                return
            if self._over.wait(SECOND_STAGE_S):
                return
            with contextlib.suppress(Exception):
                self._last_words()
            self._end(0)
