"""What of a new reading is news beside the last: lines that came, went, or are other ones.

Two pictures of one page are never read quite alike. A word that was read another way counts as
changed where both readings are sure of it, or where the view itself changed just there; else it
is the same word, read with less luck, and stays as it was told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, auto

from inkwatch.places import Box
from inkwatch.reading import Line, Reading, Word
from inkwatch.watch.align import align_lines, alike
from inkwatch.watch.event import ChangedLine, LineChange

Touched = Callable[[Box], bool]
"""Tells of a place in the picture whether the view changed there."""

SURE = 0.8
"""Words read at least so surely are believed though nothing is seen to have changed."""

_OTHER_WORD = 0.5
"""Words less alike than this are other words, not the same read badly."""

_MOSTLY = 0.5
"""Where more of the lines than this lie where the view changed, it tells nothing: the page moved.
And a page of which less than this is as it was is another page."""


class Outcome(Enum):
    """How a reading stands to the one before."""

    SAME = auto()
    CHANGED = auto()
    OTHER = auto()
    """Another page."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`lines` are the new page's, with words that only seemed to differ as they were before."""

    outcome: Outcome
    lines: tuple[Line, ...]
    changes: tuple[ChangedLine, ...] = ()


def compare(before: Reading, after: Reading, touched: Touched, least: float) -> Compared:
    """Tell what changed from one reading to the next.

    Args:
        before: what was read last, with its unsure words.
        after: what was read now, with its unsure words.
        touched: where the view changed between their pictures.
        least: the confidence below which words are not told; they are in no change.
    """
    boxes = [line.box for line in (*before.lines, *after.lines)]
    moved = sum(map(touched, boxes)) > _MOSTLY * len(boxes)
    judge = _Judge(touched, least, moved=moved)
    lines: list[Line] = []
    changes: list[ChangedLine] = []
    kept = 0.0
    for old, new in align_lines(before.lines, after.lines, by_place=not moved):
        line = judge.line(old, new)
        if line is not None:
            lines.append(line)
        was, now = _told(old, least), _told(line, least)
        if was != now:
            changes.append(_change(was, now))
        if old is not None and line is not None:
            kept += alike(old.text, line.text) * len(line.text)
    if not changes:
        return Compared(Outcome.SAME, tuple(lines))
    whole = max(len(before.text), len(after.text))
    if kept < _MOSTLY * whole:
        return Compared(Outcome.OTHER, after.lines)
    return Compared(Outcome.CHANGED, tuple(lines), tuple(changes))


@dataclass(frozen=True, slots=True)
class _Judge:
    """Decides for each pair of lines what the line is now."""

    touched: Touched
    least: float
    moved: bool

    def line(self, old: Line | None, new: Line | None) -> Line | None:
        """The line as it is now, None where there is none."""
        if old is None or new is None:
            gone = () if old is None else old.words
            come = () if new is None else new.words
            return new if self._counts(gone, come) else old
        if old.text == new.text:
            return new
        matcher = SequenceMatcher(
            None, [w.text for w in old.words], [w.text for w in new.words], autojunk=False
        )
        words: list[Word] = []
        for what, i, j, k, m in matcher.get_opcodes():
            one, other = old.words[i:j], new.words[k:m]
            words += other if what == "equal" or self._counts(one, other) else one
        kept = tuple(words)
        if kept == new.words or not kept:
            return new
        return old if kept == old.words else Line(kept, new.polygon, new.baseline, new.x_height_px)

    def _counts(self, one: Sequence[Word], other: Sequence[Word]) -> bool:
        """Whether it is a change that words stand where others stood; either may be none."""
        # What is not read any more cannot say how surely it is not there.
        if other and all(word.confidence >= SURE for word in (*one, *other)):
            return True
        changed_there = any(self.touched(word.box) for word in (*one, *other))
        if not self.moved or not changed_there:
            return changed_there
        believed = all(word.confidence >= self.least for word in (*one, *other))
        return believed and alike(_text(one), _text(other)) < _OTHER_WORD


def _told(line: Line | None, least: float) -> str:
    """What is told of a line: its words that are sure enough."""
    return "" if line is None else _text([w for w in line.words if w.confidence >= least])


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _change(was: str, now: str) -> ChangedLine:
    if not was:
        return ChangedLine(LineChange.ADDED, "", now)
    if not now:
        return ChangedLine(LineChange.REMOVED, was, "")
    return ChangedLine(LineChange.CHANGED, was, now)
