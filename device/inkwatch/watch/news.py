"""Remembers what was told last, and says what of a new reading is news."""

from dataclasses import dataclass, replace

from inkwatch.assemble import without_unsure
from inkwatch.places import Box
from inkwatch.reading import Reading
from inkwatch.watch.changes import Outcome, compare
from inkwatch.watch.event import ChangedLine, EventKind
from inkwatch.watch.glance import Look, differing
from inkwatch.watch.touched import touched_in
from inkwatch.watch.vote import is_legible

_NOISE = 2.0
"""Grey levels of noise that are allowed for between two views that may lie hours apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A page that was read: with its unsure words, the view, and which part of it is watched."""

    reading: Reading
    look: Look
    watched: Box


@dataclass(frozen=True, slots=True)
class Judged:
    """What a reading is beside the last: `reading` holds what is told, `raw` all the text."""

    kind: EventKind
    reading: Reading
    raw: str
    unsure: int
    changes: tuple[ChangedLine, ...] = ()


class News:
    """Judges one reading after the other.

    Args:
        least: the confidence below which words are not told.
        tell_cleared: whether a page that is gone is told; where it is not, it is not forgotten
            either, and not told again when it comes back.
    """

    def __init__(self, least: float, *, tell_cleared: bool) -> None:
        self.least = least
        self.tell_cleared = tell_cleared
        self._seen: Seen | None = None
        self._text = ""

    def judge(self, seen: Seen) -> Judged:
        """Tell what a reading is beside the last one, and remember it."""
        reading = seen.reading
        if not is_legible(reading):
            kind = EventKind.UNCHANGED
            if self._seen is not None and self.tell_cleared:
                kind, self._seen = EventKind.CLEARED, None
            return Judged(kind, replace(reading, lines=()), reading.text, len(reading.words))
        kind = EventKind.NEW
        changes: tuple[ChangedLine, ...] = ()
        if self._seen is not None:
            kind, reading, changes = self._beside(self._seen, seen)
        lines, unsure = without_unsure(reading.lines, self.least)
        told = replace(reading, lines=lines, unread=(*unsure, *reading.unread))
        if kind is EventKind.NEW and self._seen is not None and told.text == self._text:
            # Other words that are too unsure to be told.
            kind = EventKind.UNCHANGED
        self._seen = replace(seen, reading=reading)
        self._text = told.text
        return Judged(kind, told, reading.text, len(unsure), changes)

    def _beside(
        self, before: Seen, after: Seen
    ) -> tuple[EventKind, Reading, tuple[ChangedLine, ...]]:
        changed = differing(after.look, before.look, _NOISE)
        touched = touched_in(changed, after.watched)
        compared = compare(before.reading, after.reading, touched, self.least)
        match compared.outcome:
            case Outcome.OTHER:
                return EventKind.NEW, after.reading, ()
            case Outcome.CHANGED:
                kind = EventKind.CHANGED
            case Outcome.SAME:
                kind = EventKind.UNCHANGED
        return kind, replace(after.reading, lines=compared.lines), compared.changes
