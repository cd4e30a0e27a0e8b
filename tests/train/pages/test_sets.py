from pathlib import Path

import numpy as np
import pytest
from tests.train.pages.conftest import DrawnSource

from inkwatch_train.fonts.fetch import FontFace
from inkwatch_train.pages.hands import real_hands
from inkwatch_train.pages.sets import PAPERS, SetPage, Writers, set_pages

ALL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@pytest.fixture(scope="module")
def writers(plain_font: Path) -> Writers:
    face = FontFace("plain", plain_font, "print", "1.0.0", held_out=True)
    return Writers([face], [real_hands([DrawnSource(alphabet=ALL)], ["val"], ALL)])


@pytest.fixture(scope="module")
def pages(writers: Writers) -> list[SetPage]:
    pytest.importorskip("wordfreq", reason="needs: pip install 'inkwatch[train]'")
    return list(set_pages("letters", writers, 8))


def test_both_ways_of_writing_meet_every_paper(pages: list[SetPage]) -> None:
    assert {(page.writing, page.paper) for page in pages} == {
        (writing, paper) for writing in ("real", "font") for paper in PAPERS
    }
    assert {page.hand for page in pages} == {"drawn", "plain"}


def test_boxes_hold_the_ink_and_the_rest_is_paper(pages: list[SetPage]) -> None:
    for page in pages:
        rest = page.scan.copy()
        for each in page.truth.characters:
            box = each.box
            rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
            assert page.scan[rows, columns].min() < 100, (page.name, each)
            rest[rows, columns] = 255
        # What is printed on paper is lighter than any ink.
        assert rest.min() > 120, page.name


def test_a_page_follows_from_its_name_and_not_from_those_before_it(
    writers: Writers, pages: list[SetPage]
) -> None:
    again = list(set_pages("letters", writers, 3))
    for first, second in zip(pages[:3], again, strict=True):
        assert first.truth == second.truth
        assert np.array_equal(first.scan, second.scan)


def test_printed_paper_shows_on_the_scan(pages: list[SetPage]) -> None:
    foot = {page.paper: page.scan[-60:].min() for page in pages if page.writing == "font"}
    assert foot["plain"] > 240
    assert all(foot[paper] < 240 for paper in PAPERS if paper != "plain")


def test_codes_carry_their_pattern(writers: Writers) -> None:
    for page in set_pages("codes", writers, 2):
        assert page.pattern


def test_without_real_hands_all_pages_are_in_fonts(writers: Writers) -> None:
    (page,) = set_pages("codes", Writers(writers.fonts), 1)
    assert page.writing == "font"
