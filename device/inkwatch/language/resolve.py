"""From guesses for single glyphs to ranked characters, the whole page weighed together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

import numpy as np
import numpy.typing as npt

from inkwatch.language.context import CodeReading, read_codes
from inkwatch.language.expectation import Expectation
from inkwatch.language.fit_pattern import weigh_by_pattern
from inkwatch.language.geometry import (
    GlyphHeights,
    HeightFits,
    LineMetrics,
    weigh_heights,
    with_dots,
)
from inkwatch.language.manner import page_manner
from inkwatch.language.patience import USUAL, Patience
from inkwatch.language.pattern import Pattern
from inkwatch.language.spelling import weigh_word
from inkwatch.language.sureness import WordCuts, word_sureness
from inkwatch.language.word_path import Vocabulary
from inkwatch.reading import Candidate, WordCandidate

Floats = npt.NDArray[np.float64]

TOP = 5
_UNFIT = 1e-9
"""What the confidence of a word that fits no pattern is multiplied by: its order stays."""

_MIN_PROBABILITY = 1e-4

_WordGlyphs = list[tuple[Candidate, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class LineGuesses:
    """A line as the classifier sees it.

    `probabilities` is `(N, L)` float64 for the line's N glyphs, at least one, from left to
    right; what a row's sum lacks to 1 is for a cut that holds no character. `heights` are their
    tops and bottoms; `word_lengths` the number of glyphs in each word, summing to N. `fits` may
    come along from an earlier step, as may `cuts`, how each word was cut.
    """

    probabilities: Floats
    heights: GlyphHeights
    word_lengths: tuple[int, ...]
    fits: HeightFits | None = None
    cuts: tuple[WordCuts, ...] = ()

    def height_fits(self, labels: Sequence[str]) -> HeightFits:
        """The fits that came along, or new ones."""
        return self.fits or HeightFits(self.probabilities, labels, self.heights)


@dataclass(frozen=True, slots=True)
class ResolvedLine:
    """A line as it was read.

    `glyphs` are each glyph's candidates, likeliest first; `metrics` the line's measures.
    `sureness` is how likely each word is right as a whole. `alternatives` are what else each word
    may be, where the search for words tells; () where it does not.
    """

    glyphs: tuple[tuple[Candidate, ...], ...]
    metrics: LineMetrics
    sureness: tuple[float, ...] = ()
    alternatives: tuple[tuple[WordCandidate, ...], ...] = ()


def resolve_page(
    lines: Sequence[LineGuesses],
    labels: Sequence[str],
    words: Vocabulary | None = None,
    pattern: Pattern | None = None,
    patience: Patience = USUAL,
) -> list[ResolvedLine]:
    """Rank the candidates of every glyph by its crop, its height and its neighbours.

    Args:
        lines: the page's lines.
        labels: the L characters that the classifier's columns stand for.
        words: the words of the page's language, and the user's; None knows none.
        pattern: what every word is to fit; a word that cannot keeps its characters, at no
            confidence. With a pattern, these are not asked.
        patience: how hard the page is searched.

    Returns:
        For each line its glyphs' candidates with posterior probabilities, and its measures.
    """
    fits = [line.height_fits(labels) for line in lines]
    # One hand writes one page: what most lines show helps a line with few letters to tell.
    counts = [len(line.probabilities) for line in lines]
    usual = usual_metrics([each.best() for each in fits], counts)
    metrics = [each.best(usual) for each in fits]
    lines = [
        replace(line, probabilities=with_dots(line.probabilities, labels, line.heights, each))
        for line, each in zip(lines, metrics, strict=True)
    ]
    weighed = [
        weigh_heights(line.probabilities, labels, line.heights, each)
        for line, each in zip(lines, metrics, strict=True)
    ]
    parted = [in_words(line, rows) for line, rows in zip(lines, weighed, strict=True)]
    manner = page_manner([word for line in parted for word in line], labels)
    language = Expectation(tuple(labels), words, pattern, manner, patience)
    ranked = _rank_words(lines, parted, language)
    sureness = _sureness(lines, ranked, words)
    return [
        ResolvedLine(tuple(chain.from_iterable(glyphs)), own, sure)
        for glyphs, own, sure in zip(ranked, metrics, sureness, strict=True)
    ]


def _sureness(
    lines: Sequence[LineGuesses],
    ranked: Sequence[Sequence[_WordGlyphs]],
    words: Vocabulary | None,
) -> list[tuple[float, ...]]:
    products = [
        [math.prod(glyph[0].probability for glyph in word) for word in line] for line in ranked
    ]
    count = sum(map(len, products))
    page = sum(map(sum, products)) / max(1, count)
    return [
        tuple(
            word_sureness(
                product,
                len(word),
                cut,
                known=words is None or words.knows("".join(glyph[0].character for glyph in word)),
                page_product=page,
            )
            for word, product, cut in zip(
                words_of_line, own, line.cuts or (WordCuts(),) * len(own), strict=True
            )
        )
        for line, words_of_line, own in zip(lines, ranked, products, strict=True)
    ]


def in_words(line: LineGuesses, rows: Floats) -> list[Floats]:
    """Part a line's rows, `(N, L)`, into those of its words."""
    return np.split(rows, np.cumsum(line.word_lengths)[:-1])


