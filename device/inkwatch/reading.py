"""What a picture was read as: characters in words in lines, each with its place and confidence.

Places are in pixels of the picture that was given (`places`): an upright box, and a polygon of four
corners that follows the writing, however the sheet was held.
"""

import math
from dataclasses import dataclass, field

from inkwatch.places import Box, Point, Polygon
from inkwatch.unread import Reason, Unread

__all__ = [
    "DEFAULT_LANGUAGE",
    "DEFAULT_THRESHOLD",
    "NO_LANGUAGE",
    "Box",
    "Candidate",
    "Glyph",
    "Line",
    "Point",
    "Polygon",
    "Reading",
    "Reason",
    "Unread",
    "Word",
    "WordCandidate",
    "mean_confidence",
]

DEFAULT_THRESHOLD = 0.9
"""Confidence from which a character counts as sure, unless the user says otherwise."""

DEFAULT_LANGUAGE = "en"
"""The lexicon that pages are read with unless the user names another."""

NO_LANGUAGE = "none"
"""What the user writes to read without any."""

ALTERNATIVES = 3
"""How many other things a word may be are told at the most."""

LEAST_LIKELY = 0.001
"""What is less likely than this is no alternative."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that a glyph may be, with its probability from 0 to 1."""

    character: str
    probability: float


@dataclass(frozen=True, slots=True)
class WordCandidate:
    """One thing that a word may be, with its probability from 0 to 1."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Glyph:
    """One written character: where it stands and what it may be, likeliest first.

    `polygon` left out is the box's.
    """

    box: Box
    candidates: tuple[Candidate, ...]
    polygon: Polygon = ()

    def __post_init__(self) -> None:
        if not self.candidates:
            raise ValueError("a glyph needs at least one candidate")
        if not self.polygon:
            object.__setattr__(self, "polygon", self.box.corners)

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
    """Glyphs that stand together, from left to right.

    `alternatives` are what else the whole word may be, likeliest first, without what it was read
    as; left out, they are made of the glyphs' candidates. `polygon` left out is the box's.
    """

    glyphs: tuple[Glyph, ...]
    alternatives: tuple[WordCandidate, ...] = ()
    polygon: Polygon = ()
    sureness: float | None = None

    def __post_init__(self) -> None:
        if not self.alternatives:
            object.__setattr__(self, "alternatives", likeliest_words(self.glyphs)[1:])
        if not self.polygon:
            object.__setattr__(self, "polygon", self.box.corners)

    @property
    def text(self) -> str:
        """The word as read."""
        return "".join(glyph.character for glyph in self.glyphs)

    @property
    def confidence(self) -> float:
        """Probability that the whole word is right.

        `sureness` where it is known; else the glyphs are taken as independent.
        """
        if self.sureness is not None:
            return self.sureness
        return math.prod(glyph.confidence for glyph in self.glyphs)

    @property
    def box(self) -> Box:
        """The smallest box around the word's glyphs."""
        return Box.around(glyph.box for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline, from left to right.

    `baseline` are the points on which the letters stand, two or more from left to right as it is
    read; left out, it is the box's lower edge. `x_height_px` is how tall an `x` is in the picture;
    0.0 where it was not measured. `polygon` left out is the box's.
    """

    words: tuple[Word, ...]
    polygon: Polygon = ()
    baseline: tuple[Point, ...] = ()
    x_height_px: float = 0.0

    def __post_init__(self) -> None:
        corners = self.box.corners
        if not self.polygon:
            object.__setattr__(self, "polygon", corners)
        if not self.baseline:
            object.__setattr__(self, "baseline", (corners[3], corners[2]))

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
    (a path, or ''); `model` names the bundle that read it, or both as `chars+lines` where some
    lines were read by their characters and some whole; `elapsed_s` is what reading took, and
    `timings` what each stage of it took, in seconds. `unread` is the ink that was left unread.
    """

    lines: tuple[Line, ...]
    width: int
    height: int
    source: str = ""
    model: str = ""
    elapsed_s: float = 0.0
    unread: tuple[Unread, ...] = ()
    timings: dict[str, float] = field(default_factory=dict, compare=False)

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


def likeliest_words(glyphs: tuple[Glyph, ...]) -> tuple[WordCandidate, ...]:
    """What glyphs may spell, their candidates taken as independent.

    Returns:
        What they were read as, then at most `ALTERNATIVES` others, likeliest first, none of them
        less likely than `LEAST_LIKELY`.
    """
    found = [("", 1.0)]
    for glyph in glyphs:
        # Whatever is among the likeliest wholes begins with one of the likeliest beginnings.
        grown = [(t + c.character, p * c.probability) for t, p in found for c in glyph.candidates]
        found = sorted(grown, key=lambda way: -way[1])[: ALTERNATIVES + 1]
    own = "".join(glyph.character for glyph in glyphs)
    others: dict[str, float] = {}
    for text, probability in found:
        if text != own and probability >= LEAST_LIKELY:
            others.setdefault(text, probability)
    sure = math.prod(glyph.confidence for glyph in glyphs)
    return (WordCandidate(own, sure), *(WordCandidate(*way) for way in others.items()))
