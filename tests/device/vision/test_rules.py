"""Printed lines: found where they are, taken off, and nothing else with them."""

from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch.vision.ink import Grey, find_ink, flatten_light, usual_strokes
from inkwatch.vision.rules import Rules, find_rules
from inkwatch.vision.unrule import without_rules


@pytest.fixture(scope="module")
def text(write: Any) -> Grey:
    page: Grey = write("Hello big World", "Ty gyp - VA = 12", "it is five, pal", pen_px=3)
    return page


def ruled(page: Grey, *, px: int, level: int, tilt: float = 0.0, bend_px: float = 0.0) -> Grey:
    """Rules just under the lines of `text`, whose feet stand 70 pixels apart."""
    height, width = page.shape
    x = np.linspace(0, width, 60)
    shade = np.full(page.shape, 255, np.uint8)
    for row in range(10, height, 70):
        y = row + tilt * (x - width / 2) + bend_px * np.sin(np.pi * x / width)
        points = np.rint(np.stack([x, y], axis=1) * 16).astype(np.int32)
        cv2.polylines(shade, [points], isClosed=False, color=level, thickness=px, shift=4)
    return np.minimum(page, shade)


def squared(page: Grey, *, px: int, level: int) -> Grey:
    shade = page.copy()
    for row in range(10, page.shape[0], 35):
        cv2.line(shade, (0, row), (page.shape[1], row), level, px)
    for column in range(17, page.shape[1], 35):
        cv2.line(shade, (column, 0), (column, page.shape[0]), level, px)
    return np.minimum(page, shade)


def cleaned(page: Grey) -> Grey:
    flat = flatten_light(page)
    return without_rules(flat, find_rules(flat), usual_strokes(flat).ink_level)


def agreement(one: Grey, other: Grey) -> float:
    ink, expected = find_ink(one) > 0, find_ink(flatten_light(other)) > 0
    return float((ink & expected).sum() / (ink | expected).sum())


@pytest.mark.parametrize("px", [1, 2, 4])
@pytest.mark.parametrize("level", [40, 120, 200], ids=["black", "grey", "faint"])
def test_rules_are_taken_off_and_the_writing_stays(text: Grey, px: int, level: int) -> None:
    page = ruled(text, px=px, level=level)
    assert len(find_rules(flatten_light(page)).rows) == len(range(10, page.shape[0], 70))
    assert agreement(cleaned(page), text) > 0.85


@pytest.mark.parametrize(("tilt", "bend_px"), [(0.02, 0.0), (-0.02, 0.0), (0.0, 8.0)])
def test_rules_may_be_tilted_or_bent(text: Grey, tilt: float, bend_px: float) -> None:
    page = ruled(text, px=2, level=60, tilt=tilt, bend_px=bend_px)
    assert agreement(cleaned(page), text) > 0.82


@pytest.mark.parametrize(("px", "level"), [(1, 60), (2, 60), (2, 200)])
def test_squares_are_taken_off(text: Grey, px: int, level: int) -> None:
    page = squared(text, px=px, level=level)
    assert agreement(cleaned(page), text) > 0.75
    assert agreement(flatten_light(page), text) < 0.7 or level == 200


def test_a_stroke_across_a_rule_stays_whole() -> None:
    page = np.full((300, 600), 235, np.uint8)
    for left in range(60, 560, 50):
        cv2.line(page, (left, 110), (left + 18, 190), 40, 4, cv2.LINE_AA)
    crossed = page.copy()
    crossed[148:151] = 40
    count = cv2.connectedComponents(find_ink(flatten_light(page)))[0]
    assert cv2.connectedComponents(find_ink(cleaned(crossed)))[0] == count
    assert cv2.connectedComponents(find_ink(flatten_light(crossed)))[0] < count


def test_paper_without_lines_loses_nothing(text: Grey) -> None:
    page = text.copy()
    cv2.line(page, (60, 60), (130, 60), 40, 3)  # a long dash
    assert not find_rules(flatten_light(page))


@pytest.mark.parametrize("word", ["T", "H", "E", "7", "---", "===", "HEFT"])
def test_bars_of_large_letters_are_no_rules(write: Any, word: str) -> None:
    assert not find_rules(flatten_light(write(word, scale=3.0, pen_px=7)))


def test_bars_of_letters_in_one_line_are_no_rule(write: Any) -> None:
    assert not find_rules(flatten_light(write("TTTT EEEE ZZZZ TTTT EEEE", scale=1.5, pen_px=3)))


def test_the_barrel_of_a_pen_is_no_rule(text: Grey) -> None:
    page = cv2.copyMakeBorder(text, 0, 100, 0, 0, cv2.BORDER_CONSTANT, value=235.0)
    foot = page.shape[0] - 60
    cv2.line(page, (20, foot), (page.shape[1] - 20, foot - 10), 20, 24, cv2.LINE_AA)
    cv2.line(page, (20, foot - 3), (page.shape[1] - 20, foot - 13), 140, 4, cv2.LINE_AA)
    assert not find_rules(flatten_light(np.asarray(page, np.uint8)))


def frame(page: Grey, left: int, top: int, right: int, bottom: int) -> None:
    cv2.rectangle(page, (left, top), (right, bottom), 40, 2)


def test_cells_and_their_short_sides_are_taken_off() -> None:
    page = np.full((400, 900), 235, np.uint8)
    bare = page.copy()
    for place, character in enumerate("MARTHA19"):
        for sheet in (page, bare):
            cv2.putText(sheet, character, (75 + 90 * place, 180), 0, 1.8, 40, 4, cv2.LINE_AA)
        frame(page, 60 + 90 * place, 110, 150 + 90 * place, 210)
    assert agreement(cleaned(page), bare) > 0.85


def test_a_small_frame_around_a_word_is_taken_off_though_it_touches(text: Grey) -> None:
    page = np.full((500, 1200), 235, np.uint8)
    cv2.putText(page, "gypsy 12", (100, 200), 0, 1.4, 40, 3, cv2.LINE_AA)
    bare = page.copy()
    frame(page, 80, 150, 320, 208)
    assert agreement(cleaned(page), bare) > 0.8


def test_a_comb_is_taken_off() -> None:
    page = np.full((400, 900), 235, np.uint8)
    bare = page.copy()
    for place, character in enumerate("MARTHA19"):
        for sheet in (page, bare):
            cv2.putText(sheet, character, (75 + 90 * place, 180), 0, 1.8, 40, 4, cv2.LINE_AA)
    cv2.line(page, (60, 210), (780, 210), 40, 3)
    for place in range(9):
        cv2.line(page, (60 + 90 * place, 180), (60 + 90 * place, 210), 40, 3)
    assert agreement(cleaned(page), bare) > 0.85


@pytest.mark.parametrize("shape", [(1, 1), (15, 400), (400, 15), (16, 16), (200, 17)])
def test_any_shape_can_be_asked_about(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert isinstance(find_rules(noise), Rules)
    assert without_rules(noise, find_rules(noise), 40.0).shape == shape
