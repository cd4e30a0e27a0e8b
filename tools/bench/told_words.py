"""Of the words that were told with confidence, how many are right."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from tools.bench.scores import join_marks, plain_marks

SURE = 0.9
"""Confidence from which a word counts as told with confidence."""


@dataclass(frozen=True)
class ToldWord:
    """A word as it was read, with the reader's own probability that it is right."""

    text: str
    confidence: float


@dataclass(frozen=True)
class SureWords:
    """How many words were `sure`, how many of these are `right`, and how many there are."""

    sure: int = 0
    right: int = 0
    words: int = 0

    def __add__(self, other: "SureWords") -> "SureWords":
        return SureWords(self.sure + other.sure, self.right + other.right, self.words + other.words)


def sure_words(truth: str, words: Sequence[ToldWord], threshold: float = SURE) -> SureWords:
    """Count the sure words of a page and those among them that are right.

    Words are aligned with the truth's by the least number of edits; what stays unedited is right.
    Marks are joined to words on both sides first, so that `London ,` and `London,` are one.

    Args:
        truth: the page's text.
        words: what was read, in reading order.
        threshold: confidence from which a word is sure.
    """
    joined = joined_words(words)
    read, true = [word.text for word in joined], join_marks(truth).split()
    right = right_words(read, true)
    sure = [index for index, word in enumerate(joined) if word.confidence >= threshold]
    return SureWords(len(sure), sum(right[index] for index in sure), len(joined))


def right_words(read: Sequence[str], true: Sequence[str]) -> list[bool]:
    """Tell of each word that was read whether it stands unedited where words are aligned."""
    right = [False] * len(read)
    for block in Levenshtein.opcodes(true, read):
        if block.tag == "equal":
            right[block.dest_start : block.dest_end] = [True] * (block.dest_end - block.dest_start)
    return right


def joined_words(words: Sequence[ToldWord]) -> list[ToldWord]:
    """Join marks to words as `join_marks` does; joined words are sure if all of their parts are."""
    texts = ["".join(plain_marks(word.text).split()) for word in words]
    # Joining takes out spaces and nothing else: characters keep their order and their word.
    owners = [index for index, text in enumerate(texts) for _ in text]
    result = []
    at = 0
    for text in join_marks(" ".join(texts)).split():
        parts = sorted(set(owners[at : at + len(text)]))
        at += len(text)
        result.append(ToldWord(text, math.prod(words[part].confidence for part in parts)))
    return result
