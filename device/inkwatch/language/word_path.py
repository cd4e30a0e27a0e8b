"""How a word of the language may go on: one reading of its glyphs so far, and what it costs.

Costs are in bits, -log2 of a probability. A word may be opened by a bracket or a quote, closed by
marks, joined by hyphens; in between it is one of the lexicon's, or letters that follow as the
language's do.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from inkwatch.language.lexicon import NOWHERE, ROOT, SYMBOLS, Lexicon, symbol_of
from inkwatch.language.own_words import OWN_BITS, START, OwnWords

_HISTORY = len(SYMBOLS) ** 2

# What each way costs to begin with, and what case and punctuation cost: chosen by hand for notes
# and lists, and checked on drawn pages.
_KNOWN_BITS = 0.7
_SPELT_BITS = 4.5
_LOWER, CAPITAL, _UPPER = range(3)
_CASE_BITS = (0.4, 2.3, 4.0)
_OPENING = {"(": 7.0, '"': 7.0, "'": 8.0}
_CLOSING = dict(zip(",.:?!)\";'", (4.0, 4.0, 6.0, 6.5, 7.0, 7.0, 7.0, 8.0, 8.0), strict=True))
_NO_CLOSING = 0.4
_MARKS = ",.:?!)\";'("
_HYPHEN_BITS = 6.0
_OWN_CHARACTER_BITS = 1.0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What words there are: the language's, and the user's own where there are any."""

    lexicon: Lexicon
    own: OwnWords | None = None

    def knows(self, word: str) -> bool:
        """Whether a word, but for marks around it, is the language's or the user's."""
        return self.bits(word) is not None

    def bits(self, word: str) -> float | None:
        """What a word costs, but for marks around it; None where it is nobody's."""
        if self.own is not None and word in self.own:
            return OWN_BITS
        return self.lexicon.cost(word.strip(_MARKS))


@dataclass(slots=True)
class WordPath:
    """One way to read the glyphs so far; never changed once made.

    `bits` is what it costs but for the lexicon's word, `spelt` what its letters cost since the
    word began. Of the word: where it is in the lexicon, its last three symbols, its case (None
    before the first letter) and length; `own` is where it is among the user's words, and
    `only_own` is set once it can be nothing else. `closed` once marks have followed it. `parent`,
    `column` and `arc` tell how it came about: the path before it, the last character's column and
    the arc (or glyph) that it was read from.
    """

    bits: float = 0.0
    spelt: float = 0.0
    node: int = ROOT
    place: int = 0
    history: int = 0
    length: int = 0
    case: int | None = None
    closed: bool = False
    parent: "WordPath | None" = None
    column: int = -1
    arc: int = -1
    own: int = START
    only_own: bool = False

    def so_far(self) -> float:
        """Bits that it costs with its letters as they follow: what searches go by."""
        return self.bits + self.spelt

    def steps(self) -> list[tuple[int, int]]:
        """(arc, column) of each character, from the first."""
        steps = []
        path = self
        while path.parent is not None:
            steps.append((path.arc, path.column))
            path = path.parent
        return steps[::-1]


