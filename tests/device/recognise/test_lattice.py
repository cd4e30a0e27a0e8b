from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inkwatch.reading import Box
from inkwatch.recognise.lattice import (
    Arc,
    WordLattice,
    build_lattices,
    one_of_few,
)
from inkwatch.vision.cut import cut_page
from inkwatch.vision.page import MARGIN_PX, GlyphCut, Page

Floats = npt.NDArray[np.float64]
Greys = Sequence[npt.NDArray[np.uint8]]


def page_of(text: str, overlap_px: int = 0, ink: int = 30, scale: float = 2.0) -> Page:
    picture = np.full((160, 900), 235, np.uint8)
    x = 40
    for letter in text:
        cv2.putText(picture, letter, (x, 110), 0, scale, ink, 5, cv2.LINE_AA)
        x += cv2.getTextSize(letter, 0, scale, 5)[0][0] - overlap_px
    return cut_page(picture)


def sure_of(probability: float) -> Callable[[Greys], Floats]:
    return lambda greys: np.tile([probability, 0.0, 0.0, 0.0], (len(greys), 1))


def doubting_wholes(greys: Greys) -> Floats:
    """A classifier that tells pictures apart by their widths and is sure of none."""
    return np.array([[0.2, grey.shape[1] / 1e4, 0.0, 0.0] for grey in greys]).reshape(-1, 4)


def test_what_is_surely_one_character_is_neither_cut_nor_joined() -> None:
    page = page_of("HEN", overlap_px=13)
    (line,) = build_lattices(page, sure_of(0.95))
    assert [len(word.arcs) for word in line.words] == [
        len(word.glyphs) for word in page.lines[0].words
    ]
    for lattice, word in zip(line.words, page.lines[0].words, strict=True):
        assert lattice.settled
        assert [arc.glyph for arc in lattice.arcs] == list(word.glyphs)
        assert all(arc.bits == 0.0 for arc in lattice.arcs)


def test_look_alikes_are_no_reason_to_cut() -> None:
    """O, o and 0 alike: none is likely, but it is one character."""

    def classify(greys: Greys) -> Floats:
        return np.tile([0.33, 0.33, 0.33, 0.0], (len(greys), 1))

    (line,) = build_lattices(page_of("OHO"), classify)
    assert all(word.settled for word in line.words)


def test_without_parts_every_glyph_stays_as_it_is() -> None:
    page = page_of("HENRY", overlap_px=8)
    (line,) = build_lattices(page, sure_of(0.1), most_parts=0)
    assert [arc.glyph for word in line.words for arc in word.arcs] == list(page.lines[0].glyphs)
    assert all(word.settled for word in line.words)


def test_few_parts_go_to_the_most_doubtful() -> None:
    page = page_of("H H H")
    wholes = [glyph.grey for glyph in page.lines[0].glyphs]

    def classify(greys: Greys) -> Floats:
        return np.array([[0.1 if grey is wholes[1] else 0.5, 0, 0, 0] for grey in greys])

    (line,) = build_lattices(page, classify, most_parts=1)
    arcs = [len(word.arcs) for word in line.words]
    assert (arcs[0], arcs[2]) == (1, 1)
    assert arcs[1] > 1


def test_an_empty_page_has_no_lattices() -> None:
    assert build_lattices(cut_page(np.full((50, 60), 230, np.uint8)), doubting_wholes) == []


@pytest.mark.parametrize("text", ["HENRY", "nu ox i", "a b c"])
def test_probabilities_stand_beside_their_arcs(text: str) -> None:
    for line in build_lattices(page_of(text, overlap_px=9), doubting_wholes):
        for word in line.words:
            widths = [arc.glyph.grey.shape[1] for arc in word.arcs]
            assert word.probabilities[:, 1] * 1e4 == pytest.approx(widths)


def test_each_picture_is_classified_once() -> None:
    seen: list[int] = []

    def classify(greys: Greys) -> Floats:
        seen.extend(id(grey) for grey in greys)
        return doubting_wholes(greys)

    lattices = build_lattices(page_of("nu ox i", overlap_px=9), classify)
    assert len(seen) == len(set(seen))
    assert len(seen) == sum(len(word.arcs) for line in lattices for word in line.words)


