"""All ways to part a page's ink into characters: a lattice for each word, every arc classified.

Glyphs that are surely one character stand as they are. The others are cut wherever they may be
several, and neighbours that may be pieces of one are joined. Which way through holds is for the
language to say, which knows heights and words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkwatch.vision.join import join_glyphs
from inkwatch.vision.page import GlyphCut, LineCut, Page
from inkwatch.vision.split import split_glyph

Floats = npt.NDArray[np.float64]
Classify = Callable[[Sequence[npt.NDArray[np.uint8]]], Floats]
"""Gives `(N, L)` float64 probabilities for N pictures of glyphs."""

SURE = 0.9
"""A glyph that is one of its three likeliest characters with this probability is not cut."""

MOST_PARTS = 3000
"""So many parts of a page's glyphs are classified at the most, of the most doubtful ones first."""

_LIKELIEST = 3
_LEAST_WIDTH = 0.5
_JOINT_WIDTH = 1.7
_JOINT_GAP = 0.35
_MOST_JOINED = 3

# What a way through costs, in bits: chosen by hand on drawn pages. Joints are so dear because a dot
# or a comma beside a digit is far more frequent than a letter in pieces.
_CUT_BITS = 0.6
_JOINT_BITS = 9.0
_JOINT_BITS_PER_GAP = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Arc:
    """One candidate for a character: the ink from node `start` to node `stop`.

    `bits` is what the way through costs for the cuts and joints that it takes.
    """

    start: int
    stop: int
    glyph: GlyphCut
    bits: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class WordLattice:
    """Arcs from node 0, a word's left end, to node `nodes - 1`, ordered by where they stop.

    `probabilities` is `(N, L)` float64, one row for each arc.
    """

    nodes: int
    arcs: tuple[Arc, ...]
    probabilities: Floats

    @property
    def settled(self) -> bool:
        """Whether the arcs are one chain, so that there is only one way through."""
        chain = list(pairwise(range(self.nodes)))
        return [(arc.start, arc.stop) for arc in self.arcs] == chain


@dataclass(frozen=True, slots=True, eq=False)
class LineLattice:
    """A line's words, from left to right, and the line as it was cut."""

    words: tuple[WordLattice, ...]
    cut: LineCut


def build_lattices(
    page: Page, classify: Classify, most_parts: int = MOST_PARTS
) -> list[LineLattice]:
    """Classify a page's glyphs, and all that those which are doubtful may be.

    Args:
        page: as `cut_page` gives it.
        classify: the classifier.
        most_parts: how many parts of glyphs are looked at; 0 takes all glyphs as they are.
    """
    glyphs = [glyph for line in page.lines for glyph in line.glyphs]
    wholes = classify([glyph.grey for glyph in glyphs])
    units = [unit for line in page.lines for unit in [x_height_of(line)] * len(line.glyphs)]
    drafts = _Drafts(page, glyphs, one_of_few(wholes), units)
    if most_parts:
        drafts.cut(most_parts)
    words: list[tuple[int, list[Arc]]] = []
    at = 0
    for count in (len(word.glyphs) for line in page.lines for word in line.words):
        words.append(drafts.word(at, at + count, joining=most_parts > 0))
        at += count
    row_of = {id(glyph): row for row, glyph in enumerate(glyphs)}
    new = [arc.glyph for _, arcs in words for arc in arcs if id(arc.glyph) not in row_of]
    row_of |= {id(glyph): len(glyphs) + row for row, glyph in enumerate(new)}
    told = np.concatenate([wholes, classify([glyph.grey for glyph in new])]) if new else wholes
    lattices = iter(
        WordLattice(nodes, tuple(arcs), told[[row_of[id(arc.glyph)] for arc in arcs]])
        for nodes, arcs in words
    )
    return [LineLattice(tuple(next(lattices) for _ in line.words), line) for line in page.lines]


def one_of_few(probabilities: Floats) -> Floats:
    """How likely each glyph is one character, whichever of its look-alikes: `(N,)` float64."""
    few = min(_LIKELIEST, probabilities.shape[1])
    return np.asarray(np.sort(probabilities, axis=1)[:, -few:].sum(axis=1), np.float64)


