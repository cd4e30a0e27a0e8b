import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.language.context import (
    DIGIT,
    LOWER,
    MARK,
    UPPER,
    Floats,
    kind_of,
    weigh_neighbours,
)

LABELS = "015OIlSoisabcABC23-'"


def guesses(word: list[str]) -> Floats:
    """One row for each glyph; `0O` means that it is either, as likely."""
    rows = np.zeros((len(word), len(LABELS)))
    for row, characters in zip(rows, word, strict=True):
        row[[LABELS.index(c) for c in characters]] = 1 / len(characters)
    return rows


def read(word: list[str]) -> str:
    weighed = weigh_neighbours(guesses(word), LABELS)
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
    ],
)
def test_neighbours_settle_look_alikes(word: list[str], text: str) -> None:
    assert read(word) == text


def test_what_the_crop_is_sure_of_stands() -> None:
    rows = guesses(["a", "0O", "b"])
    rows[1] = 0.0
    rows[1, LABELS.index("0")] = 0.9999
    rows[1, LABELS.index("o")] = 0.0001
    assert LABELS[int(weigh_neighbours(rows, LABELS)[1].argmax())] == "0"


def test_a_glyph_alone_keeps_its_order_within_a_kind() -> None:
    row = guesses(["ab"])
    row[0, LABELS.index("a")] = 0.6
    row[0, LABELS.index("b")] = 0.4
    weighed = weigh_neighbours(row, LABELS)[0]
    assert weighed[LABELS.index("a")] == pytest.approx(0.6)
    assert weighed[LABELS.index("b")] == pytest.approx(0.4)


def test_a_long_word_does_not_underflow() -> None:
    weighed = weigh_neighbours(guesses(["1lI"] * 3000), LABELS)
    assert np.isfinite(weighed).all()
    assert weighed.sum(axis=1) == pytest.approx(np.ones(3000))


def test_labels_of_one_kind_are_left_as_they_are() -> None:
    rows = np.array([[0.7, 0.3], [0.2, 0.8]])
    assert weigh_neighbours(rows, "07") == pytest.approx(rows)


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
    weighed = weigh_neighbours(probabilities, LABELS)
    assert weighed.shape == before.shape
    assert weighed.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert (weighed >= 0).all()
    assert not weighed[before == 0].any()
    assert np.array_equal(probabilities, before)
