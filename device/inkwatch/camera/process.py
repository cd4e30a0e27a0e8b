"""The camera's own process: `python -m inkwatch.camera.process LINE VIEWS BELL MAX-PIXELS`.

Only the keeper starts it. It talks over the socket LINE, puts views into the memory VIEWS and rings
the BELL, all three inherited descriptors. It leaves signs of life whenever it is not inside the
camera's code. It ends when it is told to, when the keeper is gone, or with the first fault:
starting anew is the keeper's.
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time
from types import FrameType

from inkwatch.camera.camera import Camera
from inkwatch.camera.choose import open_source
from inkwatch.camera.faults import CameraError, FaultKind, SourceEnded
from inkwatch.camera.messages import (
    Begin,
    Ended,
    Fault,
    Note,
    Opened,
    Opening,
    SlowDown,
    next_order,
    send,
)
from inkwatch.camera.rubbish import Patience, rubbish_in
from inkwatch.camera.shared_frames import SharedFrames
from inkwatch.errors import ExitCode
from inkwatch.machine.memory import LARGE_BYTES, map_large

_PR_SET_PDEATHSIG = 1
_CAPTURE_S = 0.25
_STEP_S = 0.25
"""How long it waits at the most before it looks whether it was told to end."""
_BEGIN_S = 10.0
_RUBBISH_S = 2.0
"""How long rubbish lasts before it is a fault, or as long as the camera may be silent if less."""


class _Process:
    """What the process knows between two pictures."""

    def __init__(self, line: socket.socket, views: SharedFrames, bell: int) -> None:
        self._line = line
        self._views = views
        self._bell = bell
        self._ending = False
        self._rate_hz = 1.0
        signal.signal(signal.SIGTERM, self._end)

    def run(self) -> ExitCode:
        """Wait for the order to begin, and look until something ends it."""
        begin = self._begin()
        if begin is None:
            return ExitCode.OK
        self._rate_hz = begin.camera.rate_hz
        last: Fault | Ended | None = None
        camera: Camera | None = None
        try:
            camera = open_source(begin.camera, begin.hold_s, self._views.taken, self._note)
            send(self._line, Opening())
            camera.open()
            send(self._line, Opened(camera.name, camera.live))
            self._views.touch()
            self._look(camera, begin.camera.hang_after_s)
        except SourceEnded:
            last = Ended()
        except CameraError as error:
            last = Fault.of(error)
        except Exception as error:
            message = f"The camera failed: {type(error).__name__}: {error}"
            last = Fault.of(CameraError(FaultKind.FAILED, message))
        # Told before it is closed: a camera that fails may hang in closing, too.
        if last is not None:
            send(self._line, last)
        if camera is not None:
            camera.close()
        return ExitCode.CAMERA if isinstance(last, Fault) else ExitCode.OK

    def _look(self, camera: Camera, hang_after_s: float) -> None:
        patience = Patience(min(_RUBBISH_S, hang_after_s))
        due_s = time.monotonic()
        while self._wait_until(due_s):
            view = camera.capture(_CAPTURE_S)
            now_s = time.monotonic()
            if view is None:
                # A live camera that is silent gives no sign of life either.
                if not camera.live:
                    self._views.touch()
                    self._wait_until(now_s + min(_STEP_S, 1 / self._rate_hz))
                continue
            due_s = max(due_s + 1 / self._rate_hz, now_s)
            self._views.touch()
            height, width = view.frame.image.shape[:2]
            mend = ""
            if height * width > self._views.max_pixels:
                wrong = f"{width} x {height} pixels, more than was asked for"
            else:
                wrong = rubbish_in(view.frame.image) if camera.live else ""
                mend = "Check the lens cap, the light and the cable."
            if not wrong:
                patience.good()
                if self._views.publish(view):
                    os.eventfd_write(self._bell, 1)
            elif patience.bad(now_s):
                raise CameraError(
                    FaultKind.BAD_FRAMES,
                    f"{camera.name} runs, but its pictures are {wrong}.",
                    mend=mend,
                )

    def _begin(self) -> Begin | None:
        waited = select.select([self._line], [], [], _BEGIN_S)
        order = next_order(self._line) if waited[0] else None
        return order if isinstance(order, Begin) else None

    def _wait_until(self, due_s: float) -> bool:
        """Obey orders until a moment, at least once; tell whether to go on."""
        while not self._ending:
            left_s = due_s - time.monotonic()
            ready, _, _ = select.select([self._line], [], [], min(max(left_s, 0.0), _STEP_S))
            if ready:
                try:
                    order = next_order(self._line)
                except EOFError:
                    return False
                if isinstance(order, SlowDown):
                    self._rate_hz = order.rate_hz
                continue
            if left_s <= 0:
                return True
            self._views.touch()
        return False

    def _note(self, message: str) -> None:
        send(self._line, Note(message))

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self._ending = True


def main(words: list[str]) -> int:
    """Run the process."""
    keeper = os.getppid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The keeper may be killed at any time; a camera held by nobody's process would stay busy.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:
        return ExitCode.OK
    # A picture or two are held at a time: what the last one took must not stay.
    map_large(LARGE_BYTES)
    line_fd, views_fd, bell_fd, max_pixels = map(int, words)
    line = socket.socket(fileno=line_fd)
    views = SharedFrames(max_pixels, views_fd)
    with contextlib.suppress(EOFError):
        return _Process(line, views, bell_fd).run()
    return ExitCode.OK


if __name__ == "__main__":
    code = main(sys.argv[1:])
    # Libraries of cameras crash when the interpreter takes them down; all that matters is done.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
