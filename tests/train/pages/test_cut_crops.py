from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from inkwatch.reading import Box
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch.recognise.crop import crop_glyph
from inkwatch_train.data.sample import Grey
from inkwatch_train.pages.cut_crops import cut_crops
from inkwatch_train.pages.layout import Hand, SheetSize, WrittenSheet, write_sheet
from inkwatch_train.pages.truth import TrueCharacter, TrueLine, Truth
from inkwatch_train.pages.uneven import Unevenness

SIZE = SheetSize(width=1100, height=420, left=80, first_baseline=120)
EVEN = Unevenness(slant_deg=0, turn_deg=0, size=0, wobble=0)
APART = Hand(letter_gap=0.25, apart=0.25, uneven=EVEN)


def written(texts: list[str], font: Path, hand: Hand = APART, seed: int = 1) -> WrittenSheet:
    return write_sheet(texts, font, hand, SIZE, np.random.default_rng(seed))


def cuts(sheet: WrittenSheet, seed: int = 2) -> list[tuple[Grey, str]]:
    return list(cut_crops(sheet, np.random.default_rng(seed)))


def boxes_sheet(*boxes: tuple[str, Box]) -> WrittenSheet:
    """A sheet on which each character is a filled box."""
    coverage = np.zeros((200, 500), np.uint8)
    owners = np.zeros(coverage.shape, np.uint16)
    for number, (_, box) in enumerate(boxes, 1):
        place = np.s_[box.top : box.bottom, box.left : box.right]
        coverage[place], owners[place] = 255, number
    characters = tuple(TrueCharacter(character, box) for character, box in boxes)
    line = TrueLine("".join(character for character, _ in boxes), characters)
    return WrittenSheet(coverage, Truth((line,)), (150.0,), owners)


def test_letters_that_stand_apart_are_labelled_with_their_characters(plain_font: Path) -> None:
    text = "HamxTbuSvez"
    labels = Counter(label for _, label in cuts(written([text], plain_font)))
    for character in text:
        assert labels[character] >= 1, character
    assert set(labels) <= {*text, NOT_A_CHARACTER}


def test_two_that_touch_are_no_character_and_their_parts_are_some() -> None:
    sheet = boxes_sheet(
        ("H", Box(60, 80, 40, 60)), ("E", Box(100, 80, 40, 60)), ("x", Box(220, 80, 40, 60))
    )
    found = cuts(sheet)
    whole = [label for grey, label in found if grey.shape[1] in range(82, 92)]
    assert whole
    assert set(whole) == {NOT_A_CHARACTER}


@pytest.mark.parametrize("slant_deg", [20.0, 35.0])
def test_leaning_letters_are_labelled_as_upright_ones_are(
    plain_font: Path, slant_deg: float
) -> None:
    """The device sets a leaning hand upright before it cuts; the truth has to follow."""
    texts = ["HilTbuFnHd", "NhEmLbikHt"]
    hand = Hand(letter_gap=0.3, apart=0.3, slant_deg=slant_deg, uneven=EVEN)
    labels = Counter(label for _, label in cuts(written(texts, plain_font, hand)))
    wanted = Counter("".join(texts))
    right = sum(min(labels[each], count) for each, count in wanted.items())
    assert right >= 0.8 * sum(wanted.values())


def test_a_cut_shows_the_character_that_it_is_labelled_with(plain_font: Path) -> None:
    """Of two sheets with the same letters, cuts of one letter look alike, others do not."""
    text = "HxoT"
    crops = {
        label: crop_glyph(grey)
        for grey, label in cuts(written([text], plain_font))
        if label != NOT_A_CHARACTER
    }
    others = written([text[::-1]], plain_font, seed=5)
    for grey, label in cuts(others):
        if label != NOT_A_CHARACTER:
            seen = crop_glyph(grey).astype(float)
            unlike = {c: float(np.abs(crop - seen).mean()) for c, crop in crops.items()}
            assert min(unlike, key=lambda c: unlike[c]) == label


def test_joined_writing_gives_wrong_cuts_and_characters(plain_font: Path) -> None:
    hand = Hand(letter_gap=-0.1, apart=0.0, touching=1.0)
    labels = [label for _, label in cuts(written(["minimum summer hymn"], plain_font, hand))]
    wrong = sum(label == NOT_A_CHARACTER for label in labels)
    assert 0 < wrong < len(labels)


def test_the_same_chance_gives_the_same_cuts(plain_font: Path) -> None:
    sheet = written(["some words here"], plain_font)
    first, again, other = cuts(sheet, 3), cuts(sheet, 3), cuts(sheet, 4)
    assert [label for _, label in first] == [label for _, label in again]
    assert all(np.array_equal(a, b) for (a, _), (b, _) in zip(first, again, strict=True))
    assert not np.array_equal(first[0][0], other[0][0])


def test_cuts_are_dark_on_white(plain_font: Path) -> None:
    for grey, _ in cuts(written(["abc"], plain_font)):
        assert grey.dtype == np.uint8
        assert grey.min() < 130
        assert np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]]).min() > 130
