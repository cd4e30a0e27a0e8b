from tools.bench.told_words import SureWords, ToldWord, joined_words, sure_words


def told(*words: tuple[str, float]) -> list[ToldWord]:
    return [ToldWord(text, confidence) for text, confidence in words]


def test_sure_words_are_right_where_the_alignment_leaves_them() -> None:
    words = told(("the", 0.95), ("qulck", 0.99), ("fox", 0.5), ("runs", 0.92))
    assert sure_words("the quick fox runs", words) == SureWords(sure=3, right=2, words=4)


def test_a_word_more_or_less_does_not_shift_the_others() -> None:
    words = told(("one", 0.99), ("extra", 0.99), ("two", 0.99), ("four", 0.99))
    assert sure_words("one two three four", words) == SureWords(sure=4, right=3, words=4)


def test_the_same_word_elsewhere_is_not_right() -> None:
    assert sure_words("a b", told(("b", 1.0), ("a", 1.0))).right <= 1


def test_marks_that_stand_apart_in_the_truth_count_as_written() -> None:
    words = told(("London,", 0.95), ("yes", 0.95))
    assert sure_words("London , yes", words).right == 2
    words = told(("London", 0.99), (",", 0.98), ("yes", 0.95))
    assert sure_words("London, yes", words) == SureWords(sure=2, right=2, words=2)


def test_joined_words_are_as_sure_as_their_parts_together() -> None:
    first, second = joined_words(told(("(", 0.5), ("a", 0.5), (".", 0.8), ("b", 0.9)))
    assert first.text == "(a."
    assert first.confidence == 0.5 * 0.5 * 0.8
    assert second == ToldWord("b", 0.9)


def test_nothing_read_is_nothing_sure() -> None:
    assert sure_words("some text", []) == SureWords()


def test_counts_add_up() -> None:
    assert SureWords(1, 1, 2) + SureWords(2, 1, 5) == SureWords(3, 2, 7)
