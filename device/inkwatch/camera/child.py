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


class CameraProcess:
    """A running process with its socket, its memory and its bell."""

    def __init__(self, begin: Begin) -> None:
        """Start it.

        Raises:
            OSError: the system gives no process, memory or descriptors.
        """
        self.started_s = time.monotonic()
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
                    env={**_ENVIRONMENT, **os.environ},
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

    def end(self, patience_s: float) -> bool:
        """End it: ask first, and kill it where it does not end in time; let all go.

        Args:
            patience_s: how long it may take to close the camera; 0 kills at once.

        Returns:
            False where the kernel has not let it go yet; then `gone` tells later.
        """
        self._line.close()
        if self._process.poll() is None and patience_s > 0:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)
        if self._process.poll() is None:
            self._process.kill()
            # A process inside a driver ends when the driver returns, which nobody can hurry.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.5)
        self._views.close()
        os.close(self._bell)
        return self.gone()

    def gone(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None
