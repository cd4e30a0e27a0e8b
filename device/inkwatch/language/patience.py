"""How hard a page is searched: joined writing is worth a wider search and more doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Patience:
    """What the searches for words and ways go by.

    `doubt` is a temperature on the classifier's probabilities; `bonus_bits` what every character
    is worth, so that ways with more of them can win; `beam` and `candidates` how many paths and
    how many characters for each glyph are followed, at least as likely as `least` and at most
    `window_bits` behind the best.
    """

    doubt: float
    bonus_bits: float
    beam: int
    candidates: int
    least: float
    window_bits: float


LONGEST_WORD = 100
"""Places between cuts in the longest word that is sought: those of joined writing have 44 or fewer.
What is far longer is no word, and dear to search."""

MOST_PATHS = 5_000_000
"""So many ways to read the words of a page are followed at the most; the words that are left are
read by their kinds of character alone. The dearest of 60 pages of joined writing took 1,640,000."""


@dataclass(slots=True)
class Effort:
    """What is left of the paths that a page is worth; the searches count it down."""

    paths: int = MOST_PATHS


USUAL = Patience(1.0, 5.5, 20, 12, 1e-4, 12.0)

PATIENT = Patience(1.4, 9.0, 40, 20, 1e-5, 18.0)
"""For joined writing; docs/experiments.md tells what it brings."""

JOINED_SHARE = 0.15
"""From this share of glyphs that had to be cut out of others on, writing counts as joined: pages of
separate letters come to 0.10 at most, half the pages of joined writing to 0.32 and more."""


MOST_JOINED = 1000
"""No page holds so many joined letters: the fullest come to 400. What does is grass, or print."""


def is_joined(cut: Sequence[int], lengths: Sequence[int]) -> bool:
    """Tell joined writing by how many of its glyphs had to be cut out of others.

    Args:
        cut: for each word, how many of its glyphs a cut made.
        lengths: for each word, how many glyphs it has.
    """
    count = sum(lengths)
    return count <= MOST_JOINED and sum(cut) > JOINED_SHARE * max(1, count)


def doubted(probabilities: Floats, doubt: float) -> Floats:
    """Flatten `(N, L)` probabilities, and what each row lacks to 1 with them, by a temperature."""
    none = np.maximum(1.0 - probabilities.sum(axis=1, keepdims=True), 1e-9)
    rows = np.concatenate([probabilities, none], axis=1) ** (1.0 / doubt)
    rows /= rows.sum(axis=1, keepdims=True)
    return np.asarray(np.maximum(rows[:, :-1], 1e-12), np.float64)
