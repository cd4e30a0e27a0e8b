"""Lines on pages that are laid out in all ways that people write."""

from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch.vision.cut import cut_page
from inkwatch.vision.page import Grey, Page

WORDS = ("over the lamps", "next to bread", "sunflower seeds", "a can or a cup", "name our house")


def counts(page: Page) -> list[int]:
    return [len(line.glyphs) for line in page.lines]


def letters(texts: tuple[str, ...]) -> list[int]:
    return [len(text.replace(" ", "")) for text in texts]


def moved(page: Grey, down: Any) -> Grey:
    """Move each pixel down by `down(x, y)` pixels."""
    y, x = np.mgrid[0 : page.shape[0], 0 : page.shape[1]].astype(np.float32)
    bent = cv2.remap(page, x, (y - down(x, y)).astype(np.float32), 1, borderValue=235.0)
    return np.asarray(bent, np.uint8)


def beside(left: Grey, right: Grey, *, right_down: int, apart: int) -> Grey:
    height = max(left.shape[0], right.shape[0] + right_down)
    page = np.full((height, left.shape[1] + apart + right.shape[1]), 235, np.uint8)
    page[: left.shape[0], : left.shape[1]] = left
    page[right_down : right_down + right.shape[0], left.shape[1] + apart :] = right
    return page


@pytest.fixture(scope="session")
def page(write: Any) -> Grey:
    drawn: Grey = write(*WORDS, scale=1.4, pen_px=3, gap_px=90)
    return np.asarray(cv2.copyMakeBorder(drawn, 90, 90, 60, 60, 0, None, 235), np.uint8)


@pytest.mark.parametrize("bow", [-50, 50])
def test_the_page_of_a_book(page: Grey, bow: int) -> None:
    """Lines that bow by two x-heights: the letters' feet stand level all the same."""
    middle = page.shape[1] / 2
    cut = cut_page(moved(page, lambda x, _: bow * ((x - middle) / middle) ** 2))
    assert counts(cut) == letters(WORDS)
    for line in cut.lines:
        assert line.x_height_px == pytest.approx(25, abs=4)
        assert np.median(np.abs([glyph.bottom for glyph in line.glyphs])) < 3


def test_each_line_in_its_own_slope(page: Grey) -> None:
    middle = page.shape[0] / 2
    cut = cut_page(moved(page, lambda x, y: 0.12 * (x - 300) * (y - middle) / middle))
    assert counts(cut) == letters(WORDS)
    steps = [float(line.baseline.slope(300)) for line in cut.lines]
    assert steps == sorted(steps)
    assert steps[-1] - steps[0] > 0.1


def test_columns_are_read_one_after_the_other(write: Any) -> None:
    left, right = write(*WORDS, gap_px=70), write(*WORDS[::-1], gap_px=78)
    cut = cut_page(beside(left, right, right_down=30, apart=30))
    assert counts(cut) == letters(WORDS) + letters(WORDS[::-1])


def test_a_table_is_read_row_by_row(write: Any) -> None:
    names, numbers = write(*WORDS, gap_px=70), write("12", "7", "305", "41", "8", gap_px=70)
    cut = cut_page(beside(names, numbers, right_down=0, apart=150))
    expected = [a + b for a, b in zip(letters(WORDS), [2, 1, 3, 2, 1], strict=True)]
    assert counts(cut) == expected


def test_a_heading_twice_as_tall_is_one_line(write: Any) -> None:
    heading, text = write("SHOPS", scale=2.8, pen_px=4), write(*WORDS, scale=1.4, gap_px=80)
    width = max(heading.shape[1], text.shape[1])
    rows = [
        cv2.copyMakeBorder(part, 0, 0, 0, width - part.shape[1], 0, None, 235)
        for part in (heading, text)
    ]
    assert counts(cut_page(np.asarray(np.vstack(rows), np.uint8))) == [5, *letters(WORDS)]


def test_a_tail_that_touches_the_line_below_is_parted_from_it(write: Any) -> None:
    drawn = write("as many", "a bold lad", scale=1.4, pen_px=3, gap_px=70)
    before = cut_page(drawn)
    tail, below = before.lines[0].glyphs[-1].box, before.lines[1].glyphs[5].box
    cv2.line(
        drawn,
        (tail.left + 6, tail.bottom - 4),
        (below.left + 2, below.top + 4),
        color=40,
        thickness=3,
    )
    cut = cut_page(drawn)
    assert counts(cut) == counts(before) == [6, 8]
    assert cut.lines[0].glyphs[-1].box.bottom < before.lines[1].glyphs[5].box.bottom - 20


def test_letters_spread_over_the_page_stand_in_rows() -> None:
    page = np.full((900, 1400), 235, np.uint8)
    for row in range(3):
        for column, letter in enumerate("AxG7p"):
            at = (80 + 270 * column, 160 + 280 * row + 3 * (column % 2))
            cv2.putText(page, letter, at, 0, 1.6, 40, 3, cv2.LINE_AA)
    assert counts(cut_page(page)) == [5, 5, 5]