def x_height_of(line: LineCut) -> float:
    """A line's x-height in pixels, roughly: the rows in which most of its ink lies."""
    top = min(glyph.top for glyph in line.glyphs)
    rows = np.zeros(int(max(glyph.bottom for glyph in line.glyphs) - top) + 3)
    for glyph in line.glyphs:
        ink = np.count_nonzero(glyph.ink, axis=1)
        start = round(glyph.top - top)
        rows[start : start + len(ink)] += ink[: len(rows) - start]
    usual = np.sort(rows)[-max(1, len(rows) // 8)]
    body = np.flatnonzero(rows > 0.45 * usual)
    tall = np.array([glyph.place.height for glyph in line.glyphs])
    letter_px = float(np.median(tall[tall >= 0.5 * tall.max()]))
    spread = float(np.ptp(body)) + 1.0 if len(body) else 0.0
    return float(np.clip(spread, 0.4 * letter_px, letter_px))


class _Drafts:
    """A page's arcs before the classifier has seen their parts and joints.

    `sure` is how likely each glyph is one character, `units` its line's x-height in pixels.
    """

    def __init__(
        self, page: Page, glyphs: Sequence[GlyphCut], sure: Floats, units: Sequence[float]
    ) -> None:
        self._page = page
        self._glyphs = glyphs
        self._sure = sure
        self._units = units
        self._parts: dict[int, list[Arc]] = {}

    def cut(self, most: int) -> None:
        """Cut doubtful glyphs, most doubtful first, until there are `most` parts."""
        doubtful = [
            k
            for k, glyph in enumerate(self._glyphs)
            if self._sure[k] < SURE and glyph.place.width >= _LEAST_WIDTH * self._units[k]
        ]
        for k in sorted(doubtful, key=lambda k: float(self._sure[k])):
            if most <= 0:
                break
            splits = split_glyph(self._glyphs[k], self._page, self._units[k])
            if splits is None:
                continue
            most -= len(splits.segments)
            self._parts[k] = [
                Arc(part.start, part.stop, part.glyph, _CUT_BITS * inner / 2)
                for part in splits.segments
                for inner in [(part.start > 0) + (part.stop < splits.atoms)]
            ]
            self._parts[k].append(Arc(0, splits.atoms, self._glyphs[k]))

    def word(self, first: int, end: int, *, joining: bool) -> tuple[int, list[Arc]]:
        """Number of nodes, and arcs, of the word of glyphs `first` up to `end`."""
        arcs: list[Arc] = []
        starts = [0]
        for k in range(first, end):
            own = self._parts.get(k) or [Arc(0, 1, self._glyphs[k])]
            base = starts[-1]
            arcs += [replace(arc, start=base + arc.start, stop=base + arc.stop) for arc in own]
            starts.append(base + max(arc.stop for arc in own))
        if joining:
            for one in range(first, end):
                for other in range(one + 1, min(end, one + _MOST_JOINED)):
                    joint = self._joint(one, other)
                    if joint is not None:
                        start, stop = starts[one - first], starts[other + 1 - first]
                        arcs.append(replace(joint, start=start, stop=stop))
        return starts[-1] + 1, sorted(arcs, key=lambda arc: arc.stop)

    def _joint(self, first: int, last: int) -> Arc | None:
        """Glyphs `first` to `last` as one; None where they are hardly pieces of one letter."""
        if (self._sure[first : last + 1] >= SURE).all():
            return None
        group = self._glyphs[first : last + 1]
        unit = self._units[first]
        width = max(glyph.place.right for glyph in group) - group[0].place.left
        gaps = [(right.place.left - left.place.right) / unit for left, right in pairwise(group)]
        if width > _JOINT_WIDTH * unit or max(gaps) > _JOINT_GAP:
            return None
        bits = sum(_JOINT_BITS + _JOINT_BITS_PER_GAP * max(0.0, gap) for gap in gaps)
        return Arc(0, 0, join_glyphs(group, self._page), bits)
