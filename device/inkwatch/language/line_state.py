"""How a line may go on: word after word, each of the language, the user's, a code or by a pattern.

The words are those that `word_path` knows, at the same costs in bits; here they follow one another
with spaces between, since whoever reads a whole line has not parted it into words beforehand.
"""

from dataclasses import dataclass
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
from inkwatch.language.word_path import CAPITAL, Vocabulary, WordPath, ended, extended

SPACE = " "

_CODE_BITS = 3.2
"""What it costs that a word is a code, where the page is not known to hold any."""

_CHARACTER_BITS = float(np.log2(CHARACTERS_OF_A_KIND))
_BEGIN_BITS = [-float(np.log2(max(p, 1e-4))) for p in USUAL_KINDS.start]
_STEP_BITS = [[-float(np.log2(max(p, 1e-4))) for p in row] for row in USUAL_KINDS.steps]
_WORD_BITS = 0.3
_MOST_PATHS = 3


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a line: words of a `vocabulary`, or each word by a `pattern`, or nothing.

    `labels` are the characters, in the order of the columns.
    """

    labels: tuple[str, ...]
    vocabulary: Vocabulary | None = None
    pattern: Pattern | None = None


@dataclass(slots=True)
class LineState:
    """What has been written so far, as far as it matters for what may follow.

    `bits` is what the words before cost. Of the word that is being written: its `paths` as a word
    of the language, `code_bits` and the kind `state` as a code (-1 before its first character),
    `fit` its state in the pattern, `length` its characters. `words` came before it; `so_far` is
    what all of it costs as far as it is written.
    """

    bits: float = 0.0
    paths: tuple[WordPath, ...] = (WordPath(),)
    code_bits: float = _CODE_BITS
    state: int = -1
    fit: int = 0
    length: int = 0
    words: int = 0
    so_far: float = 0.0

    def then(self, column: int, expected: Expected) -> "LineState | None":
        """The line with one more character; None where none can follow so."""
        character = expected.labels[column]
        if character == SPACE:
            return self._parted(expected)
        if expected.pattern is not None:
            fit = int(expected.pattern.steps[self.fit, column])
            if fit == DEAD:
                return None
            return LineState(self.bits, (), 0.0, 0, fit, self.length + 1, self.words, self.bits)
        state, step = self._kind(character)
        code = self.code_bits + step + _CHARACTER_BITS
        paths: tuple[WordPath, ...] = ()
        if expected.vocabulary is not None and self.paths:
            grown = [
                longer
                for path in self.paths
                for longer in extended(
                    path, character, 0.0, expected.vocabulary, column=column, arc=0
                )
            ]
            grown.sort(key=WordPath.so_far)
            paths = tuple(grown[:_MOST_PATHS])
        least = min(code, _WORD_BITS + paths[0].so_far()) if paths else code
        return LineState(
            self.bits, paths, code, state, 0, self.length + 1, self.words, self.bits + least
        )

    def end(self, expected: Expected) -> float:
        """Bits that the line costs where it ends here; infinite where it cannot."""
        if self.length == 0:
            return self.bits if self.words == 0 else inf
        if expected.pattern is not None:
            return self.bits if expected.pattern.ends[self.fit] else inf
        best = self.code_bits
        if expected.vocabulary is not None:
            for path in self.paths:
                bits = ended(path, expected.vocabulary)
                if bits is not None:
                    first = self.words == 0 and path.case == CAPITAL
                    best = min(best, _WORD_BITS + bits - CAPITAL_BITS * first)
        return self.bits + best

    def _parted(self, expected: Expected) -> "LineState | None":
        if self.length == 0:
            return None
        bits = self.end(expected)
        if bits == inf:
            return None
        return LineState(bits=bits, words=self.words + 1, so_far=bits)

    def _kind(self, character: str) -> tuple[int, float]:
        kind = kind_of(character)
        if self.state < 0:
            state = STATES.index(kind)
            return state, _BEGIN_BITS[state]
        state = state_after(self.state, kind)
        return state, _STEP_BITS[self.state][state]
