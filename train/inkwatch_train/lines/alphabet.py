"""The outputs of line models: printable ASCII and CTC's blank behind it, every few columns."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

LINE_ALPHABET = "".join(chr(code) for code in range(32, 127))
"""Output k is character k."""

BLANK = len(LINE_ALPHABET)
OUTPUTS = BLANK + 1

STEP_PX = 4
"""Columns of a line image for each step of the network's output."""

Ints = npt.NDArray[np.int32]


def encode(texts: Sequence[str]) -> Ints:
    """Give texts as outputs' numbers, `(N, longest)` int32, filled up with the blank's.

    Raises:
        ValueError: a text has a character that is no printable ASCII.
    """
    rows = [[LINE_ALPHABET.index(character) for character in text] for text in texts]
    longest = max((len(row) for row in rows), default=0)
    return np.array([row + [BLANK] * (longest - len(row)) for row in rows], np.int32)


def steps_needed(text: str) -> int:
    """How many steps CTC needs for a text: one a character, one between two that are alike."""
    return len(text) + sum(a == b for a, b in pairwise(text))


def greedy(logits: npt.NDArray[np.float32]) -> list[str]:
    """Read the likeliest output of each step; repeats and blanks fall away (Graves et al. 2006).

    doi:10.1145/1143844.1143891. The best path, not the best text: good enough to watch a training.

    Args:
        logits: `(N, T, OUTPUTS)`.
    """
    texts = []
    for row in logits.argmax(axis=2):
        changed = np.concatenate([[True], row[1:] != row[:-1]])
        kept = row[changed & (row != BLANK)]
        texts.append("".join(LINE_ALPHABET[int(k)] for k in kept))
    return texts


def best_paths(lines: Iterable[npt.NDArray[np.float32]]) -> list[str]:
    """Read lines of any lengths as `greedy` does, without spaces at the ends.

    Args:
        lines: `(T, OUTPUTS)` each.
    """
    return [greedy(rows[np.newaxis])[0].strip() for rows in lines]
