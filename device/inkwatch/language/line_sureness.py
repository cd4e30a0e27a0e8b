"""How likely a word of a line that was read whole is right."""

import math
from dataclasses import dataclass

from inkwatch.language.word_path import Vocabulary

LONG = 8
"""Longer words are no surer."""

_LEAST = 1e-4

_RARE_BITS = 20.0
_NO_LANGUAGE_BITS = 12.0

# The share's log odds; how sure the model is; length; one character alone; no known word; how sure
# the line is; how rare the word is; a capital; a constant. Fitted by tools/fit_sureness.py.
WEIGHTS = (0.22, 3.61, 1.27, 0.36, -1.14, 1.53, -3.25, -0.36, -2.74)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells how sure a word is.

    `share` is the word's share among the line's texts, `seen` the geometric mean of what the model
    gives its characters, `length` how many these are, `line` the mean of `seen` times `share` over
    the line's words, `rarity` as of `rarity`, `capital` whether it begins with one.
    """

    share: float
    seen: float
    length: int
    line: float
    rarity: float
    capital: bool

    def features(self) -> tuple[float, ...]:
        """What `WEIGHTS` weigh, in their order."""
        kept = min(max(self.share, _LEAST), 1.0 - _LEAST)
        return (
            math.log(kept / (1.0 - kept)),
            self.seen,
            min(self.length, LONG) / LONG,
            float(self.length <= 1),
            float(self.rarity >= 1.0),
            self.line,
            self.rarity,
            float(self.capital),
            1.0,
        )


def sureness(evidence: Evidence) -> float:
    """Give the probability that a word is right, from 0 to 1.

    A logistic regression on words of drawn lines and of joined writing that training never saw;
    its constant is set lower, so that what is told is right (docs/experiments.md).
    """
    score = sum(map(float.__mul__, WEIGHTS, evidence.features()))
    return 1.0 / (1.0 + math.exp(-score))


def rarity(word: str, vocabulary: Vocabulary | None) -> float:
    """Give how rare a word is, from 0 to 1, which is for words that are not known.

    A search finds common words in anything, but it is the rare ones that it is wrong about. Where
    no words are known all are taken for fairly common ones.
    """
    bits = vocabulary.bits(word) if vocabulary is not None else _NO_LANGUAGE_BITS
    return 1.0 if bits is None else min(bits / _RARE_BITS, 0.99)
