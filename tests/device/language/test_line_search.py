import itertools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.line_search import FoundText, Search, search_line
from inkwatch.language.line_state import Expected
from inkwatch.language.own_words import OwnWords
from inkwatch.language.pattern import compile_choices, compile_pattern
from inkwatch.language.word_path import Vocabulary

Floats = npt.NDArray[np.float64]

EVERYTHING = Search(doubt=1.0, weight=0.0, bonus_bits=0.0, beam=4000, window_bits=1e6, least=0.0)
LABELS = (" ", "a", "b")
LETTERS = tuple(" abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,-")


def tables(labels: int, most_steps: int) -> st.SearchStrategy[Floats]:
    """Rows that sum to 1, the last column for the blank."""
    shapes = st.tuples(st.integers(1, most_steps), st.just(labels + 1))
    weights = hnp.arrays(np.float64, shapes, elements=st.floats(0.01, 1.0))
    return weights.map(lambda each: each / each.sum(axis=1, keepdims=True))


def text_of(found: FoundText, labels: Sequence[str] = LABELS) -> str:
    return "".join(labels[column] for column in found.columns)


def said(rows: Floats, expected: Expected, search: Search | None = None) -> list[str]:
    found = search_line(rows, expected) if search is None else search_line(rows, expected, search)
    return [text_of(each, expected.labels) for each in found]


def written(text: str, labels: Sequence[str] = LETTERS, sure: float = 0.9) -> Floats:
    """Steps that tell a text: each character at one step, a blank behind it."""
    rows = np.full((2 * len(text), len(labels) + 1), (1 - sure) / len(labels))
    for place, character in enumerate(text):
        rows[2 * place, labels.index(character)] = sure
        rows[2 * place + 1, -1] = sure
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def doubt(rows: Floats, place: int, **shares: float) -> None:
    """Divide what a character's step says among some characters."""
    row = rows[2 * place]
    row[:] = 1e-4
    for character, share in shares.items():
        row[LETTERS.index(character)] = share
    row /= row.sum()


def collapsed(path: Sequence[int], blank: int) -> tuple[int, ...]:
    kept = [a for a, _ in itertools.groupby(path)]
    return tuple(column for column in kept if column != blank)


def all_paths(rows: Floats) -> dict[tuple[int, ...], float]:
    """Every text that words can make, with the sum over all of its ways through the steps."""
    blank = rows.shape[1] - 1
    sums: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(blank + 1), repeat=len(rows)):
        columns = collapsed(path, blank)
        text = "".join(LABELS[column] for column in columns)
        if text.startswith(" ") or "  " in text:
            continue
        if text.endswith(" "):
            columns = columns[:-1]
        chance = math.prod(rows[step, column] for step, column in enumerate(path))
        sums[columns] = sums.get(columns, 0.0) + chance
    return sums


