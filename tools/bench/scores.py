"""Error rates of text: characters (CER) and words (WER), as written and with marks joined.

Corpus rates: all edits over all characters (or words) of the truth. Runs of whitespace, line
breaks too, count as one space. Where `../bench/metrics.py` stands beside the data, it counts; the
same is done here where it does not.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from tools.bench.page_set import beside_data

_PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


@dataclass(frozen=True)
class TextScores:
    """Error rates from 0 up; those ending in `_joined` leave out spaces before or after marks."""

    cer: float
    wer: float
    cer_joined: float
    wer_joined: float


def text_scores(truths: Sequence[str], readings: Sequence[str]) -> TextScores:
    """Compare readings with the truth, page by page; all rates 0.0 where there is no truth."""
    metrics = beside_data("metrics")
    if metrics is not None:
        scores = metrics.text_scores(truths, readings)
        return TextScores(*(scores[name] for name in ("cer", "wer", "cer_joined", "wer_joined")))
    return own_scores(truths, readings)


def own_scores(truths: Sequence[str], readings: Sequence[str]) -> TextScores:
    """The same as `text_scores`, without what stands beside the data."""
    read = [plain_marks(text) for text in readings]
    cer, wer = _rates(truths, read)
    joined = _rates([join_marks(text) for text in truths], [join_marks(text) for text in read])
    return TextScores(cer, wer, *joined)


def plain_marks(text: str) -> str:
    """Make full-width forms, curly quotes and long dashes plain."""
    return unicodedata.normalize("NFKC", text).translate(_PLAIN)


def join_marks(text: str) -> str:
    """Take out the spaces that stand before closing marks, after opening ones, around quotes."""
    text = _collapse(plain_marks(text))
    text = re.sub(r"\s+([,.;:!?)\]])", r"\1", text)
    text = re.sub(r"([(\[])\s+", r"\1", text)
    return _collapse(re.sub(r'\s*"\s*', '"', text))


def _collapse(text: str) -> str:
    return " ".join(text.split())


def _rates(truths: Sequence[str], readings: Sequence[str]) -> tuple[float, float]:
    edits, characters, word_edits, words = 0, 0, 0, 0
    for truth, reading in zip(map(_collapse, truths), map(_collapse, readings), strict=True):
        edits += Levenshtein.distance(truth, reading)
        characters += len(truth)
        word_edits += Levenshtein.distance(truth.split(), reading.split())
        words += len(truth.split())
    return edits / max(1, characters), word_edits / max(1, words)
