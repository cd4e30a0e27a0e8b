"""How well lines are read: character error rate, counted over all characters together."""

from collections.abc import Sequence

import keras
import numpy as np
from rapidfuzz.distance import Levenshtein

from inkwatch_train.lines.alphabet import best_paths
from inkwatch_train.lines.batches import as_batch
from inkwatch_train.lines.source import LabelledLine

_AT_ONCE_COLUMNS = 16384


def error_rate(read: Sequence[str], true: Sequence[str]) -> float:
    """Edit distances over the length of what is true; 0 where nothing is."""
    wrong = sum(Levenshtein.distance(a, b) for a, b in zip(read, true, strict=True))
    return wrong / max(1, sum(len(text) for text in true))


def read_lines(model: keras.Model, lines: Sequence[LabelledLine]) -> list[str]:
    """Read lines by the best path, several of like width at once.

    Returns:
        The texts in the order of the lines.
    """
    order = sorted(range(len(lines)), key=lambda k: lines[k].pixels.shape[1])
    texts = [""] * len(lines)
    while order:
        widest = lines[order[-1]].pixels.shape[1]
        count = max(1, _AT_ONCE_COLUMNS // widest)
        together, order = order[-count:], order[:-count]
        pictures = as_batch([lines[k] for k in together]).as_input()
        logits = keras.ops.convert_to_numpy(model(pictures, training=False))
        for k, text in zip(together, best_paths(np.asarray(logits, np.float32)), strict=True):
            texts[k] = text
    return texts
