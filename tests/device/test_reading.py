import math
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.reading import Box, Candidate, Glyph, Line, Reading, Word, WordCandidate
from inkwatch.unread import Reason, Unread


def glyph(character: str, left: int = 0, probability: float = 0.9, top: int = 0) -> Glyph:
    other = Candidate("?", (1 - probability) / 2)
    return Glyph(Box(left, top, 4, 6), (Candidate(character, probability), other))


def word(text: str, left: int = 0, probability: float = 0.9) -> Word:
    return Word(tuple(glyph(c, left + 5 * k, probability) for k, c in enumerate(text)))


@pytest.fixture
def reading() -> Reading:
    first = Line((word("two", 0, 0.5), word("words", 40, 0.75)))
    second = Line((word("one", 0, 1.0),))
    return Reading((first, second), 100, 50, "page.png", "chars", 0.1)


def test_a_boxs_sides() -> None:
    box = Box(3, 5, 10, 20)
    assert (box.right, box.bottom) == (13, 25)


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, 5)])
def test_a_box_needs_an_area(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="needs an area"):
        Box(0, 0, width, height)


boxes = st.builds(
    Box,
    st.integers(-99, 99),
    st.integers(-99, 99),
    st.integers(1, 99),
    st.integers(1, 99),
)


@given(st.lists(boxes, min_size=1, max_size=6))
def test_the_box_around_boxes_holds_them_and_no_more(several: list[Box]) -> None:
    around = Box.around(iter(several))
    assert around.left == min(box.left for box in several)
    assert around.top == min(box.top for box in several)
    assert around.right == max(box.right for box in several)
    assert around.bottom == max(box.bottom for box in several)


def test_a_glyph_is_its_likeliest_candidate() -> None:
    it = Glyph(Box(0, 0, 1, 1), (Candidate("o", 0.6), Candidate("0", 0.3)))
    assert (it.character, it.confidence) == ("o", 0.6)
    with pytest.raises(ValueError, match="at least one candidate"):
        Glyph(Box(0, 0, 1, 1), ())


def test_texts(reading: Reading) -> None:
    assert reading.text == "two words\none"
    assert [line.text for line in reading.lines] == ["two words", "one"]
    assert [it.text for it in reading.words] == ["two", "words", "one"]
    assert "".join(it.character for it in reading.glyphs) == "twowordsone"
    assert len(reading.lines[0].glyphs) == 8


def test_confidences(reading: Reading) -> None:
    """A word is right if all of it is; of a line or page the share that is right counts."""
    assert reading.words[0].confidence == pytest.approx(0.5**3)
    assert reading.lines[0].confidence == pytest.approx((3 * 0.5 + 5 * 0.75) / 8)
    assert reading.confidence == pytest.approx((3 * 0.5 + 5 * 0.75 + 3) / 11)


def test_boxes_grow_with_what_they_hold(reading: Reading) -> None:
    assert reading.words[1].box == Box(40, 0, 24, 6)
    assert reading.lines[0].box == Box(0, 0, 64, 6)


def test_a_page_without_lines() -> None:
    blank = Reading((), 10, 20)
    assert (blank.text, blank.words, blank.glyphs) == ("", (), ())
    assert blank.confidence == 0.0
    assert not math.isnan(blank.confidence)


def test_a_reading_cannot_be_changed(reading: Reading) -> None:
    with pytest.raises(FrozenInstanceError):
        reading.width = 5  # type: ignore[misc]


def two_ways(*pairs: tuple[str, float, str, float]) -> tuple[Glyph, ...]:
    return tuple(
        Glyph(Box(9 * k, 0, 8, 8), (Candidate(a, p), Candidate(b, q)))
        for k, (a, p, b, q) in enumerate(pairs)
    )


def test_a_words_alternatives_are_the_likeliest_other_spellings() -> None:
    it = Word(two_ways(("l", 0.6, "I", 0.4), ("o", 0.9, "0", 0.1), ("t", 0.999, "f", 0.001)))
    assert it.text == "lot"
    assert [other.text for other in it.alternatives] == ["Iot", "l0t", "I0t"]
    assert [other.probability for other in it.alternatives] == pytest.approx(
        [0.4 * 0.9 * 0.999, 0.6 * 0.1 * 0.999, 0.4 * 0.1 * 0.999]
    )


def test_alternatives_that_are_given_are_kept() -> None:
    known = (WordCandidate("lost", 0.2),)
    assert Word(two_ways(("l", 0.6, "I", 0.4)), known).alternatives == known


def test_a_sure_word_has_no_alternative() -> None:
    assert Word(two_ways(("a", 0.9999, "b", 0.0001))).alternatives == ()


@given(st.lists(st.tuples(st.floats(0.5, 1), st.floats(0, 0.5)), min_size=1, max_size=7))
def test_no_likelier_spelling_is_passed_over(pairs: list[tuple[float, float]]) -> None:
    glyphs = two_ways(*(("a", p, "b", min(q, 1 - p)) for p, q in pairs))
    spelt = {"": 1.0}
    for glyph in glyphs:
        spelt = {
            t + c.character: p * c.probability for t, p in spelt.items() for c in glyph.candidates
        }
    own = "a" * len(glyphs)
    others = sorted((p for text, p in spelt.items() if text != own and p >= 0.001), reverse=True)
    found = [other.probability for other in Word(glyphs).alternatives]
    assert found == pytest.approx(others[:3])


def test_places_left_out_are_the_boxes() -> None:
    it = Line((word("ab", 10, 0.9),))
    assert it.polygon == it.box.corners == it.words[0].polygon
    assert it.glyphs[0].polygon == it.glyphs[0].box.corners
    assert list(it.baseline) == [(10, 6), (19, 6)]
    stray = Unread(Reason.STRAY_MARK, Box(1, 2, 3, 4))
    assert stray.polygon == stray.box.corners
