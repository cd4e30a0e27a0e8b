"""Opens the daemon's parts, runs the loop, and says goodbye in time."""

import faulthandler
import logging
import threading
from collections.abc import Callable

from inkwatch.daemon.loop import Loop
from inkwatch.daemon.running import Ending, Parts
from inkwatch.daemon.stopping import Signals
from inkwatch.errors import ExitCode

_LOG = logging.getLogger("inkwatch")

_GOODBYE_S = 0.5
"""So long each teller may take to say goodbye."""


def run_daemon(open_parts: Callable[[], Parts], ending: Ending) -> ExitCode:
    """Run until it is told to end, or ends by itself.

    Args:
        open_parts: opens camera, reader and tellers.
        ending: when it ends by itself.

    Raises:
        InkwatchError: something cannot be opened.
        BrokenPipeError: nobody reads standard output any more.
    """
    # A watchdog that bites sends SIGABRT: then the journal has where it hung.
    faulthandler.enable()
    goodbye = _Goodbye()
    with Signals(goodbye.say) as signals:
        try:
            goodbye.parts = parts = open_parts()
            if signals.stop:
                return ExitCode.OK
            return Loop(parts, signals, ending).run()
        finally:
            goodbye.say()


class _Goodbye:
    """Ends all parts, once, from whichever thread comes first."""

    def __init__(self) -> None:
        self.parts: Parts | None = None
        self._said = threading.Lock()

    def say(self) -> None:
        if self.parts is None or not self._said.acquire(blocking=False):
            return
        parts = self.parts
        parts.notifier.stopping()
        for teller in parts.tellers:
            try:
                teller.close(_GOODBYE_S)
            except Exception as error:
                _LOG.warning("%s did not end well: %s", type(teller).__name__, error)
        parts.eyes.close()
