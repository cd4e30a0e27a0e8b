import string
from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inkwatch.language.geometry import HeightFits
from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.settle import SettledLine, settle_page
from inkwatch.language.word_path import Vocabulary
from inkwatch.recognise.lattice import build_lattices
from inkwatch.vision.cut import cut_page
from inkwatch.vision.page import GlyphCut, Page

Floats = npt.NDArray[np.float64]
Greys = Sequence[npt.NDArray[np.uint8]]
Classify = Callable[[Greys], Floats]

LABELS = "".join(sorted(string.digits + string.ascii_letters + ".,-"))


@pytest.fixture(scope="module")
def english() -> Vocabulary:
    return Vocabulary(load_lexicon(find_lexicon("en")))


def page_of(text: str, overlap_px: int = 0) -> Page:
    picture = np.full((160, 900), 235, np.uint8)
    x = 40
    for letter in text:
        cv2.putText(picture, letter, (x, 110), 0, 2.0, 30, 5, cv2.LINE_AA)
        x += cv2.getTextSize(letter, 0, 2.0, 5)[0][0] - overlap_px
    return cut_page(picture)


def by_width(narrow: float, wide: float, limit_px: int = 60, character: str = "H") -> Classify:
    """Takes all for one character, as sure as told of narrow and wide ones; of slivers never."""

    def classify(greys: Greys) -> Floats:
        rows = np.full((len(greys), len(LABELS)), 1e-6)
        for row, grey in zip(rows, greys, strict=True):
            width = grey.shape[1]
            row[LABELS.index(character)] = (
                0.01 if width < 30 else narrow if width < limit_px else wide
            )
        return rows

    return classify


def settled(page: Page, classify: Classify, words: Vocabulary | None = None) -> list[SettledLine]:
    return settle_page(build_lattices(page, classify), LABELS, words)


def glyphs_of(lines: Sequence[SettledLine]) -> list[GlyphCut]:
    return [glyph for line in lines for glyph in line.cut.glyphs]


@pytest.mark.parametrize("known", [True, False])
def test_letters_in_one_are_parted(english: Vocabulary, *, known: bool) -> None:
    page = page_of("HEN", overlap_px=13)
    assert len(page.lines[0].glyphs) < 3
    glyphs = glyphs_of(settled(page, by_width(0.98, 0.05), english if known else None))
    assert len(glyphs) == 3
    lefts = [glyph.place.left for glyph in glyphs]
    assert lefts == sorted(lefts)


def test_what_is_surely_one_character_stays_whole() -> None:
    page = page_of("HEN", overlap_px=13)
    (line,) = settled(page, by_width(0.98, 0.97))
    assert glyphs_of([line]) == list(page.lines[0].glyphs)


def test_a_doubtful_whole_stays_where_its_parts_are_no_better() -> None:
    page = page_of("HEN", overlap_px=13)
    (line,) = settled(page, by_width(0.3, 0.6))
    assert glyphs_of([line]) == list(page.lines[0].glyphs)


def test_look_alikes_are_no_reason_to_cut() -> None:
    """O, o and 0 alike: none is likely, but it is one character."""

    def classify(greys: Greys) -> Floats:
        rows = np.full((len(greys), len(LABELS)), 1e-6)
        rows[:, [LABELS.index(c) for c in "Oo0"]] = 0.33
        return rows

    page = page_of("OHO")
    assert glyphs_of(settled(page, classify)) == list(page.lines[0].glyphs)


