"""Reads whole lines: what the page reader's lines hold, without cutting them into characters first.

Joined writing has no gaps to cut at. A line is straightened, read at once, and cut afterwards where
its characters were found, so that whoever uses a reading sees the same whichever way it came.
"""

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from inkwatch.character_reader import ReadLine
from inkwatch.language.geometry import LineMetrics
from inkwatch.language.line_search import TRIAL_SEARCH, USUAL_SEARCH, Search
from inkwatch.language.line_state import Expected
from inkwatch.language.line_words import FoundWord, line_words
from inkwatch.language.resolve import ResolvedLine
from inkwatch.recognise.line_image import LineImage, line_image
from inkwatch.recognise.line_model import LineModel
from inkwatch.vision.line_cuts import cut_by_spans
from inkwatch.vision.line_ink import LineInk, line_ink
from inkwatch.vision.page import LineCut, Page


class LineReader:
    """Reads lines with one model of lines. A reader serves one thread at a time.

    Args:
        open_model: gives the model, and what lines may hold. It is asked for the first line: where
            all letters stand apart the model takes no memory.
        search: how hard lines are searched.
    """

    def __init__(
        self,
        open_model: Callable[[], tuple[LineModel, Expected]],
        search: Search = USUAL_SEARCH,
    ) -> None:
        self._open_model = open_model
        self._search = search

    @cached_property
    def _anything(self) -> Expected:
        """What is expected of a line where it is only to be seen how well it reads."""
        return Expected(self._opened[1].labels)

    @cached_property
    def _opened(self) -> tuple[LineModel, Expected]:
        return self._open_model()

    def read(
        self, lines: Sequence[LineCut], page: Page, *, trial: bool = False
    ) -> list[ReadLine | None]:
        """Read lines.

        Args:
            lines: as the page reader found them.
            page: the page that they are on.
            trial: tell by their looks alone how well they read, which takes less time.

        Returns:
            For each what it was read as; None where nothing that is expected stands there.
        """
        if not lines:
            return []
        inks = [line_ink(line) for line in lines]
        images = [
            line_image(ink.ink, ink.baseline, line.x_height_px)
            for ink, line in zip(inks, lines, strict=True)
        ]
        told = self._opened[0].probabilities([image.pixels for image in images])
        return [
            self._read(line, page, (ink, image), rows, trial=trial)
            for line, ink, image, rows in zip(lines, inks, images, told, strict=True)
        ]

    def _read(
        self,
        line: LineCut,
        page: Page,
        seen: tuple[LineInk, LineImage],
        rows: npt.NDArray[np.float32],
        *,
        trial: bool,
    ) -> ReadLine | None:
        ink, image = seen
        if trial:
            words = line_words(rows, self._anything, TRIAL_SEARCH)
        else:
            words = line_words(rows, self._opened[1], self._search)
        if not words:
            return None
        spans = [self._columns(word, image) for word in words]
        cut = cut_by_spans(line, ink, spans, page)
        resolved = ResolvedLine(
            glyphs=tuple(glyph for word in words for glyph in word.glyphs),
            metrics=LineMetrics(0.0, line.x_height_px, 1.0),
            sureness=tuple(word.sureness for word in words),
            alternatives=tuple(word.alternatives for word in words),
        )
        # Each glyph is some character: the whole line was read so.
        return ReadLine(cut, resolved, np.ones((len(cut.glyphs), 1)), self._opened[0].bundle.name)

    def _columns(self, word: FoundWord, image: LineImage) -> list[tuple[float, float]]:
        step = self._opened[0].step_px
        return [(image.x_at(first * step), image.x_at(last * step)) for first, last in word.spans]
