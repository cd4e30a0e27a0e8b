"""Text lines → ink on a sheet: where each character stands, and what its ink covers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkwatch.errors import UsageError
from inkwatch.reading import Box
from inkwatch_train.pages.glyph import GlyphPen, Pen
from inkwatch_train.pages.truth import TrueCharacter, TrueLine, Truth
from inkwatch_train.pages.uneven import Coverage, InkedGlyph, Unevenness


class LineTooLongError(UsageError):
    """A line does not fit between the sheet's margins."""


class SheetFullError(UsageError):
    """The text needs more lines than the sheet has room for."""


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody writes.

    `x_height_px` is the height of an 'x'. `line_pitch`, `letter_gap`, `word_gap`, `wander` (how
    far the baseline drifts) and `hop` (how far one character stands off it) count in x-heights;
    `letter_gap` is added to the font's own spacing and `apart` is the least room between the ink
    of neighbours, which only `touching` (a share of all pairs) may break. `slope_deg` and
    `slant_deg` are in degrees, rising and leaning right where positive.
    """

    x_height_px: float = 30.0
    extra_stroke_px: float = 0.0
    line_pitch: float = 3.4
    letter_gap: float = 0.05
    word_gap: float = 0.75
    apart: float = 0.1
    touching: float = 0.0
    wander: float = 0.08
    hop: float = 0.035
    slope_deg: float = 0.0
    slant_deg: float = 0.0
    uneven: Unevenness = field(default_factory=Unevenness)


@dataclass(frozen=True, slots=True)
class SheetSize:
    """A sheet in pixels: its size, and where the first baseline starts."""

    width: int = 1740
    height: int = 1320
    left: int = 150
    first_baseline: int = 200
    right_margin: int = 110
    bottom_margin: int = 110


@dataclass(frozen=True, slots=True, eq=False)
class WrittenSheet:
    """Ink on a sheet with its truth.

    `coverage` is `(H, W)` uint8, 255 where ink covers the pixel fully. Boxes of `truth` are in
    its pixels. `baselines` gives each line's nominal baseline, as rows. `owners` is `(H, W)`
    uint16: which character covers a pixel most, counted from 1 in the truth's order, 0 on paper.
    """

    coverage: Coverage
    truth: Truth
    baselines: tuple[float, ...]
    owners: npt.NDArray[np.uint16]


def write_sheet(
    texts: Sequence[str],
    pen: Path | GlyphPen,
    hand: Hand,
    size: SheetSize,
    rng: np.random.Generator,
) -> WrittenSheet:
    """Write lines of text on a sheet.

    Args:
        texts: the lines; runs of spaces count as one, an empty line leaves room.
        pen: a TrueType file, or what writes the characters.
        hand: how it is written; a pen of one's own has its x-height and strokes from its making.
        size: the sheet.
        rng: all that differs from one sheet to the next comes from here.

    Returns:
        The ink and its truth; `truth.lines` leaves out lines without characters.

    Raises:
        LineTooLongError: a line does not fit the sheet.
        SheetFullError: there are too many lines.
        UsageError: the text has no characters, or some that the pen lacks.
        DataError: the font cannot be opened.
    """
    if not any(text.strip() for text in texts):
        raise UsageError("There is no text to write: the file is empty.")
    if isinstance(pen, Path):
        pen = Pen(pen, hand.x_height_px, hand.extra_stroke_px)
    coverage = np.zeros((size.height, size.width), np.uint8)
    owners = np.zeros(coverage.shape, np.uint16)
    lines: list[TrueLine] = []
    pitch = hand.line_pitch * hand.x_height_px
    baselines = tuple(size.first_baseline + row * pitch for row in range(len(texts)))
    for text, baseline in zip(texts, baselines, strict=True):
        plain = " ".join(text.split())
        if plain:
            lines.append(
                _write_line(
                    plain,
                    pen,
                    hand=hand,
                    size=size,
                    baseline=baseline,
                    coverage=coverage,
                    owners=owners,
                    first=1 + sum(len(line.characters) for line in lines),
                    rng=rng,
                )
            )
    return WrittenSheet(coverage, Truth(tuple(lines)), baselines, owners)


def _write_line(
    text: str,
    pen: GlyphPen,
    *,
    hand: Hand,
    size: SheetSize,
    baseline: float,
    coverage: Coverage,
    owners: npt.NDArray[np.uint16],
    first: int,
    rng: np.random.Generator,
) -> TrueLine:
    unit = hand.x_height_px
    pen_x = size.left + 0.3 * unit * rng.standard_normal()
    drift = _Drift(hand, pen_x, rng)
    # The first column that is free in each row, seen from the line's own ink.
    free_from = np.zeros(size.height, np.int64)
    characters: list[TrueCharacter] = []
    for character in text:
        if character == " ":
            # Widths of gaps are seldom even, and never so narrow that two words become one.
            pen_x += hand.word_gap * unit * float(np.clip(rng.normal(1.0, 0.16), 0.75, 1.5))
            continue
        glyph = pen.write(character, hand.slant_deg, hand.uneven, rng)
        y = baseline + drift.at(pen_x) + hand.hop * unit * rng.standard_normal()
        top = round(y) + glyph.top
        height, width = glyph.coverage.shape
        if top < 0 or top + height > size.height - size.bottom_margin // 2:
            raise SheetFullError(
                f"The text does not fit the sheet: '{text}' stands too far down. Use fewer lines "
                "or smaller writing."
            )
        left = round(pen_x) + glyph.left
        if rng.random() >= hand.touching:
            left = max(left, _first_free(glyph, top, free_from, round(hand.apart * unit)))
        if left + width > size.width - size.right_margin:
            raise LineTooLongError(
                f"The line '{text}' is too long for the sheet. Break it or use smaller writing."
            )
        box = Box(left, top, width, height)
        _ink(coverage, owners, glyph, box, first + len(characters))
        _take(free_from, glyph, box)
        characters.append(TrueCharacter(character, box))
        gap = hand.letter_gap * unit * float(rng.normal(1.0, 0.5))
        pen_x = left - glyph.left + glyph.advance + gap
    return TrueLine(text, tuple(characters))


class _Drift:
    """How far below its nominal baseline a line runs: a slope and a slow wave."""

    def __init__(self, hand: Hand, start: float, rng: np.random.Generator) -> None:
        self._start = start
        self._slope = np.tan(np.deg2rad(hand.slope_deg + 0.25 * rng.standard_normal()))
        self._height = hand.wander * hand.x_height_px
        self._length = hand.x_height_px * rng.uniform(12.0, 30.0)
        self._phase = rng.uniform(0.0, 2.0 * np.pi)

    def at(self, x: float) -> float:
        along = x - self._start
        wave = np.sin(2.0 * np.pi * along / self._length + self._phase)
        return float(self._height * wave - self._slope * along)


def _first_free(glyph: InkedGlyph, top: int, free_from: npt.NDArray[np.int64], apart: int) -> int:
    """The first column at which the glyph's ink stays `apart` pixels off the line's ink."""
    inked = glyph.coverage > 0
    rows = inked.any(axis=1)
    reach = np.full(rows.shape, 0, np.int64)
    for shift in range(-apart, apart + 1):  # ink just above or below touches as well
        at = np.clip(np.arange(rows.size) + top + shift, 0, free_from.size - 1)
        reach = np.maximum(reach, free_from[at])
    needed = reach + apart - inked.argmax(axis=1)
    return int(needed[rows].max()) if (reach[rows] > 0).any() else 0


def _take(free_from: npt.NDArray[np.int64], glyph: InkedGlyph, box: Box) -> None:
    inked = glyph.coverage > 0
    last = box.width - inked[:, ::-1].argmax(axis=1)
    ends = np.where(inked.any(axis=1), box.left + last, 0)
    rows = slice(box.top, box.bottom)
    free_from[rows] = np.maximum(free_from[rows], ends)


def _ink(
    coverage: Coverage,
    owners: npt.NDArray[np.uint16],
    glyph: InkedGlyph,
    box: Box,
    number: int,
) -> None:
    place = np.s_[box.top : box.bottom, box.left : box.right]
    owners[place][glyph.coverage > coverage[place]] = number
    np.maximum(coverage[place], glyph.coverage, out=coverage[place])
