"""What the daemon's loop runs, and when it ends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inkwatch.camera.eyes import Eyes
from inkwatch.camera.view import View
from inkwatch.config.model import Config
from inkwatch.daemon.cooling import Cooling
from inkwatch.daemon.gather import Link
from inkwatch.machine.clock import Clock, SystemClock
from inkwatch.machine.memory import trim
from inkwatch.machine.notify import Notifier
from inkwatch.publish.teller import Teller
from inkwatch.watch.event import Event
from inkwatch.watch.watcher import Watcher

if TYPE_CHECKING:
    from inkwatch.daemon.loop import Loop


@dataclass(frozen=True, slots=True)
class Ending:
    """When the loop ends by itself, beside the end of its source.

    `once`: after the first page that is told. `timeout_s`: after so long; None is never.
    """

    once: bool = False
    timeout_s: float | None = None


@dataclass(slots=True)
class Parts:
    """What the loop runs; a reload may put others in place.

    `tellers` are told in order: first those that keep what they are told. `link` is what is known
    of the broker, None where there is none. `reload` reads the config again and changes the parts.
    `obey` does what was asked for from outside, and is told each event. `give_back` gives the
    system the memory that a reading no longer needs.
    """

    config: Config
    eyes: Eyes
    watcher: Watcher
    tellers: Sequence[Teller]
    link: Link | None = None
    reload: Callable[["Loop"], None] | None = None
    obey: Callable[["Loop", View | None, Event | None], None] | None = None
    notifier: Notifier = field(default_factory=Notifier)
    clock: Clock = field(default_factory=SystemClock)
    cooling: Cooling = field(default_factory=Cooling)
    give_back: Callable[[], bool] = trim
