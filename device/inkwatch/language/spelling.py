"""What a language says of a word's glyphs: its words, and how its letters follow each other.

Three ways in which a word may have come about are weighed against each other: a code or number,
of which only kinds of character are known (`context`); a word of the lexicon; a word of letters
that follow as the language's do, such as a name. Each gives a probability to what is seen, and
the characters' probabilities are mixed accordingly (Bayes). A code stays a code where no word
comes near it, and a sure glyph yields to the lexicon only as far as both are likely.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inkwatch.language.context import CodeReading
from inkwatch.language.likeliest import likeliest
from inkwatch.language.manner import Manner
from inkwatch.language.patience import LONGEST_WORD, USUAL, Patience
from inkwatch.language.word_path import CAPITAL, Vocabulary, WordPath, ended, extended

Floats = npt.NDArray[np.float64]

_NEGLIGIBLE = 1e-6
CAPITAL_BITS = 1.5
"""So much less a capital costs where a line begins: sentences, lists and names do."""


def weigh_word(
    probabilities: Floats,
    labels: Sequence[str],
    words: Vocabulary,
    manner: Manner,
    code: CodeReading,
    *,
    begins_line: bool = False,
    patience: Patience = USUAL,
) -> Floats:
    """Weigh one word's guesses by the language.

    Args:
        probabilities: `(N, L)` float64, rows summing to 1, N at least 1.
        labels: the L characters.
        words: the language's words, and the user's.
        manner: what the page's words are like.
        code: what the word is as a code, by the kinds of that manner.
        begins_line: whether the word is its line's first, which oftener has a capital.
        patience: how hard it is searched.

    Returns:
        `(N, L)` float64, rows summing to 1: the characters' posteriors.
    """
    code_bits = manner.code_bits + code.bits
    readings: list[tuple[WordPath, float]] = []
    if len(probabilities) <= LONGEST_WORD:
        readings = _search(probabilities, tuple(labels), words, patience)
    if begins_line:
        readings = [
            (path, bits - CAPITAL_BITS if path.case == CAPITAL else bits) for path, bits in readings
        ]
    least = min([code_bits, *(manner.word_bits + bits for _, bits in readings)])
    total = 2.0 ** (least - code_bits)
    mixed = np.zeros_like(probabilities)
    if total > _NEGLIGIBLE or not readings:
        mixed += total * code.weighed
    for path, bits in readings:
        weight = 2.0 ** (least - manner.word_bits - bits)
        total += weight
        for glyph, column in path.steps():
            mixed[glyph, column] += weight
    return np.asarray(mixed / total, np.float64)


def _search(
    probabilities: Floats, labels: tuple[str, ...], words: Vocabulary, patience: Patience
) -> list[tuple[WordPath, float]]:
    """Find the likeliest readings as words: each with its whole cost in bits."""
    paths = [WordPath()]
    for glyph, guesses in enumerate(likeliest(probabilities, patience)):
        grown: list[WordPath] = []
        most = math.inf
        for column, cost in guesses:
            character = labels[column]
            for path in paths:
                # They come cheapest first, and hardly anything makes one cheaper again.
                if path.bits + path.spelt + cost > most:
                    break
                for longer in extended(
                    path, character, cost, words, column=column, arc=glyph, most=most
                ):
                    grown.append(longer)
                    most = min(most, longer.bits + longer.spelt + patience.window_bits)
        grown.sort(key=WordPath.so_far)
        paths = [path for path in grown[: patience.beam] if path.bits + path.spelt <= most]
    whole = ((path, ended(path, words)) for path in paths)
    return [(path, bits) for path, bits in whole if bits is not None]
