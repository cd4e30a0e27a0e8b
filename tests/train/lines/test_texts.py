import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("wordfreq", reason="needs pip install 'inkwatch[train]'")

from inkwatch_train.lines.alphabet import LINE_ALPHABET
from inkwatch_train.lines.texts import line_text


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(1, 60))
def test_texts_are_what_lines_may_hold(seed: int, most: int) -> None:
    text = line_text(np.random.default_rng(seed), most)
    assert 1 <= len(text) <= most
    assert set(text) <= set(LINE_ALPHABET)
    assert text == " ".join(text.split())


def test_the_same_chance_gives_the_same_texts() -> None:
    first, second = (
        [line_text(rng) for _ in range(50)]
        for rng in (np.random.default_rng(5), np.random.default_rng(5))
    )
    assert first == second


def test_texts_differ_and_use_all_characters() -> None:
    rng = np.random.default_rng(1)
    texts = [line_text(rng) for _ in range(3000)]
    assert len(set(texts)) > 2900
    assert set("".join(texts)) == set(LINE_ALPHABET)
    assert max(map(len, texts)) == 40


def test_most_lines_are_of_words_but_not_all() -> None:
    rng = np.random.default_rng(2)
    texts = [line_text(rng) for _ in range(1000)]
    letters = sum(text.replace(" ", "").isalpha() for text in texts)
    digits = sum(any(character.isdigit() for character in text) for text in texts)
    assert 100 < letters < 900
    assert 50 < digits < 500
