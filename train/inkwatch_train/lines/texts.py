"""What is written on the lines that are drawn for training: prose, names, lists, numbers, codes.

How often words are used is told by wordfreq (Speer 2022, doi:10.5281/zenodo.7199437). Rare words
are drawn more often than people write them, so that the network learns letters, not words.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Rng = np.random.Generator

_WORDS_KNOWN = 40_000
_EVENER = 0.6
"""Power of a word's frequency that its share follows."""


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ENDINGS = (".", ".", ".", ".", ",", ",", ",", "", "", "", "?", "!", ";", ":", " -", "...")
_PAIRS = (('"', '"'), ("'", "'"), ("(", ")"), ('"', '"'))
_MONTHS = _words_of("Jan Feb March April May June July Aug Sept Oct Nov Dec")
_UNITS = _words_of("kg g km m cm mm l ml h min s kW V A % EUR")
_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_TITLES = _words_of("Mr Mrs Dr Miss Sir Prof St")


def line_text(rng: Rng, most: int = 40) -> str:
    """Make up a line.

    Args:
        rng: all of it comes from here.
        most: how many characters it may have at most, 1 or more.

    Returns:
        Printable ASCII, 1 to `most` characters, single spaces between words, none at the ends.
    """
    kind = _KINDS[int(np.searchsorted(_BOUNDS, rng.random(), side="right"))]
    # A network that sees a few letters at a time learns no more from longer lines.
    short = rng.random() < 0.15
    wanted = int(rng.integers(1, 10) if short else rng.integers(min(10, most), most + 1))
    wanted = min(wanted, most)
    parts: list[str] = []
    while sum(len(part) + 1 for part in parts) < wanted:
        parts.append(kind.make(rng))
    text = " ".join(" ".join(parts).split())
    text = text[: _cut_at(text, wanted)].strip()
    return text or "x"


def _cut_at(text: str, wanted: int) -> int:
    """Cut between words where that is near; else within, as a hyphen at a line's end would."""
    at = text.rfind(" ", 0, wanted + 1)
    return at if at > 0.5 * wanted else wanted


@cache
def _words() -> tuple[list[str], npt.NDArray[np.float64]]:
    from wordfreq import top_n_list, word_frequency

    words = [
        word
        for word in top_n_list("en", _WORDS_KNOWN)
        if word.isascii() and word.replace("'", "").isalpha()
    ]
    shares = np.array([word_frequency(word, "en") for word in words]) ** _EVENER
    return words, np.cumsum(shares / shares.sum())


def _word(rng: Rng) -> str:
    words, bounds = _words()
    word = words[min(int(np.searchsorted(bounds, rng.random())), len(words) - 1)]
    return "I" + word[1:] if word.split("'")[0] == "i" else word


def _phrase(rng: Rng) -> str:
    """Some words as in running text, with a capital now and then and a mark at the end."""
    words = [_word(rng) for _ in range(int(rng.integers(2, 10)))]
    if rng.random() < 0.5:
        words[0] = words[0][:1].upper() + words[0][1:]
    for place in range(1, len(words)):
        chance = rng.random()
        if chance < 0.06:
            words[place] = words[place][:1].upper() + words[place][1:]
        elif chance < 0.12:
            words[place - 1] += ","
        elif chance < 0.13:
            words[place] += f"-{_word(rng)}"
    text = " ".join(words)
    if rng.random() < 0.12:
        opened, closed = _PAIRS[int(rng.integers(len(_PAIRS)))]
        text = f"{opened}{text}{closed}"
    return text + _ENDINGS[int(rng.integers(len(_ENDINGS)))]


def _name(rng: Rng) -> str:
    words = [_word(rng).title() for _ in range(int(rng.integers(1, 4)))]
    if rng.random() < 0.3:
        words.insert(0, _one(_TITLES, rng) + "." * int(rng.random() < 0.7))
    if rng.random() < 0.3:
        words.insert(len(words) - 1, f"{_LETTERS[int(rng.integers(26))].upper()}.")
    return " ".join(words) + _one(("", ",", "'s", ":"), rng)


def _capitals(rng: Rng) -> str:
    return " ".join(_word(rng) for _ in range(int(rng.integers(1, 4)))).upper()


def _number(rng: Rng) -> str:
    return _NUMBERS[int(rng.integers(len(_NUMBERS)))](rng)


def _date(rng: Rng) -> str:
    mark = _one("./-", rng)
    return f"{rng.integers(1, 32)}{mark}{rng.integers(1, 13)}{mark}{rng.integers(1900, 2050)}"


def _sum(rng: Rng) -> str:
    a, b = (int(each) for each in rng.integers(0, 200, 2))
    return f"{a} {_one('+-*/', rng)} {b} = {a + b}"


_NUMBERS: tuple[Callable[[Rng], str], ...] = (
    lambda rng: str(rng.integers(0, 10 ** int(rng.integers(1, 7)))),
    lambda rng: f"{rng.integers(0, 10**4)}{_one('.,', rng)}{rng.integers(0, 100):02d}",
    _date,
    lambda rng: f"{rng.integers(1, 32)} {_one(_MONTHS, rng)} {rng.integers(1700, 2050)}",
    lambda rng: f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}",
    lambda rng: f"{rng.integers(1, 1000)} {_one(_UNITS, rng)}",
    _sum,
    lambda rng: f"{_one('$#', rng)}{rng.integers(1, 10**4)}",
)


def _code(rng: Rng) -> str:
    """Letters, digits and marks in any order: nothing that a language would help with."""
    count = int(rng.integers(2, 12))
    chance = rng.random()
    if chance < 0.4:
        kinds = _LETTERS.upper() + "0123456789" * 2
    elif chance < 0.7:
        kinds = _LETTERS + _LETTERS.upper() + "0123456789"
    else:
        kinds = _LETTERS + _LETTERS.upper() + "0123456789" + _SIGNS * 2
    return "".join(kinds[int(each)] for each in rng.integers(len(kinds), size=count))


def _letters(rng: Rng) -> str:
    """Words that are none, with all letters alike."""
    count = int(rng.integers(2, 10))
    return "".join(_LETTERS[int(each)] for each in rng.integers(26, size=count))


def _listed(rng: Rng) -> str:
    return f"{_one(('-', '*', '1.', '2)', '+'), rng)} {rng.integers(1, 20)} {_word(rng)}"


def _address(rng: Rng) -> str:
    if rng.random() < 0.5:
        return f"{_word(rng)}@{_word(rng)}.{_one(('com', 'org', 'net', 'de'), rng)}"
    street = _one(("Street", "Road", "Lane", "St.", "Ave."), rng)
    return f"{rng.integers(1, 300)} {_word(rng).title()} {street},"


def _one(choices: str | tuple[str, ...], rng: Rng) -> str:
    return choices[int(rng.integers(len(choices)))]


@dataclass(frozen=True, slots=True)
class _Kind:
    share: float
    make: Callable[[Rng], str]


_KINDS = (
    _Kind(0.69, _phrase),
    _Kind(0.08, _name),
    _Kind(0.07, _number),
    _Kind(0.05, _letters),
    _Kind(0.03, _capitals),
    _Kind(0.04, _code),
    _Kind(0.02, _listed),
    _Kind(0.02, _address),
)
_BOUNDS = np.cumsum([kind.share for kind in _KINDS])
_BOUNDS[-1] = 1.0
