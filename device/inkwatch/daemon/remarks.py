"""What only the log says of a run: what is tried again, what was read for nothing, the counts."""

import logging

from inkwatch.camera.faults import FaultKind
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.watch.counts import Counts, summary
from inkwatch.watch.event import Event, EventKind
from inkwatch.watch.watcher import Watcher

_LOG = logging.getLogger("inkwatch")


class Remarks:
    """Makes each remark once, until what it is about is over."""

    def __init__(self) -> None:
        self._outage: tuple[FaultKind | None, str] | None = None
        self._illegible = False

    def camera_is_tried_again(self, camera: CameraStatus) -> None:
        """Of a camera that failed, say when it is tried again; its keeper says what is wrong."""
        if camera.state is CameraState.RUNNING:
            self._outage = None
        if camera.state is not CameraState.FAILED or self._outage == (camera.kind, camera.message):
            return
        self._outage = (camera.kind, camera.message)
        # Of one that hung the keeper says that it is started again.
        if camera.kind is not FaultKind.HUNG:
            _LOG.info(
                "It is tried again in %.0f s and on and on, sooner where a device or file comes.",
                camera.retry_in_s,
            )

    def was_read(self, watcher: Watcher, event: Event | None, *, pattern: bool) -> None:
        """Say that a view was read for nothing, or as it was since it came into no focus.

        Args:
            watcher: what read.
            event: what came of it, None where there is nothing to tell.
            pattern: whether words are to fit one.
        """
        if event is not None:
            self._illegible = False
            if watcher.blurred and event.kind is not EventKind.CLEARED:
                _LOG.info("The view did not come into focus and was read as it is.")
        elif watcher.illegible and not self._illegible:
            self._illegible = True
            focus = "did not come into focus and " if watcher.blurred else ""
            fits = " or fits the pattern" if pattern else ""
            _LOG.info("The view %swas read, but nothing on it is sure enough%s.", focus, fits)

    def ended(self, counts: Counts) -> None:
        """Say at the end what became of the views."""
        _LOG.info("%s.", summary(counts))
