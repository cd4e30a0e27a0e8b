from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")

from inkwatch.recognise.line_image import LINE_HEIGHT
from inkwatch_train.lines.alphabet import LINE_ALPHABET, STEP_PX, steps_needed
from inkwatch_train.lines.bend import Bending, bend_line
from inkwatch_train.lines.font_line import DRAWN_X_HEIGHT, DrawnLine, can_write, write_line
from inkwatch_train.lines.glyph_strokes import strokes_of_fonts
from inkwatch_train.lines.source import FontLines, LabelledLine, LineSource, PenLines, fits
from inkwatch_train.lines.wear import see_line

pytestmark = pytest.mark.train

Rng = np.random.Generator


def test_lines_have_the_form_and_the_room_that_the_network_needs(
    faces: Sequence[Any], rng: Rng
) -> None:
    sources: list[LineSource] = [
        FontLines("fonts", faces, strays=0.5),
        PenLines("pens", strokes_of_fonts(faces), strays=0.5),
    ]
    for number in range(120):
        source = sources[number % 2]
        assert source.images == len(faces)
        line = source.draw(rng)
        assert line.pixels.dtype == np.uint8
        assert line.pixels.shape[0] == LINE_HEIGHT
        assert line.pixels.any()
        assert set(line.text) <= set(LINE_ALPHABET)
        assert line.pixels.shape[1] // STEP_PX >= steps_needed(line.text) + 2


def test_the_same_chance_draws_the_same_lines(faces: Sequence[Any]) -> None:
    def drawn() -> list[LabelledLine]:
        rng = np.random.default_rng(9)
        source = FontLines("fonts", faces)
        return [source.draw(rng) for _ in range(8)]

    first, second = drawn(), drawn()
    for one, other in zip(first, second, strict=True):
        assert one.text == other.text
        assert np.array_equal(one.pixels, other.pixels)
    assert len({line.text for line in first}) > 4


def test_a_line_without_room_for_its_text_is_not_used() -> None:
    pixels = np.zeros((LINE_HEIGHT, 10 * STEP_PX), np.uint8)
    assert fits(pixels, "abcdef")
    assert not fits(pixels, "aaaaaa")
    assert not fits(pixels, "abcdefgh")


def test_letters_bodies_are_drawn_at_one_height(faces: Sequence[Any], rng: Rng) -> None:
    for face in faces:
        if not can_write(face, "xzvx"):
            continue
        line = write_line("xzvx", face, rng)
        rows = np.flatnonzero((line.ink >= 128).any(axis=1))
        assert line.baseline - rows[0] == pytest.approx(DRAWN_X_HEIGHT, rel=0.5)


def test_bending_keeps_height_and_ink(faces: Sequence[Any], rng: Rng) -> None:
    for face in faces:
        line = write_line("nun", face, rng)
        bent = bend_line(line, Bending(), rng)
        assert bent.shape[0] == line.ink.shape[0]
        assert 0.5 < bent.shape[1] / line.ink.shape[1] < 2.8
        assert bent.max() > 100


def test_without_bending_a_line_stays_where_it_is(rng: Rng) -> None:
    ink = np.zeros((120, 300), np.uint8)
    ink[40:60, 50:250:2] = ink[41:60, 51:250:2] = 255
    still = Bending(
        widen=0, stretch=0, pace=0, reach=0, lean_deg=0, wander=0, grow=0, tremble=0, pen=0
    )
    bent = bend_line(DrawnLine(ink, 60), still, rng)
    assert bent.shape == ink.shape
    rows = np.flatnonzero((bent >= 100).any(axis=1))
    # The slant wavers a little whatever is asked for; rows hold.
    assert rows[0] == pytest.approx(40, abs=3)
    assert rows[-1] == pytest.approx(59, abs=3)


def test_what_is_seen_of_neighbours_does_not_hide_the_line(rng: Rng) -> None:
    ink = np.zeros((103, 400), np.uint8)
    ink[45:62, 20:380] = 255
    for _ in range(20):
        seen = see_line(ink, 61.0, rng, strays=ink)
        assert seen.pixels.shape[0] == LINE_HEIGHT
        middle = seen.pixels[20:30, 20:-20]
        assert (middle > 0).mean() > 0.7
