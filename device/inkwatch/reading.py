"""What a picture was read as: characters in words in lines, each with its box and confidence.

Boxes are in pixels of the picture that was given, origin at its top left, x to the right, y down.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

DEFAULT_THRESHOLD = 0.9
"""Confidence from which a character counts as sure, unless the user says otherwise."""

DEFAULT_LANGUAGE = "en"
"""The lexicon that pages are read with unless the user names another."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle: `left <= x < right`, `top <= y < bottom`, in pixels."""

    left: int
    top: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a box needs an area, got {self.width} x {self.height}")

    @property
    def right(self) -> int:
        """First column right of the box."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """First row below the box."""
        return self.top + self.height

    @staticmethod
    def around(boxes: Iterable["Box"]) -> "Box":
        """The smallest box that holds all of `boxes`, of which there must be at least one."""
        boxes = tuple(boxes)
        left = min(box.left for box in boxes)
        top = min(box.top for box in boxes)
        right = max(box.right for box in boxes)
        bottom = max(box.bottom for box in boxes)
        return Box(left, top, right - left, bottom - top)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that a glyph may be, with its probability from 0 to 1."""

    character: str
    probability: float


@dataclass(frozen=True, slots=True)
class Glyph:
    """One written character: where it stands and what it may be, likeliest first."""

    box: Box
    candidates: tuple[Candidate, ...]

    def __post_init__(self) -> None:
        if not self.candidates:
            raise ValueError("a glyph needs at least one candidate")

    @property
    def character(self) -> str:
        """The likeliest character."""
        return self.candidates[0].character

    @property
    def confidence(self) -> float:
        """Probability of the likeliest character."""
        return self.candidates[0].probability


@dataclass(frozen=True, slots=True)
class Word:
    """Glyphs that stand together, from left to right."""

    glyphs: tuple[Glyph, ...]

    @property
    def text(self) -> str:
        """The word as read."""
        return "".join(glyph.character for glyph in self.glyphs)

    @property
    def confidence(self) -> float:
        """Probability that the whole word is right, its glyphs taken as independent."""
        return math.prod(glyph.confidence for glyph in self.glyphs)

    @property
    def box(self) -> Box:
        """The smallest box around the word's glyphs."""
        return Box.around(glyph.box for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline, from left to right."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The line as read, one space between words."""
        return " ".join(word.text for word in self.words)

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """All glyphs of the line, from left to right."""
        return tuple(glyph for word in self.words for glyph in word.glyphs)

    @property
    def confidence(self) -> float:
        """Expected share of the line's characters that are right."""
        return mean_confidence(self.glyphs)

    @property
    def box(self) -> Box:
        """The smallest box around the line's words."""
        return Box.around(word.box for word in self.words)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was read in one picture, lines from top to bottom.

    `width` and `height` are the picture's, in pixels; `source` says where it came from
    (a path, or ''); `model` names the bundle that read it; `elapsed_s` is what reading took.
    """

    lines: tuple[Line, ...]
    width: int
    height: int
    source: str = ""
    model: str = ""
    elapsed_s: float = 0.0

    @property
    def text(self) -> str:
        """The whole text, lines joined by newlines; '' where nothing was found."""
        return "\n".join(line.text for line in self.lines)

    @property
    def words(self) -> tuple[Word, ...]:
        """All words in reading order."""
        return tuple(word for line in self.lines for word in line.words)

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """All glyphs in reading order."""
        return tuple(glyph for line in self.lines for glyph in line.glyphs)

    @property
    def confidence(self) -> float:
        """Expected share of the characters that are right; 0.0 where nothing was found."""
        return mean_confidence(self.glyphs)


def mean_confidence(glyphs: tuple[Glyph, ...]) -> float:
    """Expected share of glyphs that are right; 0.0 where there are none."""
    if not glyphs:
        return 0.0
    return math.fsum(glyph.confidence for glyph in glyphs) / len(glyphs)
