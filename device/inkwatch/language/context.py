"""What a glyph's neighbours in the word say: letters stand among letters, digits among digits.

A hidden Markov model whose states are kinds of character (Rabiner 1989,
doi:10.1109/5.18626): it settles 0 against O, 1 against l, 5 against S where heights cannot, and
knows no words, so it can invent none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

LOWER, UPPER, DIGIT, MARK = range(4)

# Capitals count twice, since one that begins a word leads elsewhere than one in a run; so do marks,
# since in dates and sums digits go on after one.
STATES = (LOWER, UPPER, UPPER, DIGIT, MARK, MARK)
"""The model's states: the kind of each. Their order is that of `USUAL_START`."""

_OF_KIND = np.array([[state == kind for state in STATES] for kind in range(4)], np.float64)
"""`(4, 6)`: ones where a state is of a kind."""

# Rough shares in mixed notes, lists and codes: chosen by hand, not measured on any test's text.
USUAL_START = np.array([0.52, 0.27, 0.0, 0.16, 0.05, 0.0])
"""`(6,)`: the shares of states that words begin with."""

_NEXT = np.array(
    [
        [0.905, 0.004, 0.003, 0.013, 0.075, 0.000],  # after a small letter
        [0.660, 0.000, 0.240, 0.040, 0.060, 0.000],  # after a capital that begins
        [0.025, 0.000, 0.845, 0.070, 0.060, 0.000],  # after a capital in a run
        [0.035, 0.005, 0.060, 0.785, 0.000, 0.115],  # after a digit
        [0.440, 0.220, 0.030, 0.190, 0.120, 0.000],  # after a mark that letters or nothing led to
        [0.040, 0.030, 0.040, 0.780, 0.000, 0.110],  # after a mark that digits led to
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class KindModel:
    """How kinds of character follow in a word.

    `start` is `(6,)` float64, the shares of `STATES` that words begin with; `steps` is `(6, 6)`,
    what follows each state, rows summing to 1.
    """

    start: Floats
    steps: Floats


USUAL_KINDS = KindModel(USUAL_START, _NEXT)


def kind_of(character: str) -> int:
    """Tell which of the four kinds a character is."""
    if character.isdigit():
        return DIGIT
    if character.isalpha():
        return UPPER if character.isupper() else LOWER
    return MARK


@lru_cache(maxsize=8)
def _columns(labels: tuple[str, ...]) -> Floats:
    """`(L, 4)`: ones where a label is of a kind."""
    return np.eye(4)[[kind_of(label) for label in labels]]


def by_kind(probabilities: Floats, labels: Sequence[str]) -> Floats:
    """What each row of `(N, L)` holds of each kind of character: `(N, 4)` float64."""
    return np.asarray(probabilities @ _columns(tuple(labels)), np.float64)


CHARACTERS_OF_A_KIND = 30.0
_SURE_KIND = 0.85


@dataclass(frozen=True, slots=True, eq=False)
class CodeReading:
    """A word of which only the kinds of its characters are known.

    `weighed` is `(N, L)` float64, rows summing to 1: the guesses for its N glyphs, weighed by what
    their neighbours are likely to be (posteriors by the forward-backward algorithm). `bits` is what
    they cost: -log2 of the sum over all readings of what is seen times what the model expects, a
    character being any of about thirty of its kind. For comparing with what a language expects.
    """

    bits: float
    weighed: Floats


def read_codes(
    words: Sequence[Floats], labels: Sequence[str], kinds: KindModel | None = None
) -> list[CodeReading]:
    """Read words by the kinds of their characters alone.

    Args:
        words: `(N, L)` float64 for each word's N glyphs, at least one, rows summing to 1.
        labels: the L characters.
        kinds: how kinds follow on this page; as usual where None.
    """
    if not words:
        return []
    model = kinds or USUAL_KINDS
    lengths = np.array([len(word) for word in words], np.intp)
    firsts = np.cumsum(lengths) - lengths
    rows = np.concatenate(words)
    emission = by_kind(rows, labels) @ _OF_KIND
    before, after = _forward_backward(emission, firsts, lengths, model)
    seen = (before * emission).sum(axis=1) / CHARACTERS_OF_A_KIND
    glyph_bits = -np.log2(np.maximum(seen, np.finfo(np.float64).tiny))
    bits = np.add.reduceat(glyph_bits, firsts)
    weighed = rows * ((before * after) @ _OF_KIND.T @ _columns(tuple(labels)).T)
    weighed /= weighed.sum(axis=1, keepdims=True)
    return list(map(CodeReading, bits.tolist(), np.split(weighed, firsts[1:])))


def _forward_backward(
    emission: Floats, firsts: Ints, lengths: Ints, model: KindModel
) -> tuple[Floats, Floats]:
    """What the glyphs before each one, and those behind it, say of its state: twice `(N, 6)`.

    All words are walked at once, glyph by glyph: NumPy's calls are dearer than six numbers.
    """
    starts = firsts[np.argsort(-lengths, kind="stable")]
    longer = [int(np.count_nonzero(lengths > t)) for t in range(int(lengths.max()))]
    before, after = np.empty_like(emission), np.ones_like(emission)
    before[firsts] = model.start
    # Scaled at each step: a long row of marks would run out of what a number can hold.
    for t, count in enumerate(longer[1:], 1):
        at = starts[:count] + t
        step = (before[at - 1] * emission[at - 1]) @ model.steps
        before[at] = step / step.sum(axis=1, keepdims=True)
    for t in range(len(longer) - 2, -1, -1):
        at = starts[: longer[t + 1]] + t
        step = (after[at + 1] * emission[at + 1]) @ model.steps.T
        after[at] = step / step.sum(axis=1, keepdims=True)
    return before, after


def seen_steps(words: Sequence[Floats]) -> Floats:
    """Count what follows what in words, where both kinds are sure: `(6, 6)` float64.

    Args:
        words: for each word's N glyphs `(N, 4)`, from `by_kind`.
    """
    counts = np.zeros((len(STATES), len(STATES)))
    for word in words:
        last: int | None = None
        for kind, share in zip(
            word.argmax(axis=1).tolist(), word.max(axis=1).tolist(), strict=True
        ):
            if share < _SURE_KIND:
                last = None
                continue
            state = state_after(last, kind)
            if last is not None:
                counts[last, state] += 1
            last = state
    return counts


def state_after(last: int | None, kind: int) -> int:
    """The state of a character of a kind behind another."""
    if kind == UPPER:
        return 2 if last in {1, 2} else 1
    if kind == MARK:
        return 5 if last in {3, 5} else 4
    return 3 if kind == DIGIT else 0
