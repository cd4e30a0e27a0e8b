import re
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.errors import UsageError
from inkwatch.language.fit_pattern import weigh_by_pattern
from inkwatch.language.pattern import DEAD, Pattern, compile_choices, compile_pattern

LABELS = "".join(sorted(string.digits + string.ascii_letters + "!\"#$%&'()*+,-./:;=?@"))


def fits(pattern: Pattern, word: str) -> bool:
    state = 0
    for character in word:
        state = int(pattern.steps[state, LABELS.index(character)])
        if state == DEAD:
            return False
    return bool(pattern.ends[state])


EXPRESSIONS = [
    r"\d{5}",
    r"\d{2}\.\d{2}\.20\d\d",
    "[A-Z]{1,3}-[0-9]+",
    "(AB|CD)?[0-9a-f]*",
    "[^0-9]+",
    r"a.c|x\.y",
    "(ab){2,3}",
    "a{2,}b",
    r"[\d-]+",
    "x?y*z+",
    "[a-c-]+",
    r"[!-\/]+",
    r"[\--9]+",
    "[]a]+",
    "[^]x]+",
    r"[\]\-x]+",
    r"^\d+$",
    r"a\$",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_it_fits_what_python_matches(expression: str, data: st.DataObject) -> None:
    pattern = compile_pattern(expression, LABELS)
    likely = st.from_regex(f"(?:{expression})\\Z", alphabet=LABELS)
    word = data.draw(st.one_of(likely, st.text(LABELS, max_size=8)))
    assert fits(pattern, word) == (re.fullmatch(expression, word) is not None)


def test_patterns_with_a_name() -> None:
    assert fits(compile_pattern("digits", LABELS), "04711")
    assert not fits(compile_pattern("digits", LABELS), "4.5")
    assert fits(compile_pattern("number", LABELS), "-4,5")
    assert fits(compile_pattern("code", LABELS), "AB-12")


@pytest.mark.parametrize(
    "expression",
    [
        "(",
        ")",
        "[",
        "a{",
        "a{x}",
        "a{3,2}",
        "*a",
        "a\\",
        r"\b",
        "(?=a)",
        "[z-a]",
        "a{999}",
        "é",
        "",
    ],
)
def test_what_is_no_pattern_is_refused(expression: str) -> None:
    with pytest.raises(UsageError):
        compile_pattern(expression, LABELS)


@pytest.mark.parametrize(
    "expression",
    [r"(((\d{100}){100}){100}){100}", "(" * 3000 + "a" + ")" * 3000, "(" * 30 + "a" + ")?" * 30],
)
def test_patterns_that_would_grow_without_end_are_refused(expression: str) -> None:
    with pytest.raises(UsageError, match="too"):
        compile_pattern(expression, LABELS)


def test_a_list_may_be_long_but_not_endless() -> None:
    codes = [f"{number:08d}" for number in range(0, 90_000_000, 180_000)]
    pattern = compile_choices(codes, LABELS)
    assert fits(pattern, codes[7])
    assert not fits(pattern, "00000001")
    with pytest.raises(UsageError, match="too long"):
        compile_choices([f"{number * 7919:09d}" for number in range(9000)], LABELS)


def test_words_that_the_model_cannot_read_are_named() -> None:
    with pytest.raises(UsageError, match="'Straße'"):
        compile_choices(["Weg", "Straße"], LABELS)


def test_an_empty_pattern_is_refused() -> None:
    with pytest.raises(UsageError, match="No word"):
        compile_pattern("", LABELS)


def test_a_pattern_that_is_too_large_is_refused() -> None:
    with pytest.raises(UsageError, match="too large"):
        compile_pattern("(a|b)*a(a|b){14}", LABELS)


def test_choices_are_a_pattern_too() -> None:
    pattern = compile_choices(["on", "off", "of"], LABELS)
    assert [fits(pattern, word) for word in ("on", "off", "of", "o", "one")] == [
        *(True,) * 3,
        *(False,) * 2,
    ]
    with pytest.raises(UsageError, match="empty"):
        compile_choices([], LABELS)


def guesses(*glyphs: dict[str, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    rows = np.full((len(glyphs), len(LABELS)), 1e-5)
    for row, glyph in zip(rows, glyphs, strict=True):
        for character, value in glyph.items():
            row[LABELS.index(character)] = value
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), np.float64)


def read(pattern: Pattern, *glyphs: dict[str, float]) -> tuple[str, list[float]]:
    weighed = weigh_by_pattern(guesses(*glyphs), pattern)
    word = "".join(LABELS[k] for k in weighed.argmax(axis=1))
    return word, weighed.max(axis=1).tolist()


def test_a_pattern_chooses_among_look_alikes() -> None:
    pattern = compile_pattern("[A-Z]{2}[0-9]{3}", LABELS)
    oh, one, five = {"0": 0.4, "O": 0.6}, {"l": 0.5, "1": 0.3, "I": 0.2}, {"S": 0.6, "5": 0.4}
    word, sure = read(pattern, oh, five, five, oh, one)
    assert word == "OS501"
    # A digit of which only 0.4 was a digit is no surer than that.
    assert sure[2] == pytest.approx(0.4, abs=0.01)
    assert sure[4] == pytest.approx(0.3, abs=0.01)


def test_what_must_stand_between_decides_as_well() -> None:
    """Which of two ways it goes shows only at the end."""
    pattern = compile_pattern("0A|OB", LABELS)
    oh = {"0": 0.5, "O": 0.5}
    assert read(pattern, oh, {"A": 0.9, "B": 0.1})[0] == "0A"
    assert read(pattern, oh, {"A": 0.1, "B": 0.9})[0] == "OB"


def test_a_word_of_another_length_fits_not_at_all() -> None:
    pattern = compile_pattern(r"\d{5}", LABELS)
    assert not weigh_by_pattern(guesses({"1": 1.0}, {"2": 1.0}), pattern).any()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 8), st.integers(0, 1 << 32))
def test_posteriors_are_no_surer_than_what_was_seen(length: int, seed: int) -> None:
    rows = np.random.default_rng(seed).dirichlet(np.full(len(LABELS), 0.1), length)
    weighed = weigh_by_pattern(rows, compile_pattern("[0-9A-F]+", LABELS))
    allowed = [LABELS.index(c) for c in "0123456789ABCDEF"]
    assert weighed.sum(axis=1) == pytest.approx(rows[:, allowed].sum(axis=1), abs=1e-6)
    assert np.delete(weighed, allowed, axis=1) == pytest.approx(0.0)
