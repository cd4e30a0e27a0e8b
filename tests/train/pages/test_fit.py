from pathlib import Path

import pytest

from inkwatch.errors import UsageError
from inkwatch_train.pages.fit import write_fitted
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.layout import Hand, SheetSize

SIZE = SheetSize(width=900, height=420, left=60, first_baseline=100, right_margin=50)


def test_long_parts_are_broken_and_each_begins_a_line(plain_font: Path) -> None:
    parts = ["one two three four five six seven eight nine ten", "eleven"]
    sheet = write_fitted(parts, lambda size: Pen(plain_font, size), Hand(), SIZE, 1)
    lines = sheet.truth.text.split("\n")
    assert len(lines) >= 3
    assert lines[-1] == "eleven"
    assert " ".join(lines) == " ".join(parts)


def test_more_text_is_written_smaller(plain_font: Path) -> None:
    sizes: list[float] = []

    def make(size: float) -> Pen:
        sizes.append(size)
        return Pen(plain_font, size)

    write_fitted(["word " * 40], make, Hand(), SIZE, 1)
    assert sizes[0] == Hand().x_height_px
    assert sizes[-1] < sizes[0]


def test_the_same_seed_gives_the_same_sheet(plain_font: Path) -> None:
    first, again, other = (
        write_fitted(["a short note"], lambda size: Pen(plain_font, size), Hand(), SIZE, seed)
        for seed in (1, 1, 2)
    )
    assert (first.coverage == again.coverage).all()
    assert first.truth == again.truth
    assert (first.coverage != other.coverage).any()


def test_a_book_does_not_fit(plain_font: Path) -> None:
    with pytest.raises(UsageError, match="does not fit"):
        write_fitted(["word " * 400], lambda size: Pen(plain_font, size), Hand(), SIZE, 1)
