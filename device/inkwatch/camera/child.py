"""One camera process, from its start to its end, as its keeper holds it."""

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time

from inkwatch.camera.messages import Begin, Order, Report, next_report, send
from inkwatch.camera.shared_frames import SharedFrames
from inkwatch.camera.view import View

_ENVIRONMENT = {
    # The process has one thing to do at a time; pools of threads only cost memory.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # libcamera's own chatter is of use to its makers only.
    "LIBCAMERA_LOG_LEVELS": "*:WARN",
    # Whole seconds; OpenCV's own is ten, and a camera hangs long before.
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "1",
}
_NOT_ITS_BUSINESS = ("INKWATCH_", "CREDENTIALS_", "NOTIFY_", "WATCHDOG_")
"""Secrets, and the way to talk to systemd: what begins so is not handed on."""


class CameraProcess:
    """A running process with its socket, its memory and its bell."""

    def __init__(self, begin: Begin) -> None:
        """Start it.

        Raises:
            OSError: the system gives no process, memory or descriptors.
        """
        self.started_s = time.monotonic()
        self._kill_s = float("inf")
        with contextlib.ExitStack() as undo:
            camera = begin.camera
            self._views = SharedFrames(camera.width_px * camera.height_px)
            undo.callback(self._views.close)
            self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
            undo.callback(os.close, self._bell)
            self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            undo.callback(self._line.close)
            with theirs:
                passed = (theirs.fileno(), self._views.fd, self._bell)
                words = (*passed, self._views.max_pixels)
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    # -P: a file of the working folder must not stand in for a module.
                    [sys.executable, "-P", "-m", "inkwatch.camera.process", *map(str, words)],
                    stdin=subprocess.DEVNULL,
                    pass_fds=passed,
                    env=_environment(),
                )
            send(self._line, begin)
            undo.pop_all()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def alive_s(self) -> float:
        """When it last gave a sign of life; its start where it gave none yet."""
        return max(self.started_s, self._views.alive_s())

    def newest(self) -> View | None:
        """The newest view that was not given before."""
        return self._views.newest()

    def order(self, order: Order) -> None:
        """Tell it something; it is gone soon where it cannot hear."""
        send(self._line, order)

    def report(self) -> Report | None:
        """The next thing it said; None where it is silent.

        Raises:
            EOFError: it has ended, and everything it said was heard.
        """
        return next_report(self._line)

    def wait(self, timeout_s: float) -> None:
        """Wait until it says something, has a view or ends, and no longer than asked."""
        poll = select.poll()
        poll.register(self._line, select.POLLIN)
        poll.register(self._bell, select.POLLIN)
        poll.poll(max(0, timeout_s) * 1000)
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._bell)

    def was_told_to_end(self) -> bool:
        """Whether somebody else than the keeper ended it with SIGTERM, as systemd does."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(0.5) in (0, -signal.SIGTERM)
        return False

    def how_it_ended(self) -> str:
        """Words for a process that ended without a last word."""
        try:
            code = self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            return "closed its line"
        if code >= 0:
            return f"ended with exit code {code}"
        with contextlib.suppress(ValueError):
            return f"was ended by {signal.Signals(-code).name}"
        return f"was ended by signal {-code}"

    def drop(self, patience_s: float) -> None:
        """Let go of it without waiting: ask it to end, or kill it where there is no patience.

        `gone` is to be asked from time to time afterwards.

        Args:
            patience_s: how long it may take to close the camera; 0 kills at once.
        """
        self._line.close()
        self._views.close()
        os.close(self._bell)
        self._kill_s = time.monotonic() + patience_s
        if not self.gone() and patience_s > 0:
            self._process.terminate()

    def gone(self) -> bool:
        """Whether a process that was dropped has ended; kills it when its time is over.

        One that is inside a driver ends when the driver returns, which nobody can hurry.
        """
        if self._process.poll() is not None:
            return True
        if time.monotonic() >= self._kill_s:
            self._process.kill()
        return False

    def kill(self) -> None:
        """End a process that was dropped, at once."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)

    def end(self, patience_s: float) -> None:
        """Drop it, and wait until it has ended or was killed."""
        self.drop(patience_s)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience_s)
        self.kill()


def _environment() -> dict[str, str]:
    ours = {n: v for n, v in os.environ.items() if not n.startswith(_NOT_ITS_BUSINESS)}
    return {**_ENVIRONMENT, **ours}
