"""The command line with a fake reader, in this process."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkwatch.cli import main
from inkwatch.page_reader import ReaderChoice
from inkwatch.places import Region
from inkwatch.reading import Box, Candidate, Glyph, Line, Reading, Word
from inkwatch.trace import Trace, Tracer
from inkwatch.unread import Reason, Unread
from inkwatch.vision.cut import cut_found, find_page
from inkwatch.vision.steps import CutSteps

Pixels = npt.NDArray[np.uint8]


@dataclass
class FakeReader:
    """Reads the text `h12` in any picture 12 pixels high; blank pictures have no lines.

    With `left_out` all words are left out as unsure. It takes every character for one of its
    alphabet, the first being likeliest.
    """

    name: str = "fake"
    asked: list[str] = field(default_factory=list)
    how: list[tuple[int | None, Region | None, float]] = field(default_factory=list)
    fails_with: BaseException | None = None
    confidence: float = 0.9
    left_out: bool = False

    def read(
        self,
        image: Pixels,
        source: str = "",
        *,
        quarter_turns: int | None = None,
        region: Region | None = None,
        min_confidence: float = 0.0,
    ) -> Reading:
        self.asked.append(source)
        self.how.append((quarter_turns, region, min_confidence))
        if self.fails_with is not None:
            raise self.fails_with
        height, width = image.shape[:2]
        lines: tuple[Line, ...] = ()
        if int(image.min()) != int(image.max()):
            glyphs = tuple(
                Glyph(Box(2 + 5 * at, 2, 4, 6), (Candidate(character, self.confidence),))
                for at, character in enumerate(f"h{height}")
            )
            lines = (Line((Word(glyphs),)),)
        if self.left_out:
            words = [word for line in lines for word in line.words]
            unread = tuple(Unread(Reason.UNSURE, w.box, text=w.text) for w in words)
            return Reading((), width, height, source, self.name, unread=unread)
        return Reading(lines, width, height, source, self.name)

    def trace(
        self,
        image: Pixels,
        source: str = "",
        *,
        quarter_turns: int | None = None,
        region: Region | None = None,
        min_confidence: float = 0.0,
    ) -> Trace:
        reading = self.read(
            image,
            source,
            quarter_turns=quarter_turns,
            region=region,
            min_confidence=min_confidence,
        )
        steps = CutSteps()
        sheet = find_page(image)
        page = cut_found(sheet, image.shape[1], image.shape[0], steps=steps)
        return replace(Tracer((), sheet, steps, page).trace(reading), page=replace(page, lines=()))

    def classify(
        self, crops: Sequence[Pixels], alphabet: Iterable[str] | None = None, *, top: int = 5
    ) -> list[tuple[Candidate, ...]]:
        if self.fails_with is not None:
            raise self.fails_with
        letters = list("xyz" if alphabet is None else alphabet)[:top]
        self.asked.append(f"{len(crops)} of {''.join(letters)}")
        ranked = tuple(Candidate(c, 0.5 / (at + 1)) for at, c in enumerate(letters))
        return [ranked for _ in crops]


@dataclass
class Cli:
    """`cli("read", path)` runs the command line and keeps what the fake reader was asked."""

    reader: FakeReader = field(default_factory=FakeReader)
    models: list[str | None] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)
    patterns: list[str | tuple[str, ...] | None] = field(default_factory=list)

    def __call__(self, *words: str | Path) -> int:
        def make_reader(choice: ReaderChoice) -> FakeReader:
            self.models.append(choice.bundle)
            self.languages.append(choice.language)
            self.patterns.append(choice.pattern)
            return self.reader

        return main([str(word) for word in words], make_reader=make_reader)


@pytest.fixture
def cli() -> Cli:
    return Cli()


@pytest.fixture
def draw(tmp_path: Path) -> Callable[..., Path]:
    """`draw("a.png", 30)`: a picture 30 pixels high with some ink, in the test's folder."""

    def run(name: str, height: int = 30, *, blank: bool = False) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        image = np.full((height, 60, 3), 230, np.uint8)
        if not blank:
            image[height // 4 : height // 2, 10:20] = 20
        assert cv2.imwrite(str(path), image)
        return path

    return run


@pytest.fixture(autouse=True)
def _usual_log() -> Iterator[None]:
    """Commands set up the log; the next test wants it as it was."""
    log = logging.getLogger("inkwatch")
    before = (log.handlers, log.propagate, log.level, logging.raiseExceptions)
    yield
    log.handlers, log.propagate, log.level, logging.raiseExceptions = before
