from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")

from inkwatch.recognise.line_image import LINE_HEIGHT
from inkwatch_train.lines.alphabet import BLANK, LINE_ALPHABET
from inkwatch_train.lines.batches import (
    TOGETHER,
    WIDTHS,
    Batch,
    Drawer,
    as_batch,
    moved,
    padded_width,
)
from inkwatch_train.lines.source import LabelledLine

pytestmark = pytest.mark.train


@dataclass
class Bars:
    """Blank lines of any width, with one letter."""

    letter: str = "a"
    widest: int = 1500
    name: str = "bars"
    licence: str = ""
    images: int = 1

    def draw(self, rng: np.random.Generator) -> LabelledLine:
        width = int(np.exp(rng.uniform(2.0, np.log(self.widest))))
        return LabelledLine(np.full((LINE_HEIGHT, width), 200, np.uint8), self.letter)


def blank(width: int, text: str = "x") -> LabelledLine:
    return LabelledLine(np.full((LINE_HEIGHT, width), 255, np.uint8), text)


def letters(batch: Batch) -> list[str]:
    return [LINE_ALPHABET[k] for k in batch.targets[:, 0]]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(800, 20000))
def test_batches_of_one_width_have_one_count(seed: int, columns: int) -> None:
    drawer = Drawer([Bars()], [1.0], columns, seed)
    counts = defaultdict(set)
    for group in range(3):
        batches = drawer.draw(0, group)
        assert len(batches) == TOGETHER
        for batch in batches:
            count, height, width = batch.pictures.shape
            assert height == LINE_HEIGHT
            assert width in WIDTHS
            assert count * width <= max(columns, width)
            assert batch.targets.shape == (count, 1)
            counts[width].add(count)
    assert all(len(each) == 1 for each in counts.values())
    assert counts


def test_what_is_drawn_depends_on_seed_epoch_and_place() -> None:
    def drawn(seed: int, epoch: int, group: int) -> list[bytes]:
        drawer = Drawer([Bars()], [1.0], 2000, seed)
        drawer.draw(7, 7)  # what was drawn before plays no part
        return [batch.pictures.tobytes() for batch in drawer.draw(epoch, group)]

    one = drawn(1, 0, 0)
    assert drawn(1, 0, 0) == one
    assert all(drawn(*other) != one for other in ((2, 0, 0), (1, 1, 0), (1, 0, 1)))


def test_sources_have_their_shares() -> None:
    drawer = Drawer([Bars("a"), Bars("b"), Bars("c")], [1.0, 0.5, 2.5], 60000, 1)
    told = [letter for batch in drawer.draw(0, 0) for letter in letters(batch)]
    for letter, share in (("a", 0.25), ("b", 0.125), ("c", 0.625)):
        assert told.count(letter) / len(told) == pytest.approx(share, abs=0.06)


def test_lines_that_are_too_wide_are_left_out() -> None:
    drawer = Drawer([Bars(widest=5000)], [1.0], 3000, 1)
    assert max(batch.pictures.shape[2] for batch in drawer.draw(0, 0)) <= WIDTHS[-1]


def test_narrower_lines_have_paper_to_their_right() -> None:
    batch = as_batch([blank(100, "ab"), blank(150, "c")])
    assert batch.pictures.shape == (2, LINE_HEIGHT, 192)
    assert (batch.pictures[0, :, :100] == 255).all()
    assert not batch.pictures[0, :, 100:].any()
    a, b, c = (LINE_ALPHABET.index(letter) for letter in "abc")
    assert batch.targets.tolist() == [[a, b], [c, BLANK]]
    given_to = batch.as_input()
    assert given_to.shape == (2, LINE_HEIGHT, 192, 1)
    assert given_to.dtype == np.float32
    assert (given_to.min(), given_to.max()) == (0.0, 1.0)


@given(st.integers(1, 6000))
def test_a_width_for_every_line(width: int) -> None:
    wide = padded_width(blank(width))
    assert wide >= width
    assert wide % 4 == 0
    if width <= WIDTHS[-1]:
        assert wide == min(each for each in WIDTHS if each >= width)
    else:
        assert wide - width < WIDTHS[0]


def test_a_batch_once_more_is_moved_by_a_row_and_some_columns() -> None:
    pixels = np.zeros((LINE_HEIGHT, 128), np.uint8)
    pixels[20, 50] = 255
    batch = as_batch([LabelledLine(pixels, "x")])
    places = set()
    for again in range(5):
        picture = moved(batch, again).pictures[0]
        (row,), (column,) = np.nonzero(picture)
        places.add((int(row), int(column)))
        assert picture[row, column] == 255
        assert abs(int(row) - 20) <= 1
        assert 0 <= column - 50 < 4
    assert (20, 50) in places
    assert len(places) == 5
    assert np.array_equal(moved(batch, 1).targets, batch.targets)
