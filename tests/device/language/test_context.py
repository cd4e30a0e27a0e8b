import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.language.context import (
    DIGIT,
    LOWER,
    MARK,
    STATES,
    UPPER,
    USUAL_KINDS,
    USUAL_START,
    Floats,
    KindModel,
    by_kind,
    kind_of,
    read_codes,
    seen_steps,
)

LABELS = "015OIlSoisabcABC23-/'"


def guesses(word: list[str]) -> Floats:
    """One row for each glyph; `0O` means that it is either, as likely."""
    rows = np.zeros((len(word), len(LABELS)))
    for row, characters in zip(rows, word, strict=True):
        row[[LABELS.index(c) for c in characters]] = 1 / len(characters)
    return rows


def weigh(rows: Floats, labels: str = LABELS, kinds: KindModel | None = None) -> Floats:
    return read_codes([rows], labels, kinds)[0].weighed


def read(word: list[str]) -> str:
    weighed = weigh(guesses(word))
    return "".join(LABELS[k] for k in weighed.argmax(axis=1))


@pytest.mark.parametrize(
    ("character", "kind"),
    [
        ("a", LOWER),
        ("Z", UPPER),
        ("7", DIGIT),
        ("-", MARK),
        ("é", LOWER),
        ("Ä", UPPER),
        (" ", MARK),
    ],
)
def test_kinds(character: str, kind: int) -> None:
    assert kind_of(character) == kind


@pytest.mark.parametrize(
    ("word", "text"),
    [
        (["1", "0Oo", "2"], "102"),
        (["A", "0O", "B"], "AOB"),
        (["a", "0o", "b"], "aob"),
        (["b", "1lI", "a"], "bla"),
        (["2", "1lI", "3"], "213"),
        (["A", "1lI", "C"], "AIC"),
        (["2", "5S", "0O"], "250"),
        (["A", "5S", "0O", "B"], "ASOB"),
        (["sS", "a", "b"], "sab"),
        (["oO", "b", "c"], "obc"),
        (["a", "sS"], "as"),
        (["1", "-", "5S", "0O"], "1-50"),
        (["1", "/", "1lI", "/", "2"], "1/1/2"),
        (["2", "0", "-", "1lI", "1lI", "-", "0oO", "1lI"], "20-11-01"),
        (["a", "-", "1lI", "0oO", "a"], "a-loa"),
    ],
)
def test_neighbours_settle_look_alikes(word: list[str], text: str) -> None:
    assert read(word) == text


def test_what_the_crop_is_sure_of_stands() -> None:
    rows = guesses(["a", "0O", "b"])
    rows[1] = 0.0
    rows[1, LABELS.index("0")] = 0.9999
    rows[1, LABELS.index("o")] = 0.0001
    assert LABELS[int(weigh(rows)[1].argmax())] == "0"


def test_a_glyph_alone_keeps_its_order_within_a_kind() -> None:
    row = guesses(["ab"])
    row[0, LABELS.index("a")] = 0.6
    row[0, LABELS.index("b")] = 0.4
    weighed = weigh(row)[0]
    assert weighed[LABELS.index("a")] == pytest.approx(0.6)
    assert weighed[LABELS.index("b")] == pytest.approx(0.4)


def test_a_long_word_does_not_underflow() -> None:
    weighed = weigh(guesses(["1lI"] * 3000))
    assert np.isfinite(weighed).all()
    assert weighed.sum(axis=1) == pytest.approx(np.ones(3000))


def test_labels_of_one_kind_are_left_as_they_are() -> None:
    rows = np.array([[0.7, 0.3], [0.2, 0.8]])
    assert weigh(rows, "07") == pytest.approx(rows)


@given(
    st.lists(
        st.lists(st.floats(0, 1), min_size=len(LABELS), max_size=len(LABELS)).filter(
            lambda row: sum(row) > 1e-3
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=100, deadline=None)
def test_rows_sum_to_one_and_nothing_is_invented(rows: list[list[float]]) -> None:
    probabilities = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    before = probabilities.copy()
    weighed = weigh(probabilities)
    assert weighed.shape == before.shape
    assert weighed.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert (weighed >= 0).all()
    assert not weighed[before == 0].any()
    assert np.array_equal(probabilities, before)


def test_what_begins_and_what_follows_are_shares_of_the_states() -> None:
    following = USUAL_KINDS.steps
    assert following.shape == (len(STATES), len(STATES))
    assert following.sum(axis=1) == pytest.approx(np.ones(len(STATES)))
    assert USUAL_START.sum() == pytest.approx(1.0)


def test_how_words_begin_on_the_page_decides_a_glyph_alone() -> None:
    row = guesses(["0o"])
    numbers = np.where(np.array(STATES) == DIGIT, 0.9, 0.02)
    letters = np.where(np.array(STATES) == LOWER, 0.9, 0.02)
    for start, character in ((numbers, "0"), (letters, "o")):
        assert (
            LABELS[int(weigh(row, kinds=KindModel(start, USUAL_KINDS.steps))[0].argmax())]
            == character
        )


def test_what_fits_a_kind_costs_less_than_what_mixes_them() -> None:
    def bits(*word: str) -> float:
        return read_codes([guesses(list(word))], LABELS)[0].bits

    assert bits("1", "2", "3", "1") < bits("1", "a", "3", "B")
    assert bits("1", "-", "2", "-", "3") < bits("1", "-", "a", "-", "3")
    assert bits("a", "b") < bits("a", "b", "c")


@pytest.mark.parametrize("character", "-a1")
def test_the_cost_of_a_very_long_word_is_a_number(character: str) -> None:
    bits = read_codes([guesses([character] * 3000)], LABELS)[0].bits
    assert np.isfinite(bits)
    assert bits > 0


words_of = st.lists(st.lists(st.sampled_from(["1lI", "0Oo", "a", "B", "-", "5S"]), min_size=1))


@given(words_of)
@settings(max_examples=60, deadline=None)
def test_words_read_together_are_read_as_each_alone(words: list[list[str]]) -> None:
    rows = [guesses(word) for word in words]
    together = read_codes(rows, LABELS)
    assert len(together) == len(words)
    for word, code in zip(rows, together, strict=True):
        (alone,) = read_codes([word], LABELS)
        assert code.bits == pytest.approx(alone.bits)
        assert code.weighed == pytest.approx(alone.weighed)


def test_steps_are_counted_within_words_and_between_sure_kinds() -> None:
    rows = [by_kind(guesses(word), LABELS) for word in (["2", "0", "-", "1"], ["a", "0O", "b"])]
    counts = seen_steps(rows)
    assert counts.sum() == 3
    digit, mark = STATES.index(DIGIT), 5
    assert counts[digit, digit] == counts[digit, mark] == counts[mark, digit] == 1
