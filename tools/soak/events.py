"""Events as a camera would give them, made up."""

import time
import uuid
from datetime import UTC, datetime

from inkwatch.places import Box
from inkwatch.reading import Candidate, Glyph, Line, Reading, Word
from inkwatch.watch.event import Event, EventKind, Trigger

_NAMESPACE = uuid.UUID("7b7d4f0c-6c64-4d2f-8d15-2a5f0f7c8d10")


def made_up_event(device: str, sequence: int) -> Event:
    """An event of three lines; the same device and number give the same id and text."""
    reading = made_up_reading(f"{device} {sequence}", "a line that somebody wrote", "and another")
    return Event(
        id=str(uuid.uuid5(_NAMESPACE, f"{device}/{sequence}")),
        sequence=sequence,
        kind=EventKind.NEW,
        trigger=Trigger.SEEN,
        reading=reading,
        raw=reading.text,
        unsure=0,
        changes=(),
        source="made up",
        monotonic_s=time.monotonic(),
        wall_time=datetime.now(UTC),
        time_synced=True,
    )


def made_up_reading(*texts: str) -> Reading:
    """A page of lines."""
    lines = tuple(_line(text, 20 + 40 * row) for row, text in enumerate(texts))
    return Reading(lines, 1000, 40 + 40 * len(texts), "made up", "none")


def _line(text: str, top: int) -> Line:
    words, left = [], 20
    for word in text.split():
        glyphs = tuple(
            Glyph(Box(left + 20 * at, top, 16, 24), (Candidate(character, 0.99),))
            for at, character in enumerate(word)
        )
        words.append(Word(glyphs))
        left += 20 * (len(word) + 1)
    return Line(tuple(words))
