import pytest

from inkwatch.errors import UsageError
from inkwatch.language.word_list import readable_words


def test_words_come_sorted_once_and_without_empty_ones() -> None:
    assert readable_words(["b", "", "a", "b"], "ab", "own") == ["a", "b"]
    assert readable_words([], "ab", "own") == []


def test_what_cannot_be_read_is_named_with_its_list() -> None:
    with pytest.raises(UsageError, match=r"allowed words.*'c'.*It knows ab"):
        readable_words(["a", "c"], "ab", "allowed")