def _rank_words(
    lines: Sequence[LineGuesses], parted: Sequence[Sequence[Floats]], language: Expectation
) -> list[list[_WordGlyphs]]:
    """Weigh word by word; neither heights nor neighbours make a character of what is none."""
    # A pattern is not asked what the page is like.
    kinds = language.manner.kinds if language.pattern is None else None
    codes = iter(read_codes([word for line in parted for word in line], language.labels, kinds))
    weighed: list[Floats] = []
    for line, words in zip(lines, parted, strict=True):
        whole = in_words(line, np.minimum(line.probabilities.sum(axis=1), 1.0)[:, None])
        weighed += [
            _weighed(rows, next(codes), language, begins_line=number == 0) * share
            for number, (rows, share) in enumerate(zip(words, whole, strict=True))
        ]
    if not weighed:
        return []
    glyphs = iter(_rank(np.concatenate(weighed), language.labels))
    return [[list(islice(glyphs, count)) for count in line.word_lengths] for line in lines]


def _weighed(
    rows: Floats, code: CodeReading, language: Expectation, *, begins_line: bool
) -> Floats:
    """One word's guesses, `(N, L)`, weighed by all that is expected of it."""
    if language.pattern is not None:
        fitting = weigh_by_pattern(rows, language.pattern)
        return fitting if fitting.any() else code.weighed * _UNFIT
    if language.words is None:
        return code.weighed
    return weigh_word(
        rows,
        language.labels,
        language.words,
        language.manner,
        code,
        begins_line=begins_line,
        patience=language.patience,
    )


def _rank(rows: Floats, labels: Sequence[str]) -> _WordGlyphs:
    """The likeliest characters of glyphs, from `(N, L)`."""
    order = np.argsort(-rows, axis=1, kind="stable")[:, :TOP]
    best = np.minimum(np.take_along_axis(rows, order, axis=1), 1.0)
    counts = np.maximum(1, np.count_nonzero(best >= _MIN_PROBABILITY, axis=1))
    return [
        tuple(map(Candidate, (labels[column] for column in columns[:count]), values[:count]))
        for columns, values, count in zip(
            order.tolist(), best.tolist(), counts.tolist(), strict=True
        )
    ]


def usual_metrics(metrics: Sequence[LineMetrics], counts: Sequence[int]) -> LineMetrics | None:
    """What is usual on a page: the lines' medians, each line counting by its glyphs."""
    if not metrics:
        return None
    return LineMetrics(
        baseline_y=0.0,
        x_height_px=_weighted_median([m.x_height_px for m in metrics], counts),
        rise=_weighted_median([m.rise for m in metrics], counts),
    )


def _weighted_median(values: Sequence[float], weights: Sequence[int]) -> float:
    order = np.argsort(values)
    reached = np.cumsum(np.asarray(weights)[order])
    return float(values[int(order[np.searchsorted(reached, reached[-1] / 2)])])
