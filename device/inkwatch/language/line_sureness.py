"""How likely a word of a line that was read whole is right."""

import math
from dataclasses import dataclass

LONG = 8
"""Longer words are no surer."""

_LEAST = 1e-4

# The share's log odds; how sure the model is; length; one character alone; no known word; how sure
# the line is; a constant. Fitted by tools/fit_sureness.py.
WEIGHTS = (0.18, 1.87, 0.54, -0.48, -3.27, 3.01, -3.3)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells how sure a word is.

    `share` is the word's share among the line's texts, `seen` the geometric mean of what the model
    gives its characters, `length` how many these are, `line` the mean of `seen` times `share` over
    the line's words, `known` whether the word is one of the language's or the user's, or none are
    known.
    """

    share: float
    seen: float
    length: int
    line: float
    known: bool

    def features(self) -> tuple[float, ...]:
        """What `WEIGHTS` weigh, in their order."""
        kept = min(max(self.share, _LEAST), 1.0 - _LEAST)
        return (
            math.log(kept / (1.0 - kept)),
            self.seen,
            min(self.length, LONG) / LONG,
            float(self.length <= 1),
            float(not self.known),
            self.line,
            1.0,
        )


def sureness(evidence: Evidence) -> float:
    """Give the probability that a word is right, from 0 to 1.

    A logistic regression on words of drawn lines and of joined writing that training never saw;
    its constant is set lower, so that what is told is right (docs/experiments.md).
    """
    score = sum(map(float.__mul__, WEIGHTS, evidence.features()))
    return 1.0 / (1.0 + math.exp(-score))
