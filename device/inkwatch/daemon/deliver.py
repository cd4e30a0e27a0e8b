"""The broker takes what was told last, before the daemon ends by itself."""

import logging
import time
from collections.abc import Callable

from inkwatch.daemon.gather import Link

_LOG = logging.getLogger("inkwatch")

_STEPS, _STEP_S = 60, 0.05
"""So often it is looked at, and how long between two: 3 s in all."""


def deliver(link: Link, stopped: Callable[[], bool]) -> None:
    """Let the broker have what was told; say what must wait.

    Args:
        link: what is known of the broker.
        stopped: whether it was told to end meanwhile.
    """
    for _ in range(_STEPS):
        if stopped() or not link.queue_health.waiting:
            break
        time.sleep(_STEP_S)
    waiting = link.queue_health.waiting
    if waiting:
        what = "1 reading waits" if waiting == 1 else f"{waiting} readings wait"
        _LOG.warning("%s for the broker, to be sent at the next start.", what)
