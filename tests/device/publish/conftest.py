"""Readings to publish: one by hand, and any at all."""

import pytest
from hypothesis import strategies as st

from inkwatch.reading import Box, Candidate, Glyph, Line, Reading, Word
from inkwatch.unread import Reason, Unread


@pytest.fixture
def reading() -> Reading:
    """Two lines, `Hi me` and `x`, on a page of 200 x 120 pixels."""

    def glyph(character: str, probability: float, left: int, top: int) -> Glyph:
        rest = Candidate("?", 1 - probability)
        return Glyph(Box(left, top, 16, 24), (Candidate(character, probability), rest))

    hi = Word((glyph("H", 0.99, 20, 30), glyph("i", 0.5, 40, 30)))
    me = Word((glyph("m", 0.98, 80, 30), glyph("e", 0.7, 100, 31)))
    last = Word((glyph("x", 1.0, 20, 80),))
    lines = (Line((hi, me)), Line((last,)))
    return Reading(lines, width=200, height=120, source="notes/page.jpg", model="chars")


@pytest.fixture(scope="session")
def readings() -> st.SearchStrategy[Reading]:
    """Readings of any text from any source, with boxes anywhere."""
    probability = st.floats(0, 1)
    box = st.builds(
        Box, st.integers(-5, 500), st.integers(-5, 500), st.integers(1, 90), st.integers(1, 90)
    )
    candidate = st.builds(Candidate, st.text(min_size=1, max_size=2), probability)
    glyph = st.builds(Glyph, box, st.lists(candidate, min_size=1, max_size=3).map(tuple))
    point = st.tuples(st.floats(-9, 600), st.floats(-9, 600))
    polygon = st.just(()) | st.tuples(point, point, point, point)
    word = st.builds(Word, st.lists(glyph, min_size=1, max_size=3).map(tuple), polygon=polygon)
    line = st.builds(
        Line,
        st.lists(word, min_size=1, max_size=3).map(tuple),
        polygon,
        st.just(()) | st.lists(point, min_size=2, max_size=4).map(tuple),
        st.floats(0, 90),
    )
    unread = st.builds(Unread, st.sampled_from(Reason), box, polygon, st.text(max_size=3))
    # A file's name may hold bytes that are no UTF-8; Python keeps them as lone surrogates.
    source = st.text() | st.just("caf\udce9\t\n\\.png")
    return st.builds(
        Reading,
        st.lists(line, max_size=3).map(tuple),
        width=st.integers(1, 600),
        height=st.integers(1, 600),
        source=source,
        model=st.text(),
        elapsed_s=st.floats(0, 9),
        unread=st.lists(unread, max_size=2).map(tuple),
        timings=st.dictionaries(st.text(), st.floats(0, 9), max_size=2),
    )