@settings(max_examples=60, deadline=None)
@given(tables(3, 5))
def test_texts_have_the_sum_over_all_their_ways(rows: Floats) -> None:
    sums = all_paths(rows)
    found = search_line(rows, Expected(LABELS), EVERYTHING, count=10_000)
    likeliest = max(chance for columns, chance in sums.items() if columns)
    assume(sums[()] != pytest.approx(likeliest, rel=1e-9))
    if sums[()] > likeliest:
        assert found == []
        return
    total = sum(sums.values())
    told = {each.columns: each.share for each in found}
    assert set(told) == set(sums) - {()}
    for columns, share in told.items():
        assert share == pytest.approx(sums[columns] / total, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(tables(3, 12), st.integers(1, 8), st.floats(0.5, 2.0))
def test_spaces_never_double_nor_stand_at_an_end(rows: Floats, count: int, doubt: float) -> None:
    found = search_line(rows, Expected(LABELS), Search(doubt=doubt), count)
    assert len(found) <= count
    shares = [each.share for each in found]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.0 + 1e-9
    assert all(share > 0.0 for share in shares)
    texts = [text_of(each) for each in found]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert text
        assert text == " ".join(text.split())


def test_alike_letters_need_a_blank_between() -> None:
    a, blank = [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]
    plain = Search(doubt=1.0, weight=0.0, bonus_bits=0.0)
    assert said(np.array([a, a, a]), Expected(LABELS), plain) == ["a"]
    assert said(np.array([a, blank, a]), Expected(LABELS), plain) == ["aa"]
    assert said(np.array([a, blank, blank, a, a]), Expected(LABELS), plain) == ["aa"]


def test_nothing_written_gives_no_text() -> None:
    blank = np.tile([0.0, 0.0, 0.0, 1.0], (6, 1))
    assert search_line(blank, Expected(LABELS)) == []


def test_what_is_hardly_there_is_not_read() -> None:
    """Paper, on which each step sees an a in one of a hundred."""
    rows = np.tile([0.0, 0.01, 0.0, 0.99], (10, 1))
    assert search_line(rows, Expected(LABELS)) == []


def test_what_was_as_likely_nothing_is_half_sure() -> None:
    rows = np.array([[0.0, 0.55, 0.0, 0.45]])
    search = Search(doubt=1.0, weight=0.0, bonus_bits=0.0)
    (found,) = search_line(rows, Expected(LABELS), search)
    assert found.share == pytest.approx(0.55)


def test_a_narrow_beam_finds_what_is_plain() -> None:
    text = "Some words, 12 of them"
    found = said(written(text), Expected(LETTERS), Search(beam=1, weight=0.0))
    assert found == [text]


def test_long_lines_do_not_run_out_of_numbers() -> None:
    text = "ab" * 300
    rows = written(text, sure=0.6)
    found = search_line(rows, Expected(LETTERS), Search(beam=2, weight=0.0))
    assert text_of(found[0], LETTERS) == text
    assert math.isfinite(found[0].share)


@settings(max_examples=60, deadline=None)
@given(tables(4, 14))
def test_patterns_always_hold(rows: Floats) -> None:
    labels = (" ", "A", "1", "-")
    expected = Expected(labels, pattern=compile_pattern("[A]-?1{2,3}", labels))
    allowed = {"A11", "A-11", "A111", "A-111"}
    for text in said(rows, expected):
        assert set(text.split()) <= allowed


@settings(max_examples=40, deadline=None)
@given(tables(4, 14))
def test_only_listed_words_are_read(rows: Floats) -> None:
    labels = (" ", "A", "1", "-")
    expected = Expected(labels, pattern=compile_choices(["A1", "11A", "-"], labels))
    for text in said(rows, expected):
        assert set(text.split()) <= {"A1", "11A", "-"}


def test_a_pattern_finds_its_words_in_spite_of_what_looks_likelier() -> None:
    rows = written("B1O 77Z")
    doubt(rows, 2, O=0.7, **{"0": 0.3})
    doubt(rows, 6, Z=0.7, **{"2": 0.3})
    assert said(rows, Expected(LETTERS), Search(weight=0.0))[0] == "B1O 77Z"
    expected = Expected(LETTERS, pattern=compile_pattern(r"B?\d+", LETTERS))
    assert said(rows, expected)[0] == "B10 772"


def test_where_no_word_fits_there_is_no_text() -> None:
    labels = (" ", "A", "1", "-")
    expected = Expected(labels, pattern=compile_pattern("1{9}", labels))
    assert said(written("A-A", labels), expected) == []


@pytest.fixture(scope="module")
def english() -> Expected:
    lexicon = load_lexicon(find_lexicon("en"))
    return Expected(LETTERS, Vocabulary(lexicon, OwnWords(["Quixby"], LETTERS)))


@pytest.mark.parametrize(
    ("seen", "place", "shares", "meant"),
    [
        ("the hoase is old", 6, {"a": 0.6, "u": 0.4}, "the house is old"),
        ("we come hore now", 9, {"o": 0.6, "e": 0.4}, "we come here now"),
        ("Breod is good", 3, {"o": 0.6, "a": 0.4}, "Bread is good"),
        ("call Quixly", 9, {"l": 0.6, "b": 0.4}, "call Quixby"),
    ],
)
def test_known_words_win_over_near_misses(
    english: Expected, seen: str, place: int, shares: dict[str, float], meant: str
) -> None:
    rows = written(seen)
    doubt(rows, place, **shares)
    assert said(rows, english)[0] == meant
    assert seen in said(rows, english, Search(window_bits=40.0))


def test_a_plain_text_stands_against_the_language(english: Expected) -> None:
    assert said(written("the hoase xq7f", sure=0.999), english)[0] == "the hoase xq7f"


def test_words_part_where_the_language_wants_them_parted(english: Expected) -> None:
    """Between both words a step is as likely a space as nothing."""
    rows = written("good bread")
    row = rows[2 * 4]
    row[:] = 1e-4
    row[LETTERS.index(" ")] = row[-1] = 0.5
    assert said(rows, english)[0] == "good bread"
