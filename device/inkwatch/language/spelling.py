"""What a language says of a word's glyphs: its words, and how its letters follow each other.

Three ways in which a word may have come about are weighed against each other: a code or number,
of which only kinds of character are known (`context`); a word of the lexicon; a word of letters
that follow as the language's do, such as a name. Each gives a probability to what is seen, and
the characters' probabilities are mixed accordingly (Bayes). A code stays a code where no word
comes near it, and a sure glyph yields to the lexicon only as far as both are likely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from inkwatch.language.context import weigh_neighbours, word_bits
from inkwatch.language.lexicon import NOWHERE, ROOT, SYMBOLS, Lexicon, symbol_of

Floats = npt.NDArray[np.float64]

_BEAM = 16
_CANDIDATES = 8
_LEAST = 1e-3
_HISTORY = len(SYMBOLS) ** 2

# Bits that each way costs to begin with, and what case and punctuation cost: chosen by hand for
# notes and lists, and checked on drawn pages.
_CODE_BITS = 2.0
_KNOWN_BITS = 0.7
_SPELT_BITS = 4.5
_LOWER, _CAPITAL, _UPPER = range(3)
_CASE_BITS = (0.4, 2.3, 4.0)
_OPENING = {"(": 7.0, '"': 7.0, "'": 8.0}
_CLOSING = dict(zip(",.:?!)\";'", (4.0, 4.0, 6.0, 6.5, 7.0, 7.0, 7.0, 8.0, 8.0), strict=True))
_NO_CLOSING = 0.4
_HYPHEN_BITS = 6.0


@dataclass(frozen=True, slots=True)
class _Path:
    """One way to read the glyphs so far.

    `bits` is what it costs but for the lexicon's word, `spelt` what its letters cost since the
    word began. Of the word: where it is in the lexicon, its last three symbols, its case (None
    before the second letter) and length. `closed` once marks have followed it.
    """

    bits: float
    spelt: float
    columns: tuple[int, ...]
    node: int = ROOT
    place: int = 0
    history: int = 0
    length: int = 0
    case: int | None = None
    closed: bool = False


def weigh_word(probabilities: Floats, labels: Sequence[str], lexicon: Lexicon) -> Floats:
    """Weigh one word's guesses by the language.

    Args:
        probabilities: `(N, L)` float64, rows summing to 1, N at least 1.
        labels: the L characters.
        lexicon: the language.

    Returns:
        `(N, L)` float64, rows summing to 1: the characters' posteriors.
    """
    as_code = weigh_neighbours(probabilities, labels)
    code_bits = _CODE_BITS + word_bits(probabilities, labels)
    words = _search(probabilities, tuple(labels), lexicon)
    least = min([code_bits, *(bits for _, bits in words)])
    total = 2.0 ** (least - code_bits)
    mixed = total * as_code
    for path, bits in words:
        weight = 2.0 ** (least - bits)
        total += weight
        mixed[np.arange(len(probabilities)), list(path.columns)] += weight
    return np.asarray(mixed / total, np.float64)


def _search(
    probabilities: Floats, labels: tuple[str, ...], lexicon: Lexicon
) -> list[tuple[_Path, float]]:
    """Find the likeliest readings as words: each with its whole cost in bits."""
    paths = [_Path(0.0, 0.0, ())]
    for row in probabilities:
        grown: list[_Path] = []
        for column in np.argsort(-row, kind="stable")[:_CANDIDATES].tolist():
            seen = float(row[column])
            if seen < _LEAST:
                break
            cost = -float(np.log2(seen))
            for path in paths:
                grown += _extended(path, column, labels[column], cost, lexicon)
        paths = sorted(grown, key=lambda path: path.bits + path.spelt)[:_BEAM]
    ended = ((path, _ended(path, lexicon)) for path in paths)
    return [(path, bits) for path, bits in ended if bits is not None]


def _extended(
    path: _Path, column: int, character: str, seen_bits: float, lexicon: Lexicon
) -> list[_Path]:
    """Read one more glyph as `character`, if a word can go on so."""
    bits, columns = path.bits + seen_bits, (*path.columns, column)
    letter, symbol = _letter(character)
    out = []
    if symbol and not path.closed:
        case = _case(path, character, letter)
        if case is not None or path.length == 0:
            node, place = NOWHERE, 0
            if path.node != NOWHERE:
                node, place = lexicon.step(path.node, path.place, symbol)
            out.append(
                _Path(
                    bits=bits,
                    spelt=path.spelt + lexicon.letter_bits(path.history, symbol),
                    columns=columns,
                    node=node,
                    place=place,
                    history=(path.history % _HISTORY) * len(SYMBOLS) + symbol,
                    length=path.length + 1,
                    case=case,
                )
            )
    if path.length == 0 and not path.closed and character in _OPENING:
        out.append(_Path(bits + _OPENING[character], 0.0, columns))
    elif path.length and (character in _CLOSING or character == "-"):
        word = path.bits if path.closed else _word_bits(path, lexicon)
        if character == "-" and not path.closed:
            out.append(_Path(word + seen_bits + _HYPHEN_BITS, 0.0, columns))
        elif character in _CLOSING:
            cost = word + seen_bits + _CLOSING[character]
            out.append(_Path(cost, 0.0, columns, length=path.length, case=path.case, closed=True))
    return out


@lru_cache(maxsize=512)
def _letter(character: str) -> tuple[str, int]:
    """The small letter, and its symbol; 0 for what is no letter of words."""
    small = character.lower()
    symbol = symbol_of(small)
    return small, symbol if symbol < len(SYMBOLS) else 0


def _case(path: _Path, character: str, letter: str) -> int | None:
    """The word's case with one more character; None where that is no way to write a word."""
    upper = character != letter
    if character == "'":
        return path.case if path.length else _LOWER
    if path.length == 0:
        return _CAPITAL if upper else _LOWER
    if path.length == 1 and path.case == _CAPITAL:
        return _UPPER if upper else _CAPITAL
    return path.case if upper == (path.case == _UPPER) else None


def _word_bits(path: _Path, lexicon: Lexicon) -> float:
    """What the path costs with its word ended: as one of the lexicon, or spelt letter by letter."""
    spelt = _SPELT_BITS + path.spelt + lexicon.letter_bits(path.history, 0)
    known = lexicon.cost_at(path.node, path.place) if path.node != NOWHERE else None
    word = spelt if known is None else min(spelt, _KNOWN_BITS + known)
    return path.bits + word + _CASE_BITS[path.case or _LOWER]


def _ended(path: _Path, lexicon: Lexicon) -> float | None:
    if path.closed:
        return path.bits
    if path.length == 0:
        return None
    return _word_bits(path, lexicon) + _NO_CLOSING
