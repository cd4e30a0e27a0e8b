"""What a page is like: prose, or numbers and codes. What most of its words show helps the rest.

A `10` alone may be `lo`; on a page of dates it hardly is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.language.context import (
    DIGIT,
    STATES,
    USUAL_KINDS,
    USUAL_START,
    KindModel,
    by_kind,
    seen_steps,
)

Floats = npt.NDArray[np.float64]

DIGIT_STATE = STATES.index(DIGIT)

_USUAL_CODES = 0.22
_USUAL_WORDS = 4.0
"""The usual page weighs as much as so many words of this one."""

_USUAL_STEPS = 25.0
"""So many steps out of each state, as usual, are added to those that the page shows."""

_MOST = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Manner:
    """How words come on a page.

    `kinds` tells how kinds of character follow in its codes; `code_bits` and `word_bits` are what
    it costs that a word is a code, or one of the language.
    """

    kinds: KindModel
    code_bits: float
    word_bits: float


def page_manner(words: Sequence[Floats], labels: Sequence[str]) -> Manner:
    """Tell a page's manner from all its guesses.

    Args:
        words: `(N, L)` float64 for each word's N glyphs.
        labels: the L characters.
    """
    count = len(words)
    ends = np.cumsum([len(word) for word in words], dtype=np.intp)
    by_word = np.split(by_kind(np.concatenate(words), labels), ends[:-1]) if count else []
    held = np.array([word.sum(axis=0) for word in by_word]).reshape(count, 4)
    shares = held[:, DIGIT] / np.maximum(held.sum(axis=1), np.finfo(np.float64).tiny)
    # In prose one glyph in ten may be taken for a digit, o for 0 and l for 1: that tells nothing.
    shown = float(np.clip(shares * 1.25 - 0.125, 0.0, 1.0).sum())
    usual = float(USUAL_START[DIGIT_STATE])
    share = min(_MOST, (shown + _USUAL_WORDS * usual) / (count + _USUAL_WORDS))
    start = USUAL_START * (1.0 - share) / (1.0 - usual)
    start[DIGIT_STATE] = share
    codes = min(_MOST, (shown + _USUAL_WORDS * _USUAL_CODES) / (count + _USUAL_WORDS))
    codes = max(codes, 0.1)
    steps = USUAL_KINDS.steps * _USUAL_STEPS + seen_steps(by_word)
    kinds = KindModel(start, steps / steps.sum(axis=1, keepdims=True))
    return Manner(kinds, -float(np.log2(codes)), -float(np.log2(1.0 - codes)))
