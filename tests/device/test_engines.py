"""The choice between engines, with engines that only say what they were given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.character_reader import CharacterReader, ReadLine
from inkwatch.engine import Engine
from inkwatch.engines import APART as ENGINES_APART
from inkwatch.engines import SURE_ENOUGH, Engines
from inkwatch.language.geometry import LineMetrics
from inkwatch.language.resolve import ResolvedLine
from inkwatch.places import Box
from inkwatch.reading import Candidate
from inkwatch.stopwatch import Stopwatch
from inkwatch.trace import Tracer
from inkwatch.vision.baselines import Curve
from inkwatch.vision.joined import joined_share
from inkwatch.vision.page import GlyphCut, LineCut, Page, WordCut
from inkwatch.vision.straighten import Straightened

if TYPE_CHECKING:
    from inkwatch.line_reader import LineReader

Floats = npt.NDArray[np.float64]

JOINED, APART = 60, 12
"""Widths of glyphs in pixels, of 10 pixels' height."""


def line(number: int, *widths: int) -> LineCut:
    places = [Box(100 * k, 100 * number, width, 10) for k, width in enumerate(widths)]
    glyphs = tuple(
        GlyphCut(place, place, np.zeros((16, place.width + 6), np.uint8), -10.0, 0.0)
        for place in places
    )
    return LineCut((WordCut(glyphs),), Curve(0.0, 1.0, (0.0,)), 10.0, (0.0,) * (len(widths) - 1))


def page(*lines: LineCut) -> Page:
    sheet = Straightened(np.full((9, 9), 255, np.uint8), np.eye(3))
    return Page(lines, 1000, 1000, sheet)


def read_line(cut: LineCut, by: str, sure: float) -> ReadLine:
    count = len(cut.glyphs)
    resolved = ResolvedLine(
        glyphs=((Candidate(by, sure),),) * count,
        metrics=LineMetrics(0.0, 10.0, 1.0),
        sureness=(sure,),
        alternatives=((),),
    )
    return ReadLine(cut, resolved, np.ones((count, 1)), by)


@dataclass
class FakeEngine:
    """Reads any line as its letter, as sure as its table says; None in it for what it cannot."""

    letter: str
    sure: dict[int, float | None] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)
    wholes: list[Floats | None] = field(default_factory=list)
    trials: list[bool] = field(default_factory=list)

    def _read(self, cut: LineCut) -> ReadLine | None:
        number = cut.glyphs[0].place.top // 100
        self.asked.append(number)
        sure = self.sure.get(number, 0.5)
        return None if sure is None else read_line(cut, self.letter, sure)


class FakeLines(FakeEngine):
    def read(
        self, lines: Sequence[LineCut], page: Page, *, trial: bool = False
    ) -> list[ReadLine | None]:
        return [self._read(each) for each in lines]


@dataclass
class FakeCharacters(FakeEngine):
    joined: bool = False
    """Whether the page turns out joined once its characters are looked at."""

    def read(
        self,
        page: Page,
        watch: Stopwatch,
        tracer: Tracer | None = None,
        wholes: Floats | None = None,
        *,
        unless_joined: bool = False,
        trial: bool = False,
    ) -> list[ReadLine] | None:
        if self.joined and unless_joined:
            return None
        self.wholes.append(wholes)
        self.trials.append(trial)
        return [cast("ReadLine", self._read(each)) for each in page.lines]


def read(
    whole: Page,
    lines: FakeLines | None,
    characters: FakeCharacters,
    engine: Engine = "auto",
    **how: Any,
) -> str:
    """The letter of the engine that read each line."""
    engines = Engines(cast("CharacterReader", characters), cast("LineReader | None", lines), engine)
    found = engines.read(whole, Stopwatch(), **how)
    return "".join(each.resolved.glyphs[0][0].character for each in found.lines)


@pytest.fixture
def whole() -> FakeLines:
    return FakeLines("w")


@pytest.fixture
def apart() -> FakeCharacters:
    return FakeCharacters("c")


