"""The camera as the daemon has it: started, watched, dropped when it hangs, and started again."""

import logging
import time
from dataclasses import replace
from pathlib import Path

import msgspec

from inkwatch.camera.child import CameraProcess
from inkwatch.camera.faults import FaultKind
from inkwatch.camera.messages import Begin, Ended, Fault, Note, Opened, Opening, Report, SlowDown
from inkwatch.camera.pauses import FIRST_S, Pauses
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.camera.view import View
from inkwatch.config.model import CameraSection

_LOG = logging.getLogger("inkwatch")

_LOAD_S = 30.0
"""How long a Pi Zero may take to load the camera's libraries from a slow card."""
_OPEN_S = 5.0
_CLOSE_S = 1.0
_LOOK_S = 0.5
"""How often it looks at a camera that runs, and for one that does not."""
_SETTLE_S = 1.0
"""From a device's coming to its having the right group, which udev gives it after."""
_AWAY_S = 1.0
_GRACE_S = 0.5
_WHERE_DEVICES_ARE = "/dev"


class Keeper:
    """Keeps a camera alive in a process of its own; see `Eyes`.

    There is no thread: everything happens inside `newest`. Where that is not called for long, the
    camera goes on and its newest view waits; a hang is noticed by the next call.

    `hold_s` is how long each picture of a folder is shown; it must be enough for a view to count
    as still and be read. `pauses` stands in for the usual ones.
    """

    def __init__(
        self, settings: CameraSection, *, hold_s: float = 2.0, pauses: Pauses | None = None
    ) -> None:
        now_s = time.monotonic()
        self._settings = settings
        self._begin = Begin(settings, hold_s)
        self._pauses = Pauses() if pauses is None else pauses
        self._status = CameraStatus(CameraState.STARTING, "", now_s)
        self._process: CameraProcess | None = None
        self._dying: list[CameraProcess] = []
        self._last: View | None = None
        self._starts = 0
        # Of the process that runs: what it said last, when that was heard, and when it ran first.
        self._stage: Report | None = None
        self._stage_s = now_s
        self._running_s: float | None = None
        # Of the pause between two: when it fell, when it is over, and what there was then.
        self._failed_s = now_s
        self._retry_s = now_s
        self._devices = self._devices_now()
        self._called_s = now_s
        self._judge_from_s = now_s
        self._closed = False
        # At once, so that the camera loads while the caller loads its model.
        self._start(now_s)

    @property
    def pid(self) -> int | None:
        """The camera's process, None where there is none now."""
        return None if self._process is None else self._process.pid

    def newest(self, timeout_s: float) -> View | None:
        """Give the newest view that was not given before; None where none came in time.

        Returns None at once where the source is over.
        """
        deadline_s = time.monotonic() + timeout_s
        while not self._closed:
            now_s = time.monotonic()
            self._step(now_s)
            if (view := self._take(now_s)) is not None:
                return view
            left_s = min(deadline_s - time.monotonic(), _LOOK_S)
            if left_s <= 0 or self._status.state is CameraState.ENDED:
                return None
            if self._process is not None:
                self._process.wait(left_s)
            else:
                time.sleep(max(0.001, min(left_s, self._retry_s - now_s)))
        return None

    def status(self) -> CameraStatus:
        """How the camera is now."""
        status = replace(self._status, restarts=max(0, self._starts - 1))
        if status.state is not CameraState.FAILED:
            return status
        return replace(status, retry_in_s=max(0.0, self._retry_s - time.monotonic()))

    def slow_down(self, rate_hz: float) -> None:
        """Ask for so many views a second from now on, also of a process that starts later."""
        camera = msgspec.structs.replace(self._begin.camera, rate_hz=rate_hz)
        self._begin = msgspec.structs.replace(self._begin, camera=camera)
        if self._process is not None:
            self._process.order(SlowDown(rate_hz))

    def close(self) -> None:
        """End the camera's process, also one that was dropped before and has not ended yet."""
        self._closed = True
        if self._process is not None:
            self._process.end(_CLOSE_S)
            self._process = None
        for process in self._dying:
            process.kill()
        self._dying = []

    def _step(self, now_s: float) -> None:
        if now_s - self._called_s > _AWAY_S:
            # Perhaps both processes stood still: the camera may show first that it goes on.
            self._judge_from_s = now_s + _GRACE_S
        self._called_s = now_s
        self._dying = [process for process in self._dying if not process.gone()]
        if self._process is None and self._status.state is not CameraState.ENDED:
            self._look_for_devices(now_s)
            if now_s >= self._retry_s:
                self._start(now_s)
        if self._process is not None:
            self._hear(self._process, now_s)
        if self._process is not None and now_s >= self._judge_from_s:
            self._judge(self._process, now_s)

    def _take(self, now_s: float) -> View | None:
        view, self._last = self._last, None
        if view is None and self._process is not None:
            view = self._process.newest()
            if view is not None:
                self._runs(now_s)
        return view

    def _start(self, now_s: float) -> None:
        self._stage, self._stage_s, self._running_s = None, now_s, None
        try:
            self._process = CameraProcess(self._begin)
        except OSError as error:
            message = f"The camera's process cannot be started: {error.strerror or error}."
            self._fail(now_s, Fault(FaultKind.FAILED, message))
        else:
            self._starts += 1

    def _hear(self, process: CameraProcess, now_s: float) -> None:
        try:
            while (report := process.report()) is not None:
                match report:
                    case Opening():
                        self._stage, self._stage_s = report, now_s
                    case Opened(name, live):
                        self._stage, self._stage_s = report, now_s
                        self._status = replace(self._status, name=name)
                        if not live:
                            self._runs(now_s)
                    case Note(message):
                        _LOG.info("%s", message)
                    case Fault():
                        self._fail(now_s, report)
                        return
                    case Ended():
                        self._last = process.newest()
                        self._drop(_CLOSE_S)
                        self._status = CameraStatus(CameraState.ENDED, self._status.name, now_s)
                        return
        except EOFError:
            if process.was_told_to_end():
                # Most likely all of the service was; otherwise it is simply started again.
                self._drop(_CLOSE_S)
                self._retry_s = now_s + FIRST_S
                return
            how = process.how_it_ended()
            self._fail(now_s, Fault(FaultKind.FAILED, f"The camera's process {how}."))

    def _judge(self, process: CameraProcess, now_s: float) -> None:
        """Notice that it hangs."""
        hang_s = self._settings.hang_after_s
        match self._stage:
            case None:
                since_s, limit_s, what = self._stage_s, _LOAD_S, "did not load"
            case Opening():
                since_s, limit_s, what = self._stage_s, max(_OPEN_S, hang_s), "did not start"
            case _:
                since_s = max(process.alive_s(), self._judge_from_s - _GRACE_S - hang_s)
                limit_s, what = hang_s, "gave no picture"
        if now_s - since_s > limit_s:
            name = self._status.name or self._settings.source
            message = f"The camera ({name}) {what} for {limit_s:g} s; it is started again."
            self._fail(now_s, Fault(FaultKind.HUNG, message))

    def _runs(self, now_s: float) -> None:
        if self._running_s is None:
            self._running_s = now_s
        self._pauses.ran(now_s - self._running_s)
        if self._status.state is not CameraState.RUNNING:
            if self._status.state is CameraState.FAILED:
                _LOG.info("The camera (%s) runs again.", self._status.name)
            self._status = CameraStatus(CameraState.RUNNING, self._status.name, now_s)

    def _fail(self, now_s: float, fault: Fault) -> None:
        # A hung camera would not hear; one that told its fault is ending by itself.
        self._drop(0.0 if fault.kind is FaultKind.HUNG else _CLOSE_S)
        if fault.kind is FaultKind.NO_CAMERA and self._status.name:
            # It was there before: most likely a cable, and it comes back without a hand laid on.
            fault = Fault(FaultKind.VANISHED, fault.message, fault.mend)
        before = self._status
        since_s = before.since_s if before.state is CameraState.FAILED else now_s
        self._status = CameraStatus(
            CameraState.FAILED,
            before.name,
            since_s,
            kind=fault.kind,
            message=fault.message,
            mend=fault.mend,
            permanent=fault.permanent,
        )
        if (before.kind, before.message) != (fault.kind, fault.message):
            mend = f" To mend it: {fault.mend}" if fault.mend else ""
            _LOG.warning("%s%s", fault.message, mend)
        self._failed_s = now_s
        self._retry_s = now_s + self._pauses.next_s(now_s, permanent=fault.permanent)
        self._devices = self._devices_now()

    def _drop(self, patience_s: float) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.drop(patience_s)
            self._dying.append(process)

    def _look_for_devices(self, now_s: float) -> None:
        """Try sooner where a device came, or went, or was given to another group."""
        devices = self._devices_now()
        if devices != self._devices:
            self._devices = devices
            soon_s = max(now_s + _SETTLE_S, self._failed_s + FIRST_S)
            self._retry_s = min(self._retry_s, soon_s)

    def _devices_now(self) -> tuple[tuple[int, ...], ...]:
        return tuple(map(_signature, (_WHERE_DEVICES_ARE, self._settings.source)))


def _signature(path: str) -> tuple[int, ...]:
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return ()
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns
