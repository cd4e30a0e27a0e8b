import numpy as np
import pytest

from inkwatch_train.pages.texts import text_page

pytest.importorskip("wordfreq", reason="needs: pip install 'inkwatch[train]'")


def test_pages_have_10_to_40_words() -> None:
    counts = [len(" ".join(text_page(np.random.default_rng(seed))).split()) for seed in range(200)]
    assert min(counts) >= 10
    assert max(counts) <= 40
    assert max(counts) - min(counts) > 20


def test_every_slot_of_a_sentence_is_filled() -> None:
    for seed in range(200):
        assert not set("{}") & set("".join(text_page(np.random.default_rng(seed))))


def test_the_same_numbers_give_the_same_text() -> None:
    first, again, other = (text_page(np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_what_is_written_is_plain_ascii() -> None:
    for seed in range(100):
        assert "".join(text_page(np.random.default_rng(seed))).isascii()
