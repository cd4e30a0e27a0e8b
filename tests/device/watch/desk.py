"""Views of drawn pages through a camera that the tests make up, and readers of known words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.camera.view import SMALL_WIDTH_PX, View
from inkwatch.frames.frame import Frame
from inkwatch.frames.samples import sample_pages
from inkwatch.places import Region
from inkwatch.reading import Box, Candidate, Glyph, Line, Reading, Word
from inkwatch.trace import Trace

Pixels = npt.NDArray[np.uint8]

WIDTH_PX, HEIGHT_PX = 1152, 648


@dataclass
class Desk:
    """A desk under a camera with light and noise of its own.

    `page` is the number of the sample page that lies on it, None for none; `moved_px` how far it
    was pushed; `word` is written below; `light` multiplies all, `slope` adds light from one side.
    """

    page: int | None = 0
    moved_px: int = 0
    word: str = ""
    light: float = 1.0
    slope: float = 0.0
    noise: float = 3.0
    blur_px: float = 0.0
    seed: int = 0

    def picture(self) -> Pixels:
        """`(648, 1152)` grey uint8."""
        across = 2 * np.sin(np.arange(WIDTH_PX) / 170)
        along = 2 * np.sin(np.arange(HEIGHT_PX) / 90)
        scene = (95 + across[None, :] + along[:, None]).astype(np.float32)
        if self.page is not None:
            page = _page(self.page)
            top, left = 20, 300 + self.moved_px
            scene[top : top + page.shape[0], left : left + page.shape[1]] = page
        if self.word:
            at = (420, 590)
            cv2.putText(scene, self.word, at, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.0, 50, 2)
        if self.blur_px:
            scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), self.blur_px), np.float32)
        scene *= self.light * (1 + self.slope * np.linspace(-1, 1, WIDTH_PX))
        rng = np.random.default_rng(self.seed)
        scene += rng.normal(0, self.noise, scene.shape)
        return np.asarray(np.clip(scene, 0, 255), np.uint8)

    def small(self) -> Pixels:
        """The same, 320 pixels wide."""
        return shrunk(self.picture())


def _page(number: int) -> Pixels:
    grey = cv2.cvtColor(sample_pages()[number].image(), cv2.COLOR_BGR2GRAY)
    size = (780, 585)
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def shrunk(picture: Pixels) -> Pixels:
    height = round(picture.shape[0] * SMALL_WIDTH_PX / picture.shape[1])
    size = (SMALL_WIDTH_PX, height)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def a_word(text: str, confidence: float = 0.95, left: int = 0, top: int = 0) -> Word:
    glyphs = tuple(
        Glyph(Box(left + 10 * at, top, 9, 12), (Candidate(character, confidence),))
        for at, character in enumerate(text)
    )
    return Word(glyphs, sureness=confidence)


def a_line(text: str, confidence: float = 0.95, top: int = 0, left: int = 0) -> Line:
    """A line; a word followed by `?` is read with a confidence of 0.6, by `??` of 0.3."""
    words = []
    for token in text.split():
        sure = {0: confidence, 1: 0.6}.get(token.count("?"), 0.3)
        words.append(a_word(token.rstrip("?"), sure, left, top))
        left += 10 * len(token) + 10
    return Line(tuple(words))


def a_reading(text: str, confidence: float = 0.95) -> Reading:
    """A page of 1152 x 648 pixels: one line below the other, 40 pixels apart."""
    rows = [row for row in text.split("\n") if row]
    lines = tuple(a_line(row, confidence, 40 + 40 * at, 310) for at, row in enumerate(rows))
    return Reading(lines, WIDTH_PX, HEIGHT_PX, "fake", "fake", elapsed_s=0.1, timings={"ink": 0.1})


@dataclass
class ScriptedReader:
    """Reads one text after the other, whatever is shown; the last one for ever."""

    texts: Sequence[str]
    confidence: float = 0.95
    name: str = "scripted"
    read_pictures: list[Pixels] = field(default_factory=list)
    fails_with: Exception | None = None

    def read(
        self,
        image: Pixels,
        source: str = "",
        *,
        quarter_turns: int | None = None,
        region: Region | None = None,
        min_confidence: float = 0.0,
    ) -> Reading:
        at = min(len(self.read_pictures), len(self.texts) - 1)
        self.read_pictures.append(image)
        if self.fails_with is not None:
            raise self.fails_with
        return a_reading(self.texts[at], self.confidence)

    def trace(
        self,
        image: Pixels,
        source: str = "",
        *,
        quarter_turns: int | None = None,
        region: Region | None = None,
        min_confidence: float = 0.0,
    ) -> Trace:
        raise NotImplementedError

    def classify(
        self, crops: Sequence[Pixels], alphabet: Iterable[str] | None = None, *, top: int = 5
    ) -> list[tuple[Candidate, ...]]:
        raise NotImplementedError


def a_view(picture: Pixels, number: int, at_s: float | None = None) -> View:
    """A view of a camera that takes five a second, the first at 100 s."""
    at_s = 100.0 + number / 5 if at_s is None else at_s
    frame = Frame(picture, "fake", at_s, datetime(2026, 1, 1, tzinfo=UTC), time_synced=True)
    return View(frame, shrunk(picture), number)
