"""Which engine reads which line: separate letters one by one, joined writing by the line."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from inkwatch.character_reader import CharacterReader, Floats, ReadLine
from inkwatch.engine import Engine
from inkwatch.line_reader import LineReader
from inkwatch.stopwatch import Stopwatch
from inkwatch.trace import Tracer
from inkwatch.vision.joined import joined_share
from inkwatch.vision.page import Page

JOINED_PAGE = 0.08
"""From this mean share of joined ink on, a page's lines are read whole: pages of joined writing
come to 0.09 and more, but for some of which most letters stand apart, separate letters to 0.03."""

JOINED_LINE = 0.25
"""A line that is this much joined is also read whole where its page is not."""

SURE_ENOUGH = 0.3
"""A line that was read whole so surely is not read by its characters as well."""

APART = 0.1
"""Nor is one that is this much joined, however unsure: its characters seldom read better, and take
most of a page's time."""


@dataclass(frozen=True, slots=True, eq=False)
class ReadLines:
    """A page's lines as they were read, in their order; `whole` where most were read whole."""

    lines: tuple[ReadLine, ...]
    whole: bool


class Engines:
    """Reads a page's lines, each by the engine that suits it.

    Args:
        characters: reads character by character.
        lines: reads whole lines; None where there is no model for it.
        engine: `auto` takes for each line whichever suits its looks, and where that is in doubt
            whichever is surer; `characters` and `lines` take one for all.
    """

    def __init__(
        self, characters: CharacterReader, lines: LineReader | None, engine: Engine = "auto"
    ) -> None:
        self._characters = characters
        self._lines = None if engine == "characters" else lines
        self._engine = engine

    @property
    def read_whole_lines(self) -> bool:
        """Whether lines can be read whole."""
        return self._lines is not None

    def read(
        self,
        page: Page,
        watch: Stopwatch,
        tracer: Tracer | None = None,
        wholes: Floats | None = None,
        *,
        trial: bool = False,
        joined: bool = False,
    ) -> ReadLines:
        """Read a page's lines. See `CharacterReader.read`.

        A line of which neither engine can make anything is left out. `joined` says that the page is
        known to be joined writing.
        """
        shares = [joined_share(line) for line in page.lines]
        every = list(range(len(shares)))
        joined = self._lines is not None and (joined or self._look_joined(shares))
        chosen = [k for k in every if joined or shares[k] >= JOINED_LINE]
        found = self._read_whole(page, chosen, watch, trial=trial)
        doubtful = []
        if self._engine != "lines":
            doubtful = [
                k
                for k in every
                if k not in found
                or not (trial or shares[k] >= APART or found[k].sureness >= SURE_ENOUGH)
            ]
        can_switch = self._lines is not None and not trial
        rest = self._read_characters(
            page, doubtful, watch, tracer, wholes, unless_joined=can_switch, trial=trial
        )
        if rest is None:
            found |= self._read_whole(page, [k for k in every if k not in chosen], watch)
            # Letters that only touch read better one by one: where looks and cuts differ, both try.
            left = [k for k in every if not joined or k not in found]
            rest = self._read_characters(page, left, watch, tracer, wholes) or {}
            joined = True
        ways = ([each[k] for each in (found, rest) if k in each] for k in every)
        lines = tuple(max(each, key=lambda way: way.sureness) for each in ways if each)
        return ReadLines(lines, joined)

    def _look_joined(self, shares: Sequence[float]) -> bool:
        if self._engine == "lines":
            return True
        return bool(shares) and float(np.mean(shares)) >= JOINED_PAGE

    def _read_whole(
        self, page: Page, numbers: Sequence[int], watch: Stopwatch, *, trial: bool = False
    ) -> dict[int, ReadLine]:
        """Some lines as a whole, by their numbers, but for those in which nothing stands."""
        if self._lines is None or not numbers:
            return {}
        watch.lap("lattice")
        found = self._lines.read([page.lines[k] for k in numbers], page, trial=trial)
        watch.lap("whole lines")
        return {k: line for k, line in zip(numbers, found, strict=True) if line is not None}

    def _read_characters(
        self,
        page: Page,
        numbers: Sequence[int],
        watch: Stopwatch,
        tracer: Tracer | None,
        wholes: Floats | None,
        *,
        unless_joined: bool = False,
        trial: bool = False,
    ) -> dict[int, ReadLine] | None:
        """Some lines character by character, by their numbers; None as `CharacterReader.read`."""
        if not numbers:
            return {}
        if len(numbers) < len(page.lines) and wholes is not None:
            ends = np.cumsum([len(line.glyphs) for line in page.lines])
            parts = np.split(wholes, ends[:-1])
            wholes = np.concatenate([parts[k] for k in numbers])
        part = replace(page, lines=tuple(page.lines[k] for k in numbers))
        read = self._characters.read(
            part, watch, tracer, wholes, unless_joined=unless_joined, trial=trial
        )
        return None if read is None else dict(zip(numbers, read, strict=True))
