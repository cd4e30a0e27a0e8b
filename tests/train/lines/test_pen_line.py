from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")

from inkwatch_train.lines.font_line import DRAWN_X_HEIGHT
from inkwatch_train.lines.glyph_strokes import Strokes, strokes_of_fonts
from inkwatch_train.lines.hand import Hand
from inkwatch_train.lines.pen_line import pen_line

pytestmark = pytest.mark.train

Rng = np.random.Generator

CALM = Hand(
    wide=1.2,
    apart=0.0,
    gap=1.2,
    lean=0.0,
    reach_up=1.0,
    reach_down=1.0,
    joins=0.0,
    haste=0.03,
    sweep=0.0,
    loose=0.0,
    unlike=0.0,
    tremble=0.0,
    wander=0.0,
    bar_shift=0.0,
    bar_stretch=1.0,
    bar_tilt=0.0,
    pen=0.14,
    press=0.0,
    nib=None,
)


@pytest.fixture(scope="module")
def strokes(faces: Sequence[Any]) -> list[Strokes]:
    return strokes_of_fonts(faces)


def parts(ink: np.ndarray[Any, Any]) -> int:
    return int(cv2.connectedComponents((ink >= 96).astype(np.uint8))[0]) - 1


def test_letters_bodies_are_as_tall_as_those_of_other_drawn_lines(
    strokes: list[Strokes], rng: Rng
) -> None:
    for font in strokes:
        line = pen_line("xzvx", font, CALM, rng)
        rows = np.flatnonzero((line.ink >= 128).any(axis=1))
        assert line.baseline - rows[0] == pytest.approx(DRAWN_X_HEIGHT, rel=0.5)


def test_every_hand_writes_with_every_font(strokes: list[Strokes], rng: Rng) -> None:
    for font in strokes:
        for _ in range(4):
            hand = Hand.drawn(rng, joined=font.joined)
            line = pen_line("The quick, i 5 x!", font, hand, rng)
            assert line.ink.dtype == np.uint8
            assert line.ink.max() > 60
            assert 0 < line.baseline < line.ink.shape[0]


def test_a_hand_that_joins_leaves_fewer_parts(strokes: list[Strokes], rng: Rng) -> None:
    printed = [font for font in strokes if not font.joined]
    apart = sum(parts(pen_line("nunmau", font, CALM, rng).ink) for font in printed)
    joining = replace(CALM, joins=1.0)
    together = sum(parts(pen_line("nunmau", font, joining, rng).ink) for font in printed)
    assert apart > 4 * len(printed)
    assert together < 0.5 * apart


def test_sweep_lets_the_feet_of_an_arch_lean_apart(strokes: list[Strokes], rng: Rng) -> None:
    """An n's stems, down and up again, part where the pen goes on to the right meanwhile."""
    steep = []
    for sweep in (0.0, 0.4):
        hand = replace(CALM, joins=1.0, sweep=sweep)
        inks = [pen_line("nmnm", font, hand, rng).ink >= 128 for font in strokes if not font.joined]
        tall = [int((ink.sum(axis=0) > 0.8 * DRAWN_X_HEIGHT).sum()) for ink in inks]
        steep.append(sum(tall))
    assert steep[1] < 0.85 * steep[0]


def test_loose_hands_leave_bowls_open(strokes: list[Strokes], rng: Rng) -> None:
    def bowls(hand: Hand) -> int:
        """Patches of paper with ink all around."""
        found = 0
        for font in strokes:
            for _ in range(4):
                ink = np.pad(pen_line("oaoao", font, hand, rng).ink, 2)
                found += int(
                    cv2.connectedComponents((ink < 96).astype(np.uint8), connectivity=4)[0]
                )
        return found

    assert bowls(replace(CALM, loose=0.3)) < 0.85 * bowls(CALM)


def test_haste_takes_ink_away_from_corners(strokes: list[Strokes], rng: Rng) -> None:
    hasty = replace(CALM, haste=0.3)
    ink = [[pen_line("zwkv", font, hand, rng).ink for font in strokes] for hand in (CALM, hasty)]
    calm, quick = (sum(float(each.sum()) for each in lines) for lines in ink)
    assert quick < 0.95 * calm


def test_a_lean_moves_the_top_to_the_right(strokes: list[Strokes], rng: Rng) -> None:
    font = strokes[0]
    upright = pen_line("l l l l l l l l", font, CALM, rng).ink
    leaning = pen_line("l l l l l l l l", font, replace(CALM, lean=0.5), rng).ink
    assert leaning.shape[1] > upright.shape[1]
    first = np.argmax(leaning >= 96, axis=1)
    rows = np.flatnonzero((leaning >= 96).any(axis=1))
    assert first[rows[3]] > first[rows[-3]] + 0.5 * (rows[-1] - rows[0]) * np.tan(0.5)


def test_a_bar_goes_where_the_hand_puts_it(strokes: list[Strokes], rng: Rng) -> None:
    shifted = replace(CALM, bar_shift=0.8)
    wider = 0
    for font in strokes:
        at_stem, beside = (pen_line("t", font, hand, rng).ink for hand in (CALM, shifted))
        columns = [np.flatnonzero((ink >= 96).any(axis=0)) for ink in (at_stem, beside)]
        wider += int(np.ptp(columns[1]) > np.ptp(columns[0]) + 4)
    assert wider >= 0.4 * len(strokes), wider


def test_dots_are_inked(strokes: list[Strokes], rng: Rng) -> None:
    """OpenCV draws nothing for a path of one point."""
    inked = sum(bool(pen_line(".", font, CALM, rng).ink.any()) for font in strokes)
    assert inked == len(strokes)
    more = sum(
        parts(pen_line("ii", font, CALM, rng).ink) - parts(pen_line("11", font, CALM, rng).ink) > 0
        for font in strokes
    )
    assert more >= 0.6 * len(strokes)
