"""What there is to tell: a page was read, changed in part, or cleared."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inkwatch.reading import Reading


class EventKind(StrEnum):
    """What happened. The values are part of the MQTT and JSON forms."""

    NEW = "new"
    """A page with other text than the last."""
    CHANGED = "changed"
    """The same page; some of its lines are other ones, came or went."""
    CLEARED = "cleared"
    """What was told last is gone and nothing is there instead."""
    UNCHANGED = "unchanged"
    """Nothing new; told only where a command, a signal or the interval asked for a reading."""


class Trigger(StrEnum):
    """What made it read. The values are part of the MQTT and JSON forms."""

    SEEN = "seen"
    """The view changed and came to rest."""
    COMMAND = "command"
    SIGNAL = "signal"
    INTERVAL = "interval"


class LineChange(StrEnum):
    """What became of a line since the last event."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that is not as it was: `before` is '' where it was added, `after` where it went."""

    what: LineChange
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to tell, told once.

    `id` is a UUID and the same wherever the event is told again. `sequence` rises by one from
    event to event, over restarts too where there is a queue that remembers it. `reading` holds
    only what was sure enough (its `text` is what is told); with CLEARED it is the empty reading of
    the bare view. `raw` is the text with everything that was left out for being unsure, and
    `unsure` says how many words were: all, of a view that shows nothing that can be read.
    `monotonic_s` is when the picture was taken; `wall_time` is UTC, to be told only where
    `time_synced`. Of `voters` pictures that were read, `votes` agreed.
    """

    id: str
    sequence: int
    kind: EventKind
    trigger: Trigger
    reading: Reading
    raw: str
    unsure: int
    changes: tuple[ChangedLine, ...]
    source: str
    monotonic_s: float
    wall_time: datetime
    time_synced: bool
    votes: int = 1
    voters: int = 1
