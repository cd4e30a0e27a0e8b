from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.errors import UsageError
from inkwatch_train.pages.layout import Hand, SheetSize, WrittenSheet, write_sheet
from inkwatch_train.pages.uneven import InkedGlyph, Unevenness

TEXTS = ["Hello there, Bob", "", "42  quick foxes?"]
SIZE = SheetSize(width=900, height=500, left=80, first_baseline=110)


def write(font: Path, seed: int = 1, hand: Hand | None = None) -> WrittenSheet:
    return write_sheet(TEXTS, font, hand or Hand(), SIZE, np.random.default_rng(seed))


def test_the_truth_is_the_text(plain_font: Path) -> None:
    sheet = write(plain_font)
    assert sheet.truth.text == "Hello there, Bob\n42 quick foxes?"
    for line in sheet.truth.lines:
        written = "".join(each.character for each in line.characters)
        assert written == line.text.replace(" ", "")


def test_each_box_is_cut_to_its_ink(plain_font: Path) -> None:
    sheet = write(plain_font)
    for each in sheet.truth.characters:
        box = each.box
        ink = sheet.coverage[box.top : box.bottom, box.left : box.right] > 0
        sides = (ink[0], ink[-1], ink[:, 0], ink[:, -1])
        assert all(side.any() for side in sides), each


@pytest.mark.parametrize("touching", [0.0, 1.0])
def test_owners_name_the_character_whose_ink_it_is(plain_font: Path, touching: float) -> None:
    hand = Hand(letter_gap=-0.25, touching=touching)
    sheet = write(plain_font, hand=hand)
    assert sheet.owners.dtype == np.uint16
    assert np.array_equal(sheet.owners > 0, sheet.coverage > 0)
    characters = sheet.truth.characters
    assert sheet.owners.max() == len(characters)
    shared = np.zeros(sheet.owners.shape, np.int32)
    for each in characters:
        shared[each.box.top : each.box.bottom, each.box.left : each.box.right] += 1
    for number, each in enumerate(characters, 1):
        box = np.s_[each.box.top : each.box.bottom, each.box.left : each.box.right]
        own = sheet.owners == number
        assert own[box].sum() == own.sum() > 0
        # Where no other box reaches, all ink is its own.
        alone = (shared[box] == 1) & (sheet.coverage[box] > 0)
        assert own[box][alone].all()


def test_there_is_no_ink_outside_the_boxes(plain_font: Path) -> None:
    sheet = write(plain_font)
    left_over = sheet.coverage.copy()
    for each in sheet.truth.characters:
        left_over[each.box.top : each.box.bottom, each.box.left : each.box.right] = 0
    assert not left_over.any()
    assert sheet.coverage.any()


def test_the_same_seed_gives_the_same_sheet_and_another_seed_another(plain_font: Path) -> None:
    first, again, other = write(plain_font), write(plain_font), write(plain_font, seed=2)
    assert np.array_equal(first.coverage, again.coverage)
    assert first.truth == again.truth
    assert not np.array_equal(first.coverage, other.coverage)


def test_neighbours_do_not_touch_unless_asked_to(plain_font: Path) -> None:
    def pieces(hand: Hand) -> int:
        sheet = write_sheet(["rvacemuwx"], plain_font, hand, SIZE, np.random.default_rng(3))
        count, _ = cv2.connectedComponents((sheet.coverage > 0).astype(np.uint8))
        return count - 1

    crowded = Hand(letter_gap=-0.3, touching=0.0)
    assert pieces(crowded) == 9
    assert pieces(replace(crowded, touching=1.0)) < 9


def test_gaps_between_words_are_wider_than_between_letters(plain_font: Path) -> None:
    for line in write(plain_font).truth.lines:
        gaps = [b.box.left - a.box.right for a, b in pairwise(line.characters)]
        ends = np.cumsum([len(word) for word in line.text.split()])[:-1] - 1
        between_words = [gaps[end] for end in ends]
        inside = [gap for number, gap in enumerate(gaps) if number not in set(ends.tolist())]
        assert min(between_words) > max(inside)


def test_an_empty_line_leaves_room(plain_font: Path) -> None:
    sheet = write(plain_font)
    first, second = sheet.truth.lines
    assert len(sheet.baselines) == 3
    assert second.box.bottom > sheet.baselines[2] - 10 > sheet.baselines[1] > first.box.bottom - 15


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ([], "no text"),
        (["", "  "], "no text"),
        (["word " * 30], "too long"),
        (["word"] * 12, "too far down"),
        (["naïve Ж"], "has no"),
    ],
)
def test_what_cannot_be_written_is_told(plain_font: Path, texts: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        write_sheet(texts, plain_font, Hand(), SIZE, np.random.default_rng(1))


def test_the_darker_of_two_owns_a_pixel() -> None:
    """Where strokes cross, the soft edge of one lies on the full ink of the other."""

    class Bars:
        def write(
            self, character: str, slant_deg: float, uneven: Unevenness, rng: np.random.Generator
        ) -> InkedGlyph:
            level = 255 if character == "a" else 100
            return InkedGlyph(np.full((20, 10), level, np.uint8), 0, -20, 4.0)

    hand = Hand(touching=1.0, letter_gap=0.0, wander=0.0, hop=0.0)
    for text, dark in (("ab", 1), ("ba", 2)):
        sheet = write_sheet([text], Bars(), hand, SIZE, np.random.default_rng(1))
        assert (sheet.owners[sheet.coverage == 255] == dark).all()
        assert (sheet.owners[sheet.coverage == 100] == 3 - dark).all()
        assert (sheet.coverage == 100).any()
