"""The loop: newest view → watcher → tellers, and what else falls due between two views."""

import logging
from collections.abc import Callable

from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.camera.view import View
from inkwatch.daemon.deliver import deliver
from inkwatch.daemon.gather import (
    gather_health,
    gather_problems,
    nothing_seen,
    status_line,
)
from inkwatch.daemon.pulse import Pulse
from inkwatch.daemon.remarks import Remarks
from inkwatch.daemon.running import Ending, Parts
from inkwatch.daemon.stopping import Signals, Stopped
from inkwatch.errors import ExitCode, InkwatchError
from inkwatch.health import Health
from inkwatch.machine.memory import ample
from inkwatch.watch.event import Event, EventKind, Trigger

_LOG = logging.getLogger("inkwatch")

_WAIT_S = 0.25
"""How long one wait for a view lasts at the most: signals are looked at between two."""

_PROBLEMS_EVERY_S = 1.0
_MORE_TIME_S = 60.0
_SILENT_S = 20.0
"""A camera that is said to run and gives nothing for so long, or five views' time, hangs us."""

_MOST_FAILURES = 5
"""After so many readings in a row that failed for a fault of ours, starting anew is better."""


class Loop:
    """Runs until a signal, the source's end, or its `Ending`."""

    def __init__(self, parts: Parts, signals: Signals, ending: Ending) -> None:
        self.parts = parts
        self._signals = signals
        self._ending = ending
        self._pulse = Pulse(parts.notifier, parts.clock.monotonic_s)
        self._started_s = parts.clock.monotonic_s()
        self._camera: CameraStatus | None = None
        self._ready = False
        self._viewed_s = self._started_s
        self._health_s = self._started_s
        self._problems_s = self._started_s
        # None: not told yet. That all is well is told too, for a broker may keep an old problem.
        self._problems: tuple[str, ...] | None = None
        self._rate_hz = parts.config.camera.rate_hz
        self._fault = ""
        self._failures = 0
        self._remarks = Remarks()

    def run(self) -> ExitCode:
        """Look, read and tell until it ends.

        Raises:
            BrokenPipeError: nobody reads standard output any more.
        """
        # Where it is told to end, a script must be able to tell a page from none.
        ended: ExitCode | None = None
        self._pulse.start()
        try:
            while ended is None and not self._signals.stop:
                ended = self._turn()
            if ended is not None and self.parts.link is not None:
                deliver(self.parts.link, lambda: self._signals.stop)
        except Stopped:
            pass
        finally:
            self._pulse.close()
        if self._ending.once:
            return ExitCode.INTERRUPTED if ended is None else ended
        self._remarks.ended(self.parts.watcher.counts)
        return ExitCode.OK

    @property
    def health(self) -> Health:
        """How the device is now."""
        return gather_health(
            watcher=self.parts.watcher,
            eyes=self.parts.eyes,
            link=self.parts.link,
            clock=self.parts.clock,
            started_s=self._started_s,
            rate_hz=self._rate_hz,
            temperature_c=self.parts.cooling.temperature_c,
        )

    def tell_health(self) -> None:
        """Tell now how the device is."""
        health = self.health
        for teller in self.parts.tellers:
            teller.health(health)
        if self._ready:
            self.parts.notifier.status(status_line(health, self.parts.eyes.status()))

    def _turn(self) -> ExitCode | None:
        """One view, or a short wait; what it ends with, None where it goes on."""
        parts = self.parts
        now_s = parts.clock.monotonic_s()
        if self._signals.take_reload() and parts.reload is not None:
            if self._ready:
                parts.notifier.reloading()
            before, every_s = parts.tellers, parts.config.health.every_s
            parts.reload(self)
            # Before the camera runs this would say that the service has started.
            if self._ready:
                parts.notifier.ready()
            if parts.config.health.every_s != every_s:
                self._health_s = now_s
            if {id(teller) for teller in parts.tellers} - {id(teller) for teller in before}:
                # A new teller knows nothing yet.
                self._camera = self._problems = None
                self._problems_s = self._health_s = now_s
        if self._signals.take_read():
            parts.watcher.trigger(Trigger.SIGNAL, now_s)
        parts = self.parts
        view = parts.eyes.newest(_WAIT_S)
        camera = parts.eyes.status()
        self._tell_camera(camera)
        event = None
        if view is not None:
            self._viewed_s = parts.clock.monotonic_s()
            event = self._look(lambda: parts.watcher.step(view))
        elif camera.state is CameraState.ENDED:
            event = self._look(parts.watcher.finish)
        self._advance(camera)
        if parts.obey is not None:
            parts.obey(self, view, event)
        self._fall_due(camera)
        ended = self._ended(view, event, camera)
        if ended is None:
            self._remarks.camera_is_tried_again(camera)
        return ended

    def _look(self, step: Callable[[], Event | None]) -> Event | None:
        """Let the watcher work, and tell what comes of it."""
        read = self.parts.watcher.counts.read
        with ample():
            event = self._worked(step)
        if self.parts.watcher.counts.read != read:
            # Readings come seldom, and what one needs would stay for days.
            self.parts.give_back()
        return event

    def _worked(self, step: Callable[[], Event | None]) -> Event | None:
        self._pulse.beat(reading=True)
        try:
            with self._signals.may_be_left():
                event = step()
        except InkwatchError as error:
            self._fault, self._failures = str(error), 0
            return None
        except Exception as error:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                raise
            name = type(error).__name__
            self._fault = f"A view could not be read, please report it: {name}: {error}"
            _LOG.debug("%s", self._fault, exc_info=True)
            return None
        self._pulse.beat()
        pattern = bool(self.parts.config.reading.pattern)
        self._remarks.was_read(self.parts.watcher, event, pattern=pattern)
        if event is None:
            return None
        self._fault, self._failures = "", 0
        jpeg = self._jpeg()
        for teller in self.parts.tellers:
            teller.event(event, jpeg)
        return event

    def _jpeg(self) -> bytes | None:
        picture = self.parts.watcher.picture
        if picture is None:
            return None
        from inkwatch.daemon.picture import jpeg_of

        return jpeg_of(picture)

    def _advance(self, camera: CameraStatus) -> None:
        """Let the watchdog know of it, unless a camera that is said to run gives nothing."""
        silent_s = max(_SILENT_S, 5 / self._rate_hz)
        now_s = self.parts.clock.monotonic_s()
        if camera.state is not CameraState.RUNNING:
            self._viewed_s = now_s
        if now_s - self._viewed_s <= silent_s:
            self._pulse.beat()

    def _tell_camera(self, camera: CameraStatus) -> None:
        notifier = self.parts.notifier
        if not self._ready:
            self._ready = camera.state in {CameraState.RUNNING, CameraState.ENDED}
            if self._ready:
                notifier.ready(f"Watching through {camera.name}")
            else:
                notifier.more_time(_MORE_TIME_S)
        known = self._camera
        if known is None or _told_of(known) != _told_of(camera):
            self._camera = camera
            for teller in self.parts.tellers:
                teller.camera(camera)
            if self._ready and known is not None:
                self.parts.notifier.status(status_line(self.health, camera))

    def _fall_due(self, camera: CameraStatus) -> None:
        parts = self.parts
        now_s = parts.clock.monotonic_s()
        config = parts.config
        rate_hz = parts.cooling.rate_hz(config.camera.rate_hz, config.health.slow_above_c, now_s)
        if rate_hz != self._rate_hz:
            self._rate_hz = rate_hz
            parts.eyes.slow_down(rate_hz)
        if now_s >= self._problems_s:
            self._problems_s = now_s + _PROBLEMS_EVERY_S
            self._tell_problems(camera)
        if now_s >= self._health_s:
            self._health_s = now_s + config.health.every_s
            self.tell_health()

    def _tell_problems(self, camera: CameraStatus) -> None:
        cooling = self.parts.cooling
        link = self.parts.link
        of_the_broker = () if link is None else link.problems
        problems = gather_problems(
            camera,
            of_the_broker,
            hot_above_c=self.parts.config.health.slow_above_c if cooling.hot else None,
            others=[self._fault] if self._fault else [],
        )
        if problems != self._problems:
            self._problems = problems
            for teller in self.parts.tellers:
                teller.problem(problems, of_the_broker)

    def _ended(
        self, view: View | None, event: Event | None, camera: CameraStatus
    ) -> ExitCode | None:
        once, timeout_s = self._ending.once, self._ending.timeout_s
        if once and event is not None and event.kind is not EventKind.CLEARED and event.raw:
            return ExitCode.OK
        ended = view is None and camera.state is CameraState.ENDED
        late = timeout_s is not None and (
            self.parts.clock.monotonic_s() - self._started_s >= timeout_s
        )
        if once and camera.state is CameraState.FAILED and (camera.permanent or late):
            # Its keeper has said what is wrong, and what mends it.
            return ExitCode.CAMERA
        if ended or late:
            if once:
                pattern = bool(self.parts.config.reading.pattern)
                _LOG.error("%s", nothing_seen(self.parts.watcher.counts, pattern=pattern))
            return ExitCode.NOTHING if once else ExitCode.OK
        return None


def _told_of(status: CameraStatus) -> tuple[object, ...]:
    """What of a status is told when it changes; a pause's length is not."""
    return (status.state, status.name, status.kind, status.message, status.restarts)