def test_a_joined_page_is_read_whole(whole: FakeLines, apart: FakeCharacters) -> None:
    whole.sure = {0: 0.9, 1: 0.8}
    assert read(page(line(0, JOINED, JOINED), line(1, JOINED)), whole, apart) == "ww"
    assert apart.asked == []


def test_separate_letters_are_read_one_by_one(whole: FakeLines, apart: FakeCharacters) -> None:
    whole.sure = {0: 1.0, 1: 1.0}
    assert read(page(line(0, *[APART] * 5), line(1, *[APART] * 7)), whole, apart) == "cc"
    assert whole.asked == []


def test_all_lines_of_a_joined_page_are_tried_whole(
    whole: FakeLines, apart: FakeCharacters
) -> None:
    whole.sure = {0: 0.9, 1: 0.9}
    assert read(page(line(0, JOINED, JOINED), line(1, APART)), whole, apart) == "ww"


def test_a_joined_line_among_separate_letters_is_read_whole(
    whole: FakeLines, apart: FakeCharacters
) -> None:
    lines = [line(k, *[APART] * 10) for k in range(9)]
    lines[4] = line(4, JOINED, *[APART] * 10)
    whole.sure = {4: 0.9}
    assert read(page(*lines), whole, apart) == "ccccwcccc"
    assert whole.asked == [4]
    assert apart.asked == [0, 1, 2, 3, 5, 6, 7, 8]


def test_where_reading_it_whole_is_not_sure_the_surer_engine_holds(
    whole: FakeLines, apart: FakeCharacters
) -> None:
    whole.sure = {0: 0.25, 1: 0.1, 2: 0.9, 3: 0.9}
    apart.sure = {0: 0.2, 1: 0.5}
    lines = [line(k, APART, APART) for k in range(3)]
    assert read(page(*lines, line(3, JOINED)), whole, apart) == "wcww"
    assert apart.asked == [0, 1]


def test_joined_lines_are_not_read_by_characters_however_unsure(
    whole: FakeLines, apart: FakeCharacters
) -> None:
    whole.sure = {0: 0.01, 1: 0.2}
    assert read(page(line(0, JOINED), line(1, JOINED, APART)), whole, apart) == "ww"
    assert apart.asked == []


def test_a_page_that_turns_out_joined_is_read_by_both(
    whole: FakeLines, apart: FakeCharacters
) -> None:
    lines = [line(k, *[APART] * 10) for k in range(9)]
    lines[4] = line(4, JOINED, *[APART] * 10)
    whole.sure = {0: None, 1: 0.4, 2: 0.6}
    apart.joined, apart.sure = True, dict.fromkeys(range(3, 9), 0.3)
    assert read(page(*lines), whole, apart) == "ccwwwwwww"
    assert whole.asked == [4, 0, 1, 2, 3, 5, 6, 7, 8]
    assert apart.asked == list(range(9))


def test_unsure_lines_that_turn_out_joined_stay_as_they_were_read(
    whole: FakeLines, apart: FakeCharacters
) -> None:
    whole.sure = {0: 0.2, 1: 0.9, 2: None}
    apart.joined = True
    lines = [line(0, APART, APART), line(1, JOINED, JOINED), line(2, APART)]
    assert read(page(*lines), whole, apart) == "wwc"
    assert whole.asked == [0, 1, 2]


def test_what_turns_out_joined_is_read_by_characters_without_a_model_for_lines(
    apart: FakeCharacters,
) -> None:
    apart.joined = True
    assert read(page(line(0, APART), line(1, APART)), None, apart) == "cc"


def test_a_trial_switches_no_engine(whole: FakeLines, apart: FakeCharacters) -> None:
    apart.joined = True
    assert read(page(line(0, APART), line(1, APART)), whole, apart, trial=True) == "cc"


def test_what_is_known_to_be_joined_is_read_whole(whole: FakeLines, apart: FakeCharacters) -> None:
    lines = page(line(0, APART), line(1, APART))
    whole.sure = {1: None}
    assert read(lines, whole, apart, trial=True, joined=True) == "wc"
    assert read(lines, None, apart, trial=True, joined=True) == "cc"