def test_letters_in_pieces_can_be_joined_and_far_ones_not() -> None:
    near = page_of("ll", overlap_px=6)
    (line,) = build_lattices(near, sure_of(0.2))
    (word,) = line.words
    joints = [arc for arc in word.arcs if arc.glyph.place == Box.around(places(near))]
    assert len(joints) == 1
    assert (joints[0].start, joints[0].stop) == (0, word.nodes - 1)
    assert joints[0].bits > 0
    (line,) = build_lattices(page_of("HH"), sure_of(0.2))
    whole = [arc for word in line.words for arc in word.arcs if arc.stop - arc.start > 9]
    assert not whole


def places(page: Page) -> list[Box]:
    return [glyph.place for glyph in page.lines[0].glyphs]


def test_a_chain_is_settled_and_nothing_else() -> None:
    (glyph,) = page_of("l").lines[0].glyphs

    def lattice(*arcs: tuple[int, int]) -> WordLattice:
        stops = max(stop for _, stop in arcs)
        each = tuple(Arc(start, stop, glyph) for start, stop in arcs)
        return WordLattice(stops + 1, each, np.ones((len(arcs), 1)))

    assert lattice((0, 1)).settled
    assert lattice((0, 1), (1, 2)).settled
    assert not lattice((0, 1), (1, 2), (0, 2)).settled
    # As many arcs as a chain has, but they are none: a part whose rest is too little ink.
    assert not lattice((0, 1), (0, 2)).settled


@settings(max_examples=50, deadline=None)
@example("EE", 9, 0)
@given(
    st.text("nuoHEmwiljt,. ", min_size=1, max_size=9).filter(lambda text: text.strip() != ""),
    st.integers(0, 16),
    st.integers(0, 1 << 32),
)
def test_every_way_through_covers_all_the_ink_once(text: str, overlap_px: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = page_of(text, overlap_px)

    def classify(greys: Greys) -> Floats:
        return rng.dirichlet(np.full(6, 0.3), len(greys))[:, :5]

    for line, cut in zip(build_lattices(page, classify), page.lines, strict=True):
        for word, glyphs in zip(line.words, cut.words, strict=True):
            assert [arc.stop for arc in word.arcs] == sorted(arc.stop for arc in word.arcs)
            for _ in range(4):
                way = random_way(word, rng)
                check_covers([arc.glyph for arc in way], glyphs.glyphs)


def random_way(word: WordLattice, rng: np.random.Generator) -> list[Arc]:
    """Arcs that lead from the left end to the right end."""
    leads_on = {word.nodes - 1}
    for arc in sorted(word.arcs, key=lambda arc: -arc.start):
        if arc.stop in leads_on:
            leads_on.add(arc.start)
    assert 0 in leads_on
    way: list[Arc] = []
    node = 0
    while node != word.nodes - 1:
        onward = [arc for arc in word.arcs if arc.start == node and arc.stop in leads_on]
        way.append(onward[int(rng.integers(len(onward)))])
        node = way[-1].stop
    return way


def check_covers(taken: Sequence[GlyphCut], glyphs: Sequence[GlyphCut]) -> None:
    """What dark ink `glyphs` show, `taken` show, and no more often."""
    around = Box.around([*(glyph.place for glyph in taken), *(glyph.place for glyph in glyphs)])

    def laid(cuts: Sequence[GlyphCut]) -> npt.NDArray[np.int32]:
        times = np.zeros((around.height + 2 * MARGIN_PX, around.width + 2 * MARGIN_PX), np.int32)
        for cut in cuts:
            y, x = cut.place.top - around.top, cut.place.left - around.left
            height, width = cut.grey.shape
            times[y : y + height, x : x + width] += cut.grey < 110
        return times

    shown, wanted = laid(taken), laid(glyphs)
    assert np.array_equal(shown > 0, wanted > 0)
    # Neighbours that nearly touch share what is between them; in a joint it stands once.
    assert (shown <= wanted).all()


@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 1 << 32))
def test_one_of_few_is_the_sum_of_the_three_likeliest(count: int, labels: int, seed: int) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.ones(labels), count)
    few = one_of_few(rows)
    assert few.shape == (count,)
    assert few == pytest.approx([sum(sorted(row)[-3:]) for row in rows.tolist()])
