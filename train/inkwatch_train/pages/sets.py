"""The pages that reading is measured on: text and codes, by real hands and by fonts.

Every page follows from its set's name and its number. Half are written with real characters that
training never saw (`val`, and the `test` part of MNIST), half in fonts held out of training; the
four kinds of paper take turns.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from inkwatch_train.data.sample import Grey
from inkwatch_train.fonts.fetch import FontFace
from inkwatch_train.pages.codes import code_page
from inkwatch_train.pages.fit import MakePen, write_fitted
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.hands import RealHand, choose_hands
from inkwatch_train.pages.layout import Hand, SheetSize, WrittenSheet
from inkwatch_train.pages.paper import Ink, Paper, PaperKind, ink_sheet
from inkwatch_train.pages.real_pen import RealPen
from inkwatch_train.pages.texts import text_page
from inkwatch_train.pages.truth import Truth

SetName = Literal["letters", "codes"]

SIZES: dict[SetName, int] = {"letters": 48, "codes": 32}
"""How many pages a set has."""

PAPERS: tuple[PaperKind, ...] = ("plain", "ruled", "squared", "dotted")

_SHEET = SheetSize(width=1800, height=1150, left=130)
_BLACK = (0.1, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class Writers:
    """Who can write: families of fonts, and groups of real hands that take turns.

    Each group is chosen from by `choose_hands`. Without groups all pages are written in fonts.
    """

    fonts: Sequence[FontFace]
    groups: Sequence[Sequence[RealHand]] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SetPage:
    """A page as a flat scan shows it.

    `scan` is `(H, W)` uint8, `truth` in its pixels. `writing` is `real` or `font`, `hand` the
    data set or the family, `pattern` what each word fits ('' where no pattern holds).
    """

    name: str
    scan: Grey
    truth: Truth
    writing: Literal["real", "font"]
    hand: str
    paper: PaperKind
    pattern: str = ""


def set_pages(name: SetName, writers: Writers, count: int | None = None) -> Iterator[SetPage]:
    """Make the pages of a set, one after the other.

    Args:
        name: the set.
        writers: who can write.
        count: the first so many pages; all where not given.

    Raises:
        UsageError: a hand or font lacks a character.
        DataError: a font cannot be opened.
    """
    for number in range(SIZES[name] if count is None else min(count, SIZES[name])):
        yield _page(name, number, writers)


def flat_scan(sheet: WrittenSheet, paper: PaperKind, rng: np.random.Generator) -> Grey:
    """Lay a sheet on a scanner: dark ink on white paper, with what is printed on it.

    Returns:
        `(H, W)` uint8.
    """
    white = Paper(paper, (1.0, 1.0, 1.0), rule_strength=float(rng.uniform(0.4, 0.9)))
    seen = ink_sheet(sheet.coverage, white, Ink(_BLACK), sheet.baselines, rng)
    grey = cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY)
    return np.asarray(np.clip(grey * 255.0 + 0.5, 0, 255), np.uint8)


def _page(name: SetName, number: int, writers: Writers) -> SetPage:
    seed = zlib.crc32(f"{name}/{number}".encode())
    text_rng, look_rng, paper_rng = np.random.default_rng(seed).spawn(3)
    pattern = ""
    if name == "codes":
        codes = code_page(text_rng)
        parts, pattern = list(codes.rows), codes.pattern
    else:
        parts = text_page(text_rng)
    # Papers change every two pages, so that either way of writing meets each of them.
    paper = PAPERS[number // 2 % len(PAPERS)]
    hand = _hand(look_rng)
    real = number % 2 == 0 and bool(writers.groups)
    font = writers.fonts[number // 2 % len(writers.fonts)]
    if real:
        group = writers.groups[number // (2 * len(PAPERS)) % len(writers.groups)]
        chosen = choose_hands(group, "".join(parts), look_rng)
        make_pen, who = real_pen_maker(chosen, font.path, look_rng), chosen[0].name
    else:
        make_pen, who = _font_pen_maker(font.path, look_rng), font.name
    size = SheetSize(
        **{
            **{each: getattr(_SHEET, each) for each in ("width", "height", "left")},
            "first_baseline": round(100 + 2.2 * hand.x_height_px),
        }
    )
    sheet = write_fitted(parts, make_pen, hand, size, seed)
    return SetPage(
        name=f"{name}-{number:02d}",
        scan=flat_scan(sheet, paper, paper_rng),
        truth=sheet.truth,
        writing="real" if real else "font",
        hand=who,
        paper=paper,
        pattern=pattern,
    )


def real_pen_maker(
    hands: Sequence[RealHand], marks_font: Path, rng: np.random.Generator
) -> MakePen:
    """A pen of real hands with the strokes of one pen, whatever size it is asked for."""
    stroke, seed = rng.uniform(0.10, 0.15), int(rng.integers(1 << 32))

    def make(x_height_px: float) -> RealPen:
        return RealPen(
            hands,
            Pen(marks_font, x_height_px),
            x_height_px,
            stroke * x_height_px,
            np.random.default_rng(seed),
        )

    return make


def _font_pen_maker(font: Path, rng: np.random.Generator) -> MakePen:
    extra_px = float(rng.uniform(0.0, 1.0))
    return lambda x_height_px: Pen(font, x_height_px, extra_px)


def _hand(rng: np.random.Generator) -> Hand:
    return Hand(
        x_height_px=rng.uniform(26.0, 36.0),
        line_pitch=rng.uniform(3.1, 3.7),
        letter_gap=rng.uniform(0.05, 0.12),
        word_gap=rng.uniform(0.8, 1.1),
        touching=rng.uniform(0.0, 0.04),
        slope_deg=rng.normal(0.0, 0.3),
        slant_deg=rng.normal(0.0, 2.0),
    )
