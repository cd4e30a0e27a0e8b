"""What is left on a page once everything but its writing is left out."""

from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch.vision.ink import Grey
from inkwatch.vision.straighten import Straightened
from inkwatch.vision.writing import Writing, find_writing

WORDS = ("Hello big World", "Ty gyp VA 12", "it is five, pal")


def found(grey: Grey) -> Writing:
    return find_writing(Straightened(grey, np.eye(3)))


def boxes(writing: Writing) -> list[tuple[int, ...]]:
    p = writing.pieces
    return sorted(zip(*(side.tolist() for side in (p.left, p.top, p.right, p.bottom)), strict=True))


@pytest.fixture
def page(write: Any) -> Grey:
    text = write(*WORDS, pen_px=3)
    return np.asarray(cv2.copyMakeBorder(text, 40, 160, 60, 260, cv2.BORDER_CONSTANT, value=235.0))


@pytest.fixture
def count(page: Grey) -> int:
    return len(found(page).pieces.ids)


def test_a_page_of_writing_keeps_all_of_it(page: Grey, count: int) -> None:
    # 34 characters that print, three of which (i, i, i) have dots of their own.
    assert count == sum(len(line.replace(" ", "")) for line in WORDS) + 4
    assert found(page).page.grey.shape == page.shape


@pytest.mark.parametrize("radius", [2, 3])
def test_printed_dots_are_left_out_and_those_of_letters_stay(
    page: Grey, count: int, radius: int
) -> None:
    dotted = page.copy()
    for y in range(20, page.shape[0] - 20, 34):
        for x in range(20, page.shape[1] - 20, 34):
            if page[y - 15 : y + 16, x - 15 : x + 16].min() > 200:
                cv2.circle(dotted, (x, y), radius, 60, -1, cv2.LINE_AA)
    assert len(found(dotted).pieces.ids) == count


def test_boxes_to_tick_are_left_out(page: Grey) -> None:
    boxed = page.copy()
    for y in (100, 180, 260):
        cv2.rectangle(boxed, (20, y - 40), (56, y - 4), 40, 2)
    kept, expected = boxes(found(boxed)), boxes(found(page))
    assert len(kept) == len(expected)
    assert np.abs(np.subtract(kept, expected)).max() <= 1


@pytest.mark.parametrize("letters", ["BDO", "EH8", "006", "UQ9"])
def test_letters_are_no_boxes(write: Any, letters: str) -> None:
    assert len(found(write(letters, scale=2.0, pen_px=4)).pieces.ids) == 3


@pytest.mark.parametrize("gap_px", [3, 8])
def test_an_underline_goes_and_its_word_stays(page: Grey, gap_px: int) -> None:
    lined = page.copy()
    x, y = 108, 40 + 48 + 26 + gap_px + 2
    cv2.line(lined, (x, y), (x + 118, y + 1), 40, 3, cv2.LINE_AA)
    assert found(lined).ink[y - 1 : y + 2, x + 30 : x + 100].all(axis=0).mean() < 0.3
    assert len(found(lined).pieces.ids) == len(found(page).pieces.ids)


def test_a_finger_at_the_edge_takes_no_dots_with_it(page: Grey, count: int) -> None:
    held = page.copy()
    height, width = page.shape
    cv2.ellipse(held, (width, height - 60), (140, 24), -4, 0, 360, 90, -1, cv2.LINE_AA)
    assert len(found(held).pieces.ids) == pytest.approx(count, abs=2)


def test_a_coin_on_the_page_is_left_out(page: Grey, count: int) -> None:
    paid = page.copy()
    cv2.circle(paid, (page.shape[1] - 120, page.shape[0] - 100), 24, 110, -1, cv2.LINE_AA)
    assert len(found(paid).pieces.ids) == count


def test_dark_ground_beside_a_sheet_holds_no_writing(page: Grey, count: int) -> None:
    rng = np.random.default_rng(2)
    coarse = rng.normal(0, 14, (60, 80)).astype(np.float32)
    view = np.clip(50 + cv2.resize(coarse, (1400, 900)), 0, 255).astype(np.uint8)
    view[: page.shape[0], 300 : 300 + page.shape[1]] = page
    assert len(found(view).pieces.ids) == pytest.approx(count, abs=2)


@pytest.mark.parametrize("shadow", [0.8, 0.5])
def test_a_shadow_on_the_page_is_no_ground(page: Grey, count: int, shadow: float) -> None:
    light = np.where(np.arange(page.shape[1]) < page.shape[1] // 2, shadow, 1.0)
    light = cv2.GaussianBlur(light[None, :], (0, 0), 12)
    shaded = np.asarray(page * light, np.uint8)
    assert len(found(shaded).pieces.ids) == pytest.approx(count, abs=1)


@pytest.mark.parametrize("contrast", [0.25, 0.14])
def test_faint_pencil_is_writing(page: Grey, count: int, contrast: float) -> None:
    faint = 235 - (235 - page.astype(np.float32)) * contrast
    noise = np.random.default_rng(1).normal(0, 1.5, page.shape)
    assert len(found(np.asarray(faint + noise, np.uint8)).pieces.ids) == pytest.approx(count, abs=1)


def test_small_writing_is_enlarged_and_leads_back_to_the_picture(page: Grey, count: int) -> None:
    small = cv2.resize(page, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    writing = found(np.asarray(small, np.uint8))
    assert writing.page.grey.shape[0] > 2 * small.shape[0]
    assert len(writing.pieces.ids) == pytest.approx(count, abs=3)
    corner = writing.page.to_picture @ (writing.page.grey.shape[1], writing.page.grey.shape[0], 1)
    assert corner[:2] == pytest.approx([small.shape[1], small.shape[0]])


@pytest.mark.parametrize("word", ["8341", "B7", "Martha"])
def test_writing_of_a_third_of_the_pictures_height_is_found(write: Any, word: str) -> None:
    large = write(word, scale=8.0, pen_px=16)
    assert len(found(large).pieces.ids) == len(word)