def extended(
    path: WordPath,
    character: str,
    seen_bits: float,
    words: Vocabulary,
    *,
    column: int,
    arc: int,
    most: float = math.inf,
) -> Iterator[WordPath]:
    """Read one more glyph as `character`, in each way that a word can go on so.

    Args:
        path: the reading so far.
        character: what the glyph is taken for.
        seen_bits: what that costs, as the glyph looks.
        words: the words that there are.
        column: the character's column, for `WordPath.steps`.
        arc: where the glyph stands, likewise.
        most: ways within a word that cost more in all are left out, before they are looked up.
    """
    bits = path.bits + seen_bits
    if not path.closed:
        letter, symbol = _letter(character)
        case = _case(path, character, letter) if symbol and not path.only_own else None
        lexicon, own = words.lexicon, NOWHERE
        if words.own is not None and path.own != NOWHERE:
            own = words.own.step(path.own, character)
        if case is not None:
            spelt = path.spelt + lexicon.letter_bits(path.history, symbol)
            if bits + spelt <= most:
                node, place = NOWHERE, 0
                if path.node != NOWHERE:
                    node, place = lexicon.step(path.node, path.place, symbol)
                yield WordPath(
                    bits,
                    spelt,
                    node,
                    place,
                    (path.history % _HISTORY) * len(SYMBOLS) + symbol,
                    path.length + 1,
                    case,
                    False,
                    path,
                    column,
                    arc,
                    own,
                )
        elif own != NOWHERE:
            yield _own_path(path, bits, own, column, arc)
    if path.length == 0:
        if not path.closed and character in _OPENING:
            yield WordPath(bits + _OPENING[character], parent=path, column=column, arc=arc)
        return
    closing = _CLOSING.get(character)
    if closing is None and character != "-":
        return
    word = path.bits if path.closed else _word_bits(path, words)
    if closing is not None:
        yield WordPath(
            word + seen_bits + closing,
            length=path.length,
            case=path.case,
            closed=True,
            parent=path,
            column=column,
            arc=arc,
        )
    elif not path.closed:
        yield WordPath(word + seen_bits + _HYPHEN_BITS, parent=path, column=column, arc=arc)


def least_bits(path: WordPath, character: str, words: Vocabulary) -> float:
    """The least that a path costs so far with one more character; infinite where none can follow.

    What the cheapest of `extended` costs, at a fraction of its time.
    """
    letter, symbol = _letter(character)
    # An apostrophe is a letter, and a mark as well.
    if symbol > 1 and not path.closed and not path.only_own:
        case = _case(path, character, letter)
        if case is not None:
            return path.bits + path.spelt + words.lexicon.letter_bits(path.history, symbol)
    ways = extended(path, character, 0.0, words, column=-1, arc=-1)
    return min((way.bits + way.spelt for way in ways), default=math.inf)


def ended(path: WordPath, words: Vocabulary) -> float | None:
    """What the path costs where the word ends with it; None where no word can end so."""
    if path.closed:
        return path.bits
    if path.length == 0:
        return None
    return _word_bits(path, words) + _NO_CLOSING


@lru_cache(maxsize=512)
def _letter(character: str) -> tuple[str, int]:
    """The small letter, and its symbol; 0 for what is no letter of words."""
    small = character.lower()
    symbol = symbol_of(small)
    return small, symbol if symbol < len(SYMBOLS) else 0


def _case(path: WordPath, character: str, letter: str) -> int | None:
    """The word's case with one more character; None where that is no way to write a word."""
    upper = character != letter
    if character == "'":
        return path.case if path.length else _LOWER
    if path.length == 0:
        return CAPITAL if upper else _LOWER
    if path.length == 1 and path.case == CAPITAL:
        return _UPPER if upper else CAPITAL
    return path.case if upper == (path.case == _UPPER) else None


def _own_path(path: WordPath, bits: float, own: int, column: int, arc: int) -> WordPath:
    """A path that can only be one of the user's words: a digit, or a case that no word has."""
    return WordPath(
        bits,
        path.spelt + _OWN_CHARACTER_BITS,
        NOWHERE,
        length=path.length + 1,
        parent=path,
        column=column,
        arc=arc,
        own=own,
        only_own=True,
    )


def _word_bits(path: WordPath, words: Vocabulary) -> float:
    """What the path costs with its word ended: as one of those known, or spelt by letters."""
    lexicon = words.lexicon
    best = float("inf")
    if not path.only_own:
        best = _SPELT_BITS + path.spelt + lexicon.letter_bits(path.history, 0)
        known = lexicon.cost_at(path.node, path.place) if path.node != NOWHERE else None
        if known is not None:
            best = min(best, _KNOWN_BITS + known)
        best += _CASE_BITS[path.case or _LOWER]
    if words.own is not None and path.own != NOWHERE and words.own.ends_at(path.own):
        best = min(best, OWN_BITS)
    return path.bits + best