@pytest.mark.parametrize("engine", ["auto", "characters", "lines"])
@pytest.mark.parametrize("width", [JOINED, APART])
@pytest.mark.parametrize("turns_out", [True, False])
def test_it_is_told_whether_a_page_was_read_whole(
    engine: Engine, width: int, *, turns_out: bool
) -> None:
    apart = FakeCharacters("c", joined=turns_out)
    engines = Engines(cast("CharacterReader", apart), cast("LineReader", FakeLines("w")), engine)
    found = engines.read(page(line(0, width), line(1, width)), Stopwatch())
    assert found.whole == (found.lines[0].resolved.glyphs[0][0].character == "w")


@pytest.mark.parametrize("width", [JOINED, APART])
def test_one_engine_for_all(whole: FakeLines, apart: FakeCharacters, width: int) -> None:
    there = page(line(0, width), line(1, width))
    assert read(there, whole, apart, "lines") == "ww"
    assert apart.asked == []
    whole.asked.clear()
    assert read(there, whole, apart, "characters") == "cc"
    assert whole.asked == []


def test_whole_lines_alone_leave_out_what_they_cannot_read(
    whole: FakeLines, apart: FakeCharacters
) -> None:
    whole.sure = {1: None, 2: 0.1}
    found = read(page(*(line(k, APART) for k in range(3))), whole, apart, "lines")
    assert found == "ww"
    assert apart.asked == []


def test_without_a_model_for_lines_all_is_read_by_characters(apart: FakeCharacters) -> None:
    assert read(page(line(0, JOINED), line(1, APART)), None, apart) == "cc"


def test_an_empty_page_asks_nobody(whole: FakeLines, apart: FakeCharacters) -> None:
    assert read(page(), whole, apart) == ""
    assert (whole.asked, apart.asked) == ([], [])


def test_what_glyphs_look_like_goes_to_their_own_lines(
    whole: FakeLines, apart: FakeCharacters
) -> None:
    whole.sure = {0: 0.1, 1: 0.95, 2: 0.1}
    apart.sure = {0: 0.6, 2: 0.6}
    lines = (line(0, APART, APART), line(1, JOINED, JOINED, APART), line(2, *[APART] * 4))
    looks = np.arange(9.0)[:, None] * [1.0, 2.0]
    told = read(page(*lines), whole, apart, wholes=looks)
    assert told == "cwc"
    (given_to,) = apart.wholes
    assert given_to is not None
    assert given_to[:, 0].tolist() == [0, 1, 5, 6, 7, 8]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([JOINED, APART]),
            st.one_of(st.none(), st.floats(0.0, 1.0)),
            st.floats(0.0, 1.0),
        ),
        max_size=8,
    )
)
def test_no_line_is_lost_or_moved_and_none_is_read_less_surely(
    lines: list[tuple[int, float | None, float]],
) -> None:
    whole = FakeLines("w", {k: sure for k, (_, sure, _) in enumerate(lines)})
    apart = FakeCharacters("c", {k: sure for k, (_, _, sure) in enumerate(lines)})
    engines = Engines(cast("CharacterReader", apart), cast("LineReader", whole))
    cuts = [line(k, width) for k, (width, _, _) in enumerate(lines)]
    found = engines.read(page(*cuts), Stopwatch()).lines
    assert [each.cut for each in found] == cuts
    for number, each in enumerate(found):
        tried = [engine.sure[number] for engine in (whole, apart) if number in engine.asked]
        assert each.sureness == pytest.approx(max(sure for sure in tried if sure is not None))
        if number not in apart.asked:
            assert each.sureness >= SURE_ENOUGH or joined_share(each.cut) >= ENGINES_APART


def test_words_count_by_their_length() -> None:
    glyphs = line(0, *[APART] * 4).glyphs
    cut = LineCut(
        (WordCut(glyphs[:3]), WordCut(glyphs[3:])), Curve(0.0, 1.0, (0.0,)), 10.0, (0.0,) * 3
    )
    whole = read_line(line(0, *[APART] * 4), "x", 0.0)
    resolved = ResolvedLine(whole.resolved.glyphs, whole.resolved.metrics, (0.9, 0.1), ((), ()))
    assert ReadLine(cut, resolved, whole.probabilities, "lines").sureness == pytest.approx(0.7)
