"""From a line's steps to its words: text, places along the line, and how sure each is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkwatch.language.line_align import align
from inkwatch.language.line_search import USUAL_SEARCH, FoundText, Search, search_line
from inkwatch.language.line_state import SPACE, Expected
from inkwatch.language.line_sureness import Evidence, rarity, sureness
from inkwatch.reading import ALTERNATIVES, LEAST_LIKELY, Candidate, WordCandidate

Floats = npt.NDArray[np.floating]

TOP = 5
_MIN_PROBABILITY = 1e-4
_LEAST_SEEN = 1e-9

_REACH = 4.0
"""Steps that a character reaches beyond those at which it was told, at the most."""


@dataclass(frozen=True, slots=True)
class FoundWord:
    """One word of a line.

    `spans` are from where to where each of its characters stands, in steps; `glyphs` what each may
    be, likeliest first; `alternatives` what else the word may be; `evidence` what tells how sure it
    is.
    """

    spans: tuple[tuple[float, float], ...]
    glyphs: tuple[tuple[Candidate, ...], ...]
    alternatives: tuple[WordCandidate, ...]
    evidence: Evidence

    @property
    def text(self) -> str:
        """Its likeliest characters."""
        return "".join(glyph[0].character for glyph in self.glyphs)

    @property
    def sureness(self) -> float:
        """How likely the word is right as a whole."""
        return sureness(self.evidence)


def line_words(
    probabilities: Floats, expected: Expected, search: Search = USUAL_SEARCH
) -> tuple[FoundWord, ...]:
    """Read a line.

    Args:
        probabilities: `(T, L + 1)`, rows summing to 1, the last column for the blank.
        expected: what the line may hold.
        search: how hard it is searched.

    Returns:
        Its words from left to right; none where nothing is written, or nothing fits.
    """
    found = search_line(probabilities, expected, search)
    if not found:
        return ()
    best = found[0].columns
    spans = _wide(align(probabilities, best), len(probabilities))
    ways = [_texts_of(each, expected.labels) for each in found]
    parts = []
    start = 0
    text = "".join(expected.labels[column] for column in best)
    for place, word in enumerate(text.split(SPACE)):
        stop = start + len(word)
        if word:
            others, share = _others(place, ways, found)
            own = tuple(spans[start:stop])
            rows = tuple(_row(probabilities, span) for span in own)
            parts.append(_Part(word, own, best[start:stop], rows, others, share))
        start = stop + 1
    seen = [_seen(part) for part in parts]
    line = sum(part.share * each for part, each in zip(parts, seen, strict=True)) / len(parts)
    return tuple(_found(part, each, line, expected) for part, each in zip(parts, seen, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A word of the likeliest text, what stands at its characters, and its share among texts."""

    text: str
    spans: tuple[tuple[float, float], ...]
    columns: tuple[int, ...]
    rows: tuple[Floats, ...]
    others: tuple[WordCandidate, ...]
    share: float


def _found(part: _Part, seen: float, line: float, expected: Expected) -> FoundWord:
    rare = rarity(part.text, expected.vocabulary)
    evidence = Evidence(part.share, seen, len(part.text), line, rare, part.text[0].isupper())
    # Shares are of the texts that were found: beside the word that is told, others are to count
    # on its scale.
    sure = sureness(evidence)
    scale = sure / max(part.share, _MIN_PROBABILITY)
    scaled = (WordCandidate(each.text, min(each.probability * scale, sure)) for each in part.others)
    others = tuple(each for each in scaled if each.probability >= LEAST_LIKELY)
    return FoundWord(part.spans, _glyphs(part, expected.labels), others, evidence)


def _seen(part: _Part) -> float:
    """How sure the model is of a word's characters: their geometric mean."""
    pairs = zip(part.rows, part.columns, strict=True)
    product = math.prod(float(row[column]) for row, column in pairs)
    return float(max(product, _LEAST_SEEN) ** (1.0 / len(part.text)))


def _glyphs(part: _Part, labels: Sequence[str]) -> tuple[tuple[Candidate, ...], ...]:
    return tuple(
        _candidates(row, column, part.share, labels)
        for row, column in zip(part.rows, part.columns, strict=True)
    )


def _wide(spans: Sequence[tuple[int, int]], steps: int) -> list[tuple[float, float]]:
    """Let characters reach halfway to their neighbours: CTC tells little of how wide they are."""
    bounds = [0.0]
    bounds += [(a[1] + b[0]) / 2 for a, b in pairwise(spans)]
    bounds.append(float(steps))
    return [
        (max(low, first - _REACH), min(high, last + _REACH))
        for (first, last), (low, high) in zip(spans, pairwise(bounds), strict=True)
    ]


def _row(probabilities: Floats, span: tuple[float, float]) -> Floats:
    """The most that any step of a span gives each character, made to sum to 1 at most."""
    part = probabilities[int(span[0]) : max(int(span[0]) + 1, math.ceil(span[1])), :-1]
    most = part.max(axis=0)
    return np.asarray(most / max(1.0, float(most.sum())), np.float64)


def _candidates(
    row: Floats, column: int, share: float, labels: Sequence[str]
) -> tuple[Candidate, ...]:
    """The character that the text has, then what else it looks like."""
    ranked = np.argsort(-row, kind="stable").tolist()
    # A space parts words: no glyph of a word is one.
    order = [k for k in ranked if k != column and labels[k] != SPACE][: TOP - 1]
    # A language finds words in anything: what was seen must vouch for a character as well.
    own = min(1.0, max(min(share, float(row[column])), _MIN_PROBABILITY))
    rest = max(1e-9, float(sum(row[k] for k in order)))
    left = min(1.0 - own, own) * min(1.0, rest)
    others = (Candidate(labels[k], float(row[k]) / rest * left) for k in order)
    kept = tuple(each for each in others if each.probability >= _MIN_PROBABILITY)
    return (Candidate(labels[column], own), *kept)


def _texts_of(found: FoundText, labels: Sequence[str]) -> list[str]:
    return "".join(labels[column] for column in found.columns).split(SPACE)


def _others(
    place: int, ways: Sequence[Sequence[str]], found: Sequence[FoundText]
) -> tuple[tuple[WordCandidate, ...], float]:
    """What else a word is in the other texts, and the share of those that have it as it is."""
    from_end = place - len(ways[0])
    own = ways[0][place]
    shares: dict[str, float] = {}
    agreed = 0.0
    for words, text in zip(ways, found, strict=True):
        # In an order that does not change from run to run, as a set's would.
        here = dict.fromkeys(words[k] for k in (place, from_end) if -len(words) <= k < len(words))
        if own in here:
            agreed += text.share
            continue
        for word in here:
            shares[word] = shares.get(word, 0.0) + text.share / len(here)
    ranked = sorted(shares.items(), key=lambda item: -item[1])[:ALTERNATIVES]
    kept = [(word, share) for word, share in ranked if word and share >= LEAST_LIKELY]
    return tuple(WordCandidate(*each) for each in kept), min(1.0, agreed)
