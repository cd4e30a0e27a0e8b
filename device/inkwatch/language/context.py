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
def kinds_of(labels: tuple[str, ...]) -> npt.NDArray[np.intp]:
    """The kind of each label: `(L,)`."""
    return np.array([kind_of(label) for label in labels], np.intp)


def by_kind(probabilities: Floats, labels: Sequence[str]) -> Floats:
    """What each row of `(N, L)` holds of each kind of character: `(N, 4)` float64."""
    kinds = kinds_of(tuple(labels))
    return np.stack([probabilities[:, kinds == k].sum(axis=1) for k in range(4)], axis=1)


_CHARACTERS_OF_A_KIND = 30.0
_SURE_KIND = 0.85


def word_bits(
    probabilities: Floats, labels: Sequence[str], kinds: "KindModel | None" = None
) -> float:
    """What one word's guesses cost, in bits, where only kinds of character are known.

    -log2 of the sum over all readings of what is seen times what the model below expects, a
    character being any of about thirty of its kind. For comparing with what a language expects.

    Args:
        probabilities: `(N, L)` float64, N at least 1.
        labels: the L characters.
        kinds: how kinds follow on this page; as usual where None.
    """
    model = kinds or USUAL_KINDS
    emission = _emission(probabilities, labels) / _CHARACTERS_OF_A_KIND
    reached, bits = model.start, 0.0
    for t, seen in enumerate(emission):
        reached = (reached @ model.steps if t else reached) * seen
        # Scaled at each step: a long row of marks would run out of what a number can hold.
        total = max(float(reached.sum()), float(np.finfo(np.float64).tiny))
        bits -= float(np.log2(total))
        reached = reached / total
    return bits


def weigh_neighbours(
    probabilities: Floats, labels: Sequence[str], kinds: "KindModel | None" = None
) -> Floats:
    """Weigh each guess by what its neighbours in the word are likely to be.

    Args:
        probabilities: `(N, L)` float64, the guesses for one word's N glyphs, N at least 1.
        labels: the L characters.
        kinds: how kinds follow on this page; as usual where None.

    Returns:
        `(N, L)` float64, rows summing to 1: the posteriors by the forward-backward algorithm.
    """
    model = kinds or USUAL_KINDS
    emission = _emission(probabilities, labels)
    count = len(probabilities)
    before = np.empty((count, len(STATES)))
    after = np.ones((count, len(STATES)))
    before[0] = model.start
    for t in range(1, count):
        step = (before[t - 1] * emission[t - 1]) @ model.steps
        before[t] = step / step.sum()
    for t in range(count - 2, -1, -1):
        step = model.steps @ (after[t + 1] * emission[t + 1])
        after[t] = step / step.sum()
    context = (before * after) @ _OF_KIND.T
    weighed = probabilities * context[:, kinds_of(tuple(labels))]
    return np.asarray(weighed / weighed.sum(axis=1, keepdims=True), np.float64)


def seen_steps(probabilities: Floats, labels: Sequence[str]) -> Floats:
    """Count what follows what in a word, where both kinds are sure: `(6, 6)` float64."""
    counts = np.zeros((len(STATES), len(STATES)))
    last: int | None = None
    for row in by_kind(probabilities, labels):
        kind = int(row.argmax())
        if row[kind] < _SURE_KIND:
            last = None
            continue
        state = _state_after(last, kind)
        if last is not None:
            counts[last, state] += 1
        last = state
    return counts


def _state_after(last: int | None, kind: int) -> int:
    """The state of a character of a kind behind another."""
    if kind == UPPER:
        return 2 if last in {1, 2} else 1
    if kind == MARK:
        return 5 if last in {3, 5} else 4
    return 3 if kind == DIGIT else 0


def _emission(probabilities: Floats, labels: Sequence[str]) -> Floats:
    """`(N, 6)`: what each state would have to do with each glyph."""
    return np.asarray(by_kind(probabilities, labels) @ _OF_KIND, np.float64)
