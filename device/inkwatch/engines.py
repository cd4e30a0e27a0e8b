"""Which engine reads which line: separate letters one by one, joined writing by the line."""

from dataclasses import replace

import numpy as np

from inkwatch.character_reader import CharacterReader, Floats, ReadLine
from inkwatch.engine import Engine
from inkwatch.line_reader import LineReader
from inkwatch.stopwatch import Stopwatch
from inkwatch.trace import Tracer
from inkwatch.vision.joined import joined_share
from inkwatch.vision.page import Page

JOINED_PAGE = 0.12
"""From this mean share of joined ink on, a page's lines are read whole: pages of joined writing
come to 0.2 and more, separate letters to 0.03."""

JOINED_LINE = 0.25
"""A line that is this much joined is also read whole where its page is not."""

SURE_ENOUGH = 0.3
"""A line that was read whole so surely is not read by its characters as well: on joined pages
these seldom read better, and take most of the time."""


class Engines:
    """Reads a page's lines, each by the engine that suits it.

    Args:
        characters: reads character by character.
        lines: reads whole lines; None where there is no model for it.
        engine: `auto` takes for each line whichever is surer, by its looks and by what it was
            read as; `characters` and `lines` take one for all.
    """

    def __init__(
        self, characters: CharacterReader, lines: LineReader | None, engine: Engine = "auto"
    ) -> None:
        self._characters = characters
        self._lines = None if engine == "characters" else lines
        self._engine = engine

    def read(
        self,
        page: Page,
        watch: Stopwatch,
        tracer: Tracer | None = None,
        wholes: Floats | None = None,
        *,
        trial: bool = False,
    ) -> list[ReadLine]:
        """Read a page's lines, in their order. See `CharacterReader.read`.

        A line of which neither engine can make anything is left out.
        """
        whole = self._read_whole(page, watch, trial=trial)
        only = self._engine == "lines"
        waiting = [
            number
            for number in range(len(page.lines))
            if not only
            and (number not in whole or not (trial or whole[number].sureness >= SURE_ENOUGH))
        ]
        rest = self._read_characters(page, waiting, watch, tracer, wholes, trial=trial)
        read = []
        for number in range(len(page.lines)):
            ways = [each[number] for each in (whole, rest) if number in each]
            if ways:
                read.append(max(ways, key=lambda way: way.sureness))
        return read

    def _read_whole(self, page: Page, watch: Stopwatch, *, trial: bool) -> dict[int, ReadLine]:
        """The lines that look joined, or all, by their numbers."""
        if self._lines is None or not page.lines:
            return {}
        shares = [joined_share(line) for line in page.lines]
        joined = self._engine == "lines" or float(np.mean(shares)) >= JOINED_PAGE
        chosen = [k for k, share in enumerate(shares) if joined or share >= JOINED_LINE]
        watch.lap("lattice")
        found = self._lines.read([page.lines[k] for k in chosen], page, trial=trial)
        watch.lap("whole lines")
        return {k: line for k, line in zip(chosen, found, strict=True) if line is not None}

    def _read_characters(
        self,
        page: Page,
        numbers: list[int],
        watch: Stopwatch,
        tracer: Tracer | None,
        wholes: Floats | None,
        *,
        trial: bool,
    ) -> dict[int, ReadLine]:
        """Some lines character by character, by their numbers."""
        if not numbers:
            return {}
        if len(numbers) < len(page.lines) and wholes is not None:
            ends = np.cumsum([len(line.glyphs) for line in page.lines])
            parts = np.split(wholes, ends[:-1])
            wholes = np.concatenate([parts[k] for k in numbers])
        part = replace(page, lines=tuple(page.lines[k] for k in numbers))
        read = self._characters.read(part, watch, tracer, wholes, trial=trial)
        return dict(zip(numbers, read, strict=True))
