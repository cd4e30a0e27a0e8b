import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch_train.lines.alphabet import (
    BLANK,
    LINE_ALPHABET,
    OUTPUTS,
    encode,
    greedy,
    steps_needed,
)

texts = st.lists(st.text(alphabet=LINE_ALPHABET, max_size=15), min_size=1, max_size=4)


def logits_of(paths: list[list[int]]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.eye(OUTPUTS, dtype=np.float32)[np.array(paths, np.intp)]


def test_it_is_printable_ascii() -> None:
    assert len(LINE_ALPHABET) == BLANK == 95
    assert all(character.isprintable() and character.isascii() for character in LINE_ALPHABET)


@given(texts)
def test_encode_is_undone(texts: list[str]) -> None:
    rows = encode(texts)
    assert rows.dtype == np.int32
    assert rows.shape == (len(texts), max(map(len, texts)))
    told = ["".join(LINE_ALPHABET[k] for k in row if k != BLANK) for row in rows.tolist()]
    assert told == texts


def test_encode_refuses_what_is_no_printable_ascii() -> None:
    with pytest.raises(ValueError, match="substring not found"):
        encode(["caf\u00e9"])


@given(texts)
def test_greedy_reads_the_fewest_steps_that_ctc_needs(texts: list[str]) -> None:
    paths = []
    for row in encode(texts).tolist():
        path: list[int] = []
        for column in [each for each in row if each != BLANK]:
            if path and path[-1] == column:
                path.append(BLANK)
            path.append(column)
        paths.append(path)
    for text, path in zip(texts, paths, strict=True):
        assert steps_needed(text) == len(path)
    longest = max(map(len, paths)) + 1
    padded = [path + [BLANK] * (longest - len(path)) for path in paths]
    assert greedy(logits_of(padded)) == texts


@pytest.mark.parametrize(
    ("text", "steps"), [("", 0), ("a", 1), ("ab", 2), ("aa", 3), ("aaa", 5), ("hello", 6)]
)
def test_alike_neighbours_need_a_step_more(text: str, steps: int) -> None:
    assert steps_needed(text) == steps


def test_repeats_fall_away() -> None:
    a, b = LINE_ALPHABET.index("a"), LINE_ALPHABET.index("b")
    assert greedy(logits_of([[a, a, BLANK, a, b, b, BLANK]])) == ["aab"]
