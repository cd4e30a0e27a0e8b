"""How a line may go on: word after word, each of the language, the user's, a code or by a pattern.

The words are those that `word_path` knows, at the same costs in bits; here they follow one another
with spaces between, since whoever reads a whole line has not parted it into words beforehand. What
a word's beginning costs is the same wherever it stands: it is worked out once, for all lines.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import inf

import numpy as np

from inkwatch.language.context import (
    CHARACTERS_OF_A_KIND,
    STATES,
    USUAL_KINDS,
    kind_of,
    state_after,
)
from inkwatch.language.pattern import DEAD, Pattern
from inkwatch.language.spelling import CAPITAL_BITS
from inkwatch.language.word_path import (
    CAPITAL,
    Vocabulary,
    WordPath,
    ended,
    extended,
    least_bits,
)

SPACE = " "

_CODE_BITS = 3.2
"""What it costs that a word is a code, where the page is not known to hold any."""

_CHARACTER_BITS = float(np.log2(CHARACTERS_OF_A_KIND))
_BEGIN_BITS = [-float(np.log2(max(p, 1e-4))) for p in USUAL_KINDS.start]
_STEP_BITS = [[-float(np.log2(max(p, 1e-4))) for p in row] for row in USUAL_KINDS.steps]
_WORD_BITS = 0.3
_MOST_PATHS = 3

MOST_STATES = 3000
"""Beginnings of words that are kept at once: about 3 MB. A page of ten lines has 2,000 or fewer."""


@dataclass(frozen=True, eq=False)
class Expected:
    """What is expected of a line: words of a `vocabulary`, or each word by a `pattern`, or nothing.

    `labels` are the characters, in the order of the columns. It keeps what it worked out of words:
    it serves one thread at a time, and is worth keeping from line to line.
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary | None = None
    pattern: Pattern | None = None

    @cached_property
    def states(self) -> "WordStates":
        """How each word may go on."""
        return WordStates(self)


class WordState:
    """A word that is being written, as far as it matters for what may follow.

    `so_far` is what it costs in bits as far as it is written; `length` its characters; `paths` are
    what it is as a word of the language, `code_bits` and the kind `kind` what as a code (-1 before
    its first character), `fit` is its state in the pattern. `bits` and `after` keep what one more
    character costs and leads to, once asked for; `end` what it costs to end, `first_end` where it
    is its line's first.
    """

    __slots__ = (
        "after",
        "bits",
        "code_bits",
        "end",
        "first_end",
        "fit",
        "kind",
        "length",
        "paths",
        "so_far",
    )

    def __init__(
        self,
        so_far: float,
        length: int,
        *,
        paths: tuple[WordPath, ...] = (),
        code_bits: float = 0.0,
        kind: int = -1,
        fit: int = 0,
    ) -> None:
        self.so_far = so_far
        self.length = length
        self.paths = paths
        self.code_bits = code_bits
        self.kind = kind
        self.fit = fit
        self.bits: dict[int, float] = {}
        self.after: dict[int, WordState] | None = None
        self.end: float | None = None
        self.first_end: float | None = None


class WordStates:
    """The beginnings of words that were met; a line begins with no more than `MOST_STATES`."""

    def __init__(self, expected: Expected) -> None:
        self._expected = expected
        self._count = 0
        self._first = _unwritten()

    def first(self) -> WordState:
        """A word before its first character. Ask anew for each line."""
        if self._count > MOST_STATES:
            self._first, self._count = _unwritten(), 0
        return self._first

    def bits(self, state: WordState, column: int) -> float:
        """Bits that one more character, no space, adds to a word; infinite where none can."""
        known = state.bits.get(column)
        if known is None:
            known = state.bits[column] = self._bits(state, column)
        return known

    def then(self, state: WordState, column: int) -> WordState:
        """The word with one more character, one that costs no infinite bits."""
        if state.after is None:
            state.after = {}
        after = state.after.get(column)
        if after is None:
            after = state.after[column] = self._then(state, column)
            self._count += 1
        return after

    def end(self, state: WordState, *, first: bool) -> float:
        """Bits that the whole word costs where it ends so; infinite where it cannot.

        Args:
            state: the word.
            first: whether it is its line's first, which oftener has a capital.
        """
        known = state.first_end if first else state.end
        if known is None:
            known = self._end(state, first=first)
            if first:
                state.first_end = known
            else:
                state.end = known
        return known

    def _bits(self, state: WordState, column: int) -> float:
        pattern, vocabulary = self._expected.pattern, self._expected.vocabulary
        if pattern is not None:
            return inf if pattern.steps[state.fit, column] == DEAD else 0.0
        character = self._expected.labels[column]
        least = state.code_bits + _kind_step(state.kind, character)[1]
        if vocabulary is not None:
            for path in state.paths:
                least = min(least, _WORD_BITS + least_bits(path, character, vocabulary))
        return least - state.so_far

    def _then(self, state: WordState, column: int) -> WordState:
        pattern, vocabulary = self._expected.pattern, self._expected.vocabulary
        if pattern is not None:
            return WordState(0.0, state.length + 1, fit=int(pattern.steps[state.fit, column]))
        character = self._expected.labels[column]
        kind, step = _kind_step(state.kind, character)
        grown = []
        if vocabulary is not None:
            grown = [
                longer
                for path in state.paths
                for longer in extended(path, character, 0.0, vocabulary, column=column, arc=0)
            ]
            grown.sort(key=WordPath.so_far)
        return WordState(
            state.so_far + self.bits(state, column),
            state.length + 1,
            paths=tuple(grown[:_MOST_PATHS]),
            code_bits=state.code_bits + step,
            kind=kind,
        )

    def _end(self, state: WordState, *, first: bool) -> float:
        if state.length == 0:
            return inf
        pattern, vocabulary = self._expected.pattern, self._expected.vocabulary
        if pattern is not None:
            return 0.0 if pattern.ends[state.fit] else inf
        best = state.code_bits
        if vocabulary is not None:
            for path in state.paths:
                bits = ended(path, vocabulary)
                if bits is not None:
                    cheaper = CAPITAL_BITS if first and path.case == CAPITAL else 0.0
                    best = min(best, _WORD_BITS + bits - cheaper)
        return best


def _unwritten() -> WordState:
    return WordState(0.0, 0, paths=(WordPath(),), code_bits=_CODE_BITS)


@lru_cache(maxsize=2048)
def _kind_step(last: int, character: str) -> tuple[int, float]:
    """The kind of a code's next character, and the bits that it costs behind the last kind."""
    kind = kind_of(character)
    if last < 0:
        state = STATES.index(kind)
        return state, _BEGIN_BITS[state] + _CHARACTER_BITS
    state = state_after(last, kind)
    return state, _STEP_BITS[last][state] + _CHARACTER_BITS
