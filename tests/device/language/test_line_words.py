import itertools

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.language.line_search import Search, search_line
from inkwatch.language.line_state import Expected
from inkwatch.language.line_words import FoundWord, line_words
from inkwatch.language.pattern import compile_pattern
from inkwatch.reading import ALTERNATIVES, LEAST_LIKELY

Floats = npt.NDArray[np.float64]

LABELS = (" ", "a", "b", "c", "1", "-")
PLAIN = Expected(LABELS)
BY_LOOKS = Search(doubt=1.0, weight=0.0, bonus_bits=0.0)


def tables(most_steps: int = 25) -> st.SearchStrategy[Floats]:
    """Rows that sum to 1: some sure of themselves, some not at all."""
    shapes = st.tuples(st.integers(1, most_steps), st.just(len(LABELS) + 1))
    weights = hnp.arrays(np.float64, shapes, elements=st.floats(0.0, 12.0))
    return weights.map(lambda each: np.exp(each) / np.exp(each).sum(axis=1, keepdims=True))


def written(text: str, sure: float = 0.9) -> Floats:
    rows = np.full((3 * len(text), len(LABELS) + 1), (1 - sure) / len(LABELS))
    for place, character in enumerate(text):
        rows[3 * place + 1, LABELS.index(character)] = sure
        rows[3 * place, -1] = rows[3 * place + 2, -1] = sure
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def text_of(word: FoundWord) -> str:
    return "".join(glyph[0].character for glyph in word.glyphs)


def check(words: tuple[FoundWord, ...], steps: int) -> None:
    """What holds for any line."""
    spans = [span for word in words for span in word.spans]
    assert all(0 <= first < last <= steps for first, last in spans)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    for word in words:
        assert len(word.spans) == len(word.glyphs) >= 1
        assert 0.0 <= word.sureness <= 1.0
        for glyph in word.glyphs:
            shares = [candidate.probability for candidate in glyph]
            assert 1 <= len(glyph) <= 5
            assert shares == sorted(shares, reverse=True)
            assert all(0.0 < share <= 1.0 for share in shares)
            assert sum(shares) <= 1.0 + 1e-9
            characters = [candidate.character for candidate in glyph]
            assert len(set(characters)) == len(characters)
            assert " " not in characters
        shares = [each.probability for each in word.alternatives]
        assert len(shares) <= ALTERNATIVES
        assert shares == sorted(shares, reverse=True)
        assert all(LEAST_LIKELY <= share <= 1.0 for share in shares)
        assert sum(shares) <= 1.0 + 1e-9
        texts = [each.text for each in word.alternatives]
        assert len(set(texts)) == len(texts)
        assert text_of(word) not in texts
        assert not any(" " in text or not text for text in texts)


@settings(max_examples=150, deadline=None)
@given(tables())
def test_what_holds_for_any_line(rows: Floats) -> None:
    words = line_words(rows, PLAIN)
    check(words, len(rows))
    found = search_line(rows, PLAIN)
    text = "".join(LABELS[column] for column in found[0].columns) if found else ""
    assert " ".join(map(text_of, words)) == text


@settings(max_examples=80, deadline=None)
@given(tables())
def test_what_holds_for_any_line_by_a_pattern(rows: Floats) -> None:
    words = line_words(rows, Expected(LABELS, pattern=compile_pattern("[ab]+-?1*", LABELS)))
    check(words, len(rows))


def test_words_stand_where_they_are_told() -> None:
    first, second = line_words(written("ab ca1"), PLAIN, BY_LOOKS)
    assert (text_of(first), text_of(second)) == ("ab", "ca1")
    for word, begin in ((first, 0), (second, 3)):
        for place, (low, high) in enumerate(word.spans):
            middle = 3 * (begin + place) + 1.5
            assert low < middle < high
            assert high - low <= 9


def test_a_character_does_not_reach_far_into_paper() -> None:
    rows = np.concatenate([np.tile([0.0] * 6 + [1.0], (50, 1)), written("a")])
    ((span,),) = [word.spans for word in line_words(rows, PLAIN, BY_LOOKS)]
    assert span[0] >= 45


def test_the_surer_the_steps_the_surer_the_word() -> None:
    sure, less, hardly = (
        line_words(written("abc", share), PLAIN, BY_LOOKS)[0].sureness for share in (0.99, 0.7, 0.5)
    )
    assert sure > 0.85
    assert sure > less > hardly


def test_what_else_a_word_may_be_is_told_with_its_share() -> None:
    rows = written("ab ca", 0.99)
    row = rows[3 * 4 + 1]
    row[:] = 0.0
    row[LABELS.index("a")], row[LABELS.index("1")] = 0.7, 0.3
    first, second = line_words(rows, PLAIN, BY_LOOKS)
    assert text_of(second) == "ca"
    assert second.alternatives[0].text == "c1"
    # As likely beside the word that is told as it looks.
    beside = second.alternatives[0].probability / second.sureness
    assert beside == pytest.approx(0.3 / 0.7, abs=0.05)
    assert second.sureness < first.sureness
    likeliest, other = second.glyphs[1][:2]
    assert (likeliest.character, other.character) == ("a", "1")
    assert likeliest.probability == pytest.approx(0.7, abs=0.03)
    assert 0.05 < other.probability <= 0.3
    # What is doubtful about one word does not touch the other.
    assert all(each.probability < 0.03 for each in first.alternatives)


def test_one_word_more_leaves_the_others_their_sureness() -> None:
    """Whether two words part is open; the third is the same either way."""
    rows = written("ab ca 1", 0.99)
    row = rows[3 * 2 + 1]
    row[:] = 0.0
    row[0], row[-1] = 0.6, 0.4
    words = line_words(rows, PLAIN, BY_LOOKS)
    assert [text_of(word) for word in words] == ["ab", "ca", "1"]
    assert words[2].sureness > 0.7
    assert words[0].alternatives[0].text == "abca"
    assert words[0].sureness < words[2].sureness


def test_nothing_written_has_no_words() -> None:
    assert line_words(np.tile([0.0] * 6 + [1.0], (9, 1)), PLAIN) == ()


def test_what_fits_nothing_has_no_words() -> None:
    expected = Expected(LABELS, pattern=compile_pattern("1{7}", LABELS))
    assert line_words(written("ab"), expected) == ()
