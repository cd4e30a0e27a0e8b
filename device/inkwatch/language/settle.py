"""Which cuts of a page hold: the best way through every word's lattice."""

import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from inkwatch.language.expectation import Expectation
from inkwatch.language.gaps import part_stretches
from inkwatch.language.geometry import GlyphHeights, HeightFits, LineMetrics, height_fit, with_dots
from inkwatch.language.manner import page_manner
from inkwatch.language.patience import USUAL, Patience, doubted, is_joined
from inkwatch.language.pattern import Pattern
from inkwatch.language.resolve import LineGuesses, in_words, usual_metrics
from inkwatch.language.sureness import WordCuts
from inkwatch.language.ways import Way, best_ways, only_way
from inkwatch.language.word_path import Vocabulary
from inkwatch.recognise.lattice import AT_LINE_END, Arc, LineLattice, WordLattice, one_of_few
from inkwatch.vision.page import LineCut, WordCut

Floats = npt.NDArray[np.float64]

_FLOOR = 1e-4
_ARC_BITS = 0.5
_HEIGHT_WEIGHT = 1.0
"""Heights of parts say less than those of whole glyphs: a cut may take a stroke's end along."""


@dataclass(frozen=True, slots=True, eq=False)
class SettledLine:
    """A line with the cuts that hold, and what the classifier makes of its glyphs."""

    cut: LineCut
    guesses: LineGuesses


def settle_page(
    lattices: Sequence[LineLattice],
    labels: Sequence[str],
    words: Vocabulary | None = None,
    pattern: Pattern | None = None,
    patience: Patience = USUAL,
) -> list[SettledLine]:
    """Choose the cuts of a page.

    Args:
        lattices: its lines.
        labels: the characters that their probabilities' columns stand for.
        words: the language's words and the user's; None knows none.
        pattern: what every word is to fit, in the place of words.
        patience: how hard the page is searched.

    Returns:
        The lines. Where another way through a word is nearly as likely, the probabilities of its
        glyphs are less by the share of all others.
    """
    if patience.doubt != 1.0:
        lattices = [_doubted(line, patience.doubt) for line in lattices]
    first = [_settled(line, [_surest_way(word) for word in line.words]) for line in lattices]
    guesses = [line.guesses for line in first]
    fits = [each.height_fits(labels) for each in guesses]
    counts = [len(each.probabilities) for each in guesses]
    usual = usual_metrics([each.best() for each in fits], counts)
    manner = page_manner(
        [w for each in guesses for w in in_words(each, each.probabilities)], labels
    )
    expected = Expectation(tuple(labels), words, pattern, manner, patience)
    lines = []
    for line, surest, fit in zip(lattices, first, fits, strict=True):
        search = partial(_ways, expected=expected, metrics=fit.best(usual))
        parted = part_stretches(line, search)
        settled = _settled(
            replace(line, words=tuple(word for word, _ in parted)), [way for _, way in parted]
        )
        lines.append(_with_fits(settled, fit) if _same_cuts(settled, surest) else settled)
    return lines


def joined_writing(lines: Sequence[SettledLine]) -> bool:
    """Whether a settled page is joined writing."""
    cuts = [word.cuts for line in lines for word in line.guesses.cuts]
    return is_joined(cuts, [n for line in lines for n in line.guesses.word_lengths])


def _doubted(line: LineLattice, doubt: float) -> LineLattice:
    words = (replace(w, probabilities=doubted(w.probabilities, doubt)) for w in line.words)
    return replace(line, words=tuple(words))


def _ways(
    word: WordLattice, ends: Sequence[int], expected: Expectation, metrics: LineMetrics
) -> list[Way]:
    return best_ways(word, _scores(word, expected.labels, metrics), expected, ends)


def _scores(word: WordLattice, labels: Sequence[str], metrics: LineMetrics) -> Floats:
    """Each arc's probabilities, weighed by how well its height fits the line."""
    heights = _heights(word.arcs)
    rows = with_dots(word.probabilities, labels, heights, metrics)
    return np.asarray(rows * height_fit(labels, heights, metrics) ** _HEIGHT_WEIGHT, np.float64)


def _surest_way(word: WordLattice) -> Way:
    """The way whose glyphs look most like characters, whichever."""
    if word.settled:
        return only_way(word)
    sure = one_of_few(word.probabilities)
    best = np.full(word.nodes, np.inf)
    best[0] = 0.0
    ways: list[tuple[int, ...]] = [()] * word.nodes
    for number, arc in enumerate(word.arcs):
        bits = best[arc.start] + arc.bits + _ARC_BITS - float(np.log2(max(sure[number], _FLOOR)))
        if bits < best[arc.stop]:
            best[arc.stop] = bits
            ways[arc.stop] = (*ways[arc.start], number)
    return Way(ways[-1], 1.0)


def _same_cuts(one: SettledLine, other: SettledLine) -> bool:
    """Whether the same glyphs stand in both: how sure they are does not change how heights fit."""
    mine, others = one.cut.glyphs, other.cut.glyphs
    return len(mine) == len(others) and all(map(operator.is_, mine, others))


def _with_fits(line: SettledLine, fits: HeightFits) -> SettledLine:
    return replace(line, guesses=replace(line.guesses, fits=fits))


def _settled(line: LineLattice, ways: Sequence[Way]) -> SettledLine:
    taken = [[word.arcs[k] for k in way.arcs] for word, way in zip(line.words, ways, strict=True)]
    rows = [
        # So that the word's confidence, which is the product of its glyphs', counts the share once.
        word.probabilities[list(way.arcs)] * way.share ** (1 / len(way.arcs))
        for word, way in zip(line.words, ways, strict=True)
    ]
    own = frozenset(id(glyph) for glyph in line.cut.glyphs)
    probabilities = np.concatenate(rows)
    lengths = tuple(len(arcs) for arcs in taken)
    firsts = np.cumsum((0, *lengths[:-1]))
    least = np.minimum.reduceat(probabilities.sum(axis=1), firsts).tolist()
    return SettledLine(
        cut=replace(
            line.cut, words=tuple(WordCut(tuple(arc.glyph for arc in arcs)) for arcs in taken)
        ),
        guesses=LineGuesses(
            probabilities=probabilities,
            heights=_heights(arc for arcs in taken for arc in arcs),
            word_lengths=lengths,
            cuts=tuple(
                _cuts(word, arcs, own, whole)
                for word, arcs, whole in zip(line.words, taken, least, strict=True)
            ),
        ),
    )


def _cuts(word: WordLattice, arcs: Sequence[Arc], own: frozenset[int], whole: float) -> WordCuts:
    return WordCuts(
        cuts=sum(id(arc.glyph) not in own for arc in arcs),
        least_whole=min(1.0, whole),
        before_bits=word.before_bits,
        behind_bits=word.behind_bits,
        within_bits=max((bits for _, bits in word.gaps), default=-AT_LINE_END),
    )


def _heights(arcs: Iterable[Arc]) -> GlyphHeights:
    glyphs = [arc.glyph for arc in arcs]
    return GlyphHeights(
        top=np.array([glyph.top for glyph in glyphs]),
        bottom=np.array([glyph.bottom for glyph in glyphs]),
        width=np.array([float(glyph.place.width) for glyph in glyphs]),
    )
