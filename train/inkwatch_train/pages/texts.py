"""What is written on text pages: words as often as English has them, sentences, lists, names.

The sentences are this project's own; how often words are used is told by wordfreq (Speer 2022,
doi:10.5281/zenodo.7199437). Nothing is taken from a data set of handwriting.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np

_WORDS_KNOWN = 8000
_FEWEST, _MOST = 10, 40


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_NAMES = _words(
    "Anna Peter Maria Jonas Clara Hugo Ruth Simon Elsa Tom Nora Felix Ida Oscar Vera Max "
    "Judith Karl Lucy Robin Martha Jacob Wendy Quentin Zoe Xavier"
)
_PLACES = _words("Bergen Leeds York Zurich Ghent Dover Quebec Vienna Exeter Kyoto Paris Utrecht")
_DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_THINGS = _words(
    "bread milk apples candles string soap nails lemons paper eggs rice jam oil glue "
    "flour tea pencils matches onions cheese batteries honey screws garlic brushes towels"
)
_HOURS = tuple(f"{hour}:{minute:02d}" for hour in range(1, 13) for minute in range(0, 60, 5))
_SLOTS = {
    "{name}": _NAMES,
    "{place}": _PLACES,
    "{day}": _DAYS,
    "{thing}": _THINGS,
    "{hour}": _HOURS,
    "{count}": tuple(str(count) for count in range(3, 100)),
}
_SENTENCES = (
    "{name} will be back on {day}, a little after {hour}.",
    "Please buy {thing} and {thing}; the jar is empty.",
    "The train to {place} leaves at {hour}.",
    "Did you see the fox behind the shed?",
    "We found {count} old letters in the attic.",
    "It rained all {day}, so we stayed in and played cards.",
    "Ask {name} whether the key still fits.",
    "My neighbour's dog barks when the post comes.",
    "The garden needs water; the beans look dry.",
    "Call the plumber: the tap drips again!",
    "{name} and {name} moved to {place} last spring.",
    "Take the blue box, not the grey one.",
    "There were {count} chairs but only {count} guests.",
    "Could you post this before {day}?",
    "What a quiet evening it was in {place}!",
    "The museum opens at {hour} except on {day}.",
    "She wrote a long letter from {place}.",
    "Keep the receipt, we may need it.",
    "I counted {count} swans near the bridge.",
    "Nobody knows why the clock stopped at {hour}.",
    "Jumping over a quick brook, {name} lost a shoe.",
    "They sang (rather loudly) until midnight.",
    "Mix {thing} with {thing}, then wait an hour.",
    "His answer was short: yes.",
)


def text_page(rng: np.random.Generator) -> list[str]:
    """Make up a page of 10 to 40 words.

    Args:
        rng: all of it comes from here.

    Returns:
        Paragraphs or rows, each to stand on a line of its own or to be broken into several.
    """
    wanted = int(rng.integers(_FEWEST + 2, _MOST + 1))
    kind = rng.choice(["sentences", "words", "list"], p=[0.5, 0.3, 0.2])
    make = {"sentences": _sentence, "words": _word_salad, "list": _list_row}[str(kind)]
    parts: list[str] = []
    while (missing := wanted - _count(parts)) > 0:
        part = make(rng)
        if len(part.split()) > missing and _count(parts) >= _FEWEST:
            break
        parts.append(part)
    return parts if kind == "list" else [" ".join(parts)]


def _count(parts: Sequence[str]) -> int:
    return sum(len(part.split()) for part in parts)


def _sentence(rng: np.random.Generator) -> str:
    text = _SENTENCES[rng.integers(len(_SENTENCES))]
    for slot, words in _SLOTS.items():
        while slot in text:
            text = text.replace(slot, _one(words, rng), 1)
    return text


def _word_salad(rng: np.random.Generator) -> str:
    words, shares = _frequencies()
    drawn = [str(word) for word in rng.choice(words, int(rng.integers(5, 11)), p=shares)]
    drawn[0] = drawn[0][0].upper() + drawn[0][1:]
    return " ".join(drawn) + str(rng.choice([".", ".", ".", "?", "!"]))


def _list_row(rng: np.random.Generator) -> str:
    style = rng.integers(3)
    if style == 0:
        return f"{rng.integers(2, 25)} {_one(_THINGS, rng)}"
    if style == 1:
        return f"- {_one(_THINGS, rng)}, {_one(_THINGS, rng)}"
    return f"{_one(_NAMES, rng)}: {_one(_DAYS, rng)} in {_one(_PLACES, rng)}"


def _one(words: Sequence[str], rng: np.random.Generator) -> str:
    return words[int(rng.integers(len(words)))]


@cache
def _frequencies() -> tuple[list[str], list[float]]:
    """English words with their shares of all that is written, which add up to 1."""
    from wordfreq import top_n_list, word_frequency

    words = [
        word
        for word in top_n_list("en", _WORDS_KNOWN)
        if word.isascii() and word.replace("'", "").isalpha()
    ]
    counts = np.array([word_frequency(word, "en") for word in words])
    # 'i' is a word only as a capital.
    words = ["I" + word[1:] if word.split("'")[0] == "i" else word for word in words]
    return words, list(counts / counts.sum())