def test_a_part_whose_rest_is_too_little_ink_does_not_stand_beside_the_whole() -> None:
    page = page_of("H")
    (line,) = build_lattices(page, by_width(0.3, 0.3))
    (word,) = line.words
    # The whole, and a part from its left end, as a split gives them whose rest was dropped.
    whole = next(k for k, arc in enumerate(word.arcs) if arc.stop - arc.start == word.nodes - 1)
    part = next(k for k, arc in enumerate(word.arcs) if arc.start == 0 and k != whole)
    arcs = (
        replace(word.arcs[part], start=0, stop=1),
        replace(word.arcs[whole], start=0, stop=2),
    )
    lattice = replace(
        line,
        words=(replace(word, nodes=3, arcs=arcs, probabilities=word.probabilities[[part, whole]]),),
    )
    (read,) = settle_page([lattice], LABELS, None)
    assert glyphs_of([read]) == [word.arcs[whole].glyph]


def test_an_empty_page_stays_empty(english: Vocabulary) -> None:
    assert settle_page([], LABELS, english) == []
    assert settled(cut_page(np.full((50, 60), 230, np.uint8)), by_width(1.0, 1.0)) == []


@pytest.mark.parametrize("text", ["HENRY", "a b c", "nu ox i"])
def test_guesses_stand_in_reading_order(text: str) -> None:
    def classify(greys: Greys) -> Floats:
        rows = np.full((len(greys), len(LABELS)), 1e-6)
        rows[:, 0] = 0.4
        rows[:, 1] = [grey.shape[1] / 1e3 for grey in greys]
        return rows

    for line in settled(page_of(text, overlap_px=6), classify):
        glyphs, told = line.cut.glyphs, line.guesses
        assert told.word_lengths == tuple(len(word.glyphs) for word in line.cut.words)
        assert told.heights.top.tolist() == [glyph.top for glyph in glyphs]
        assert told.heights.bottom.tolist() == [glyph.bottom for glyph in glyphs]
        # A word's share lessens all its columns alike.
        widths = 0.4e3 * told.probabilities[:, 1] / told.probabilities[:, 0]
        assert widths == pytest.approx([glyph.grey.shape[1] for glyph in glyphs])


@given(st.text("nuoHEmwil, ", min_size=1, max_size=9), st.integers(0, 14), st.integers(0, 1 << 32))
@example("H,wEn", 0, 0)
@settings(max_examples=30, deadline=None)
def test_any_page_is_settled_with_probabilities(text: str, overlap_px: int, seed: int) -> None:
    rng = np.random.default_rng(seed)

    def classify(greys: Greys) -> Floats:
        rows = rng.dirichlet(np.full(len(LABELS) + 1, 0.1), len(greys))[:, :-1]
        return np.maximum(rows, 1e-12)

    page = page_of(text, overlap_px)
    lines = settled(page, classify, Vocabulary(load_lexicon(find_lexicon("en"))))
    assert len(lines) == len(page.lines)
    for line, cut in zip(lines, page.lines, strict=True):
        # Doubtful gaps are settled as well: there may be more words than were cut, or fewer.
        lengths = tuple(len(word.glyphs) for word in line.cut.words)
        assert lengths == line.guesses.word_lengths
        assert all(lengths)
        assert (line.guesses.probabilities >= 0).all()
        assert (line.guesses.probabilities.sum(axis=1) <= 1 + 1e-9).all()
        left = min(glyph.place.left for glyph in cut.glyphs)
        right = max(glyph.place.right for glyph in cut.glyphs)
        assert min(glyph.place.left for glyph in line.cut.glyphs) <= left + 2
        assert max(glyph.place.right for glyph in line.cut.glyphs) >= right - 2


@pytest.mark.parametrize(("wide", "kept"), [(0.97, True), (0.6, False)])
def test_heights_are_fitted_again_where_other_cuts_hold(wide: float, *, kept: bool) -> None:
    """By shape alone the wide glyph stands whole; among small letters two are likelier."""
    page = page_of("HEN", overlap_px=13)
    (line,) = settled(page, by_width(0.98, wide, character="l"))
    assert (len(glyphs_of([line])) == len(page.lines[0].glyphs)) == kept
    own = line.guesses
    assert (own.fits is not None) == kept
    again = HeightFits(own.probabilities, LABELS, own.heights)
    assert own.height_fits(LABELS).best() == again.best()
