"""Tells on standard output: clean text, or one JSON object a line; all else goes to the log."""

import logging
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Literal

from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.errors import OutputError
from inkwatch.health import Health
from inkwatch.publish.event_form import format_event
from inkwatch.watch.event import Event, EventKind

_LOG = logging.getLogger("inkwatch")


class ConsoleTeller:
    """Tells people and pipes; see `Teller`.

    Args:
        form: `text` or `json`, or `none` for log messages alone.
        device: the device's id.
        write: writes to standard output and flushes it; raises `OutputError` where that is full or
            closed.
        clock: the monotonic time.

    Attributes:
        form: as above; may be set at any time.
        pattern: whether words are to fit one; may be set at any time.
    """

    def __init__(
        self,
        form: Literal["text", "json", "none"],
        device: str,
        write: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self.form = form
        self.pattern = False
        self._device = device
        self._write = write
        self._clock = clock
        self._camera: tuple[CameraState, str] | None = None
        self._problems: tuple[str, ...] = ()
        self._of_the_camera: set[str] = set()
        self._full = False
        self._in_folder = False

    def event(self, event: Event, jpeg: bytes | None = None) -> None:
        """Tell a reading.

        Raises:
            BrokenPipeError: nobody reads standard output any more.
        """
        if self.form == "json":
            self._say(format_event(event, self._device, self._clock()).decode() + "\n")
        elif self.form == "text":
            # As `inkwatch read` does: of many pictures each is named.
            name = f"==> {_escaped(event.source)} <==\n" if self._in_folder else ""
            self._say(name + event_text(event, pattern=self.pattern))

    def camera(self, status: CameraStatus) -> None:
        """Log which camera runs. What is wrong with one its keeper logs itself."""
        if status.message:
            # One kind of fault at a time: a set that grows for years would be a leak.
            self._of_the_camera.clear()
            self._of_the_camera.add(" ".join(filter(None, (status.message, status.mend))))
        now = (status.state, status.name)
        if now == self._camera:
            return
        self._camera = now
        self._in_folder = bool(status.name) and Path(status.name).is_dir()
        if status.state is CameraState.RUNNING:
            _LOG.info("Watching through %s.", status.name)
        elif status.state is CameraState.ENDED:
            _LOG.info("%s is over.", status.name)

    def health(self, health: Health) -> None:
        """Log nothing: `systemctl status` and MQTT show it."""

    def problem(self, problems: tuple[str, ...], logged: Collection[str] = ()) -> None:
        """Log what became wrong, and what is well again; of a camera its keeper does."""
        others = {*logged, *self._of_the_camera}
        problems = tuple(problem for problem in problems if problem not in others)
        for problem in problems:
            if problem not in self._problems:
                _LOG.warning("%s", problem)
        for problem in self._problems:
            if problem not in problems:
                _LOG.info("No longer: %s", problem)
        self._problems = problems

    def close(self, timeout_s: float) -> None:
        """Nothing waits here."""

    def _say(self, text: str) -> None:
        try:
            self._write(text)
        except OutputError as error:
            # There are other tellers, and the disk may be emptied: going on beats ending.
            if not self._full:
                _LOG.error("%s", error)
            self._full = True
        else:
            self._full = False


def event_text(event: Event, *, pattern: bool) -> str:
    """An event for people: a page's text; of a changed page the lines that differ; a blank line.

    `pattern` says whether words are to fit one.
    """
    match event.kind:
        case EventKind.CLEARED:
            unfit = ": what is there does not fit the pattern" if pattern and event.raw else ""
            rows = [f"(cleared{unfit})"]
        case EventKind.CHANGED:
            rows = ["(changed)"]
            for change in event.changes:
                rows += [f"- {change.before}"] if change.before else []
                rows += [f"+ {change.after}"] if change.after else []
        case EventKind.NEW | EventKind.UNCHANGED:
            rows = event.reading.text.split("\n") if event.reading.text else []
    if event.unsure and event.kind is not EventKind.CLEARED:
        words = "1 word was" if event.unsure == 1 else f"{event.unsure} words were"
        unfit = ", or do not fit the pattern" if pattern else ""
        _LOG.info("%s too unsure to be told%s; --format json has all in `raw`.", words, unfit)
    if not rows:
        rows = ["(nothing sure)" if event.raw else "(no writing)"]
    return "\n".join(rows) + "\n\n"


def _escaped(name: str) -> str:
    """A file's name may hold any bytes; what a terminal would obey is written out."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in name
    )
