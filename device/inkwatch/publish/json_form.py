"""A reading as JSON, in the form that `reading.schema.json` describes.

Within one schema number fields may be added, never changed or taken away.
"""

from importlib import resources

import msgspec

from inkwatch.publish.json_values import (
    BoxForm,
    PointsForm,
    box_form,
    place,
    points_form,
    rounded,
    valid_text,
)
from inkwatch.reading import Candidate, Glyph, Line, Reading, Word, WordCandidate
from inkwatch.unread import Unread

READING_SCHEMA = "inkwatch-reading/1"
CLASSIFIED_SCHEMA = "inkwatch-classified/1"


class CandidateForm(msgspec.Struct, frozen=True):
    """A character and its probability."""

    character: str
    probability: float


class WordCandidateForm(msgspec.Struct, frozen=True):
    """What a whole word may be, and its probability."""

    text: str
    probability: float


class GlyphForm(msgspec.Struct, frozen=True):
    """One written character; `candidates` has the likeliest first."""

    box: BoxForm
    polygon: PointsForm
    candidates: tuple[CandidateForm, ...]


class WordForm(msgspec.Struct, frozen=True):
    """A word and its glyphs."""

    text: str
    confidence: float
    box: BoxForm
    polygon: PointsForm
    alternatives: tuple[WordCandidateForm, ...]
    glyphs: tuple[GlyphForm, ...]


class LineForm(msgspec.Struct, frozen=True):
    """A line and its words."""

    text: str
    confidence: float
    box: BoxForm
    polygon: PointsForm
    baseline: PointsForm
    x_height: float
    words: tuple[WordForm, ...]


class UnreadForm(msgspec.Struct, frozen=True):
    """Ink that was left unread, and why."""

    reason: str
    box: BoxForm
    polygon: PointsForm
    text: str


class ReadingForm(msgspec.Struct, frozen=True):
    """A whole page."""

    schema: str
    source: str
    width: int
    height: int
    model: str
    text: str
    confidence: float
    lines: tuple[LineForm, ...]
    unread: tuple[UnreadForm, ...]
    elapsed_s: float
    timings: dict[str, float]


class ClassifiedForm(msgspec.Struct, frozen=True):
    """One picture of a single character."""

    schema: str
    source: str
    model: str
    candidates: tuple[CandidateForm, ...]


def format_json(reading: Reading) -> str:
    """Write a reading as one line of JSON, without a newline at its end.

    Probabilities are rounded to four decimals. Characters beyond ASCII stand as themselves.
    """
    form = ReadingForm(
        schema=READING_SCHEMA,
        source=valid_text(reading.source),
        width=reading.width,
        height=reading.height,
        model=reading.model,
        text=reading.text,
        confidence=rounded(reading.confidence),
        lines=tuple(_line(line) for line in reading.lines),
        unread=tuple(_unread(unread) for unread in reading.unread),
        elapsed_s=rounded(reading.elapsed_s),
        timings={stage: rounded(seconds) for stage, seconds in reading.timings.items()},
    )
    return msgspec.json.encode(form).decode()


def format_classified_json(source: str, model: str, candidates: tuple[Candidate, ...]) -> str:
    """Write what one character was taken for as one line of JSON."""
    form = ClassifiedForm(CLASSIFIED_SCHEMA, valid_text(source), model, _candidates(candidates))
    return msgspec.json.encode(form).decode()


def schema_text() -> str:
    """The JSON Schema of both forms, as shipped beside this file."""
    return (resources.files("inkwatch.publish") / "reading.schema.json").read_text("utf-8")


def _line(line: Line) -> LineForm:
    return LineForm(
        text=line.text,
        confidence=rounded(line.confidence),
        box=box_form(line.box),
        polygon=points_form(line.polygon),
        baseline=points_form(line.baseline),
        x_height=place(line.x_height_px),
        words=tuple(_word(word) for word in line.words),
    )


def _word(word: Word) -> WordForm:
    return WordForm(
        text=word.text,
        confidence=rounded(word.confidence),
        box=box_form(word.box),
        polygon=points_form(word.polygon),
        alternatives=tuple(_word_candidate(other) for other in word.alternatives),
        glyphs=tuple(_glyph(glyph) for glyph in word.glyphs),
    )


def _glyph(glyph: Glyph) -> GlyphForm:
    return GlyphForm(box_form(glyph.box), points_form(glyph.polygon), _candidates(glyph.candidates))


def _word_candidate(other: WordCandidate) -> WordCandidateForm:
    return WordCandidateForm(other.text, rounded(other.probability))


def _unread(unread: Unread) -> UnreadForm:
    where = (box_form(unread.box), points_form(unread.polygon))
    return UnreadForm(str(unread.reason), *where, unread.text)


def _candidates(candidates: tuple[Candidate, ...]) -> tuple[CandidateForm, ...]:
    return tuple(CandidateForm(c.character, rounded(c.probability)) for c in candidates)
