"""The pages that reading is measured on: text and codes, by real hands and by fonts.

Every page follows from its set's name and its number. Half are written with real characters that
training never saw (`val`, and the `test` part of MNIST), half in fonts held out of training; the
four kinds of paper take turns.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from inkwatch_train.data.sample import Grey
from inkwatch_train.fonts.fetch import FontFace
from inkwatch_train.pages.codes import code_page
from inkwatch_train.pages.fit import MakePen, write_fitted
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.hands import RealHand, choose_hands
from inkwatch_train.pages.layout import Hand, SheetSize
from inkwatch_train.pages.paper import Paper, PaperKind, flat_scan
from inkwatch_train.pages.real_pen import real_pen_maker
from inkwatch_train.pages.texts import text_page
from inkwatch_train.pages.truth import Truth

SetName = Literal["letters", "codes"]

SIZES: dict[SetName, int] = {"letters": 48, "codes": 32}
"""How many pages a set has."""

PAPERS: tuple[PaperKind, ...] = ("plain", "ruled", "squared", "dotted")

_SHEET = SheetSize(width=1800, height=1150, left=130)


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
    size = replace(_SHEET, first_baseline=round(100 + 2.2 * hand.x_height_px))
    sheet = write_fitted(parts, make_pen, hand, size, seed)
    printed = Paper(paper, rule_strength=float(look_rng.uniform(0.4, 0.9)))
    return SetPage(
        name=f"{name}-{number:02d}",
        scan=flat_scan(sheet.coverage, printed, sheet.baselines, paper_rng),
        truth=sheet.truth,
        writing="real" if real else "font",
        hand=who,
        paper=paper,
        pattern=pattern,
    )


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
