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

AT_LINE_END = 20.0
"""In the place of `LineCut.break_bits` where a line begins or ends: there no word goes on."""

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

    `probabilities` is `(N, L)` float64, one row for each arc. `gaps` are the nodes between its
    glyphs where words might part after all, each with its `LineCut.break_bits`; `before_bits` and
    `behind_bits` are those of the gaps at its ends, or `AT_LINE_END`.
    """

    nodes: int
    arcs: tuple[Arc, ...]
    probabilities: Floats
    gaps: tuple[tuple[int, float], ...] = ()
    before_bits: float = AT_LINE_END
    behind_bits: float = AT_LINE_END

    @property
    def settled(self) -> bool:
        """Whether the arcs are one chain, so that there is only one way through."""
        chain = list(pairwise(range(self.nodes)))
        return [(arc.start, arc.stop) for arc in self.arcs] == chain

    def part(self, first: int, last: int) -> "WordLattice":
        """What lies between two nodes, as a word of its own."""
        inside = [k for k, a in enumerate(self.arcs) if first <= a.start and a.stop <= last]
        arcs = (self.arcs[k] for k in inside)
        bits_at = dict(self.gaps)
        return WordLattice(
            last - first + 1,
            tuple(replace(arc, start=arc.start - first, stop=arc.stop - first) for arc in arcs),
            self.probabilities[inside],
            tuple((node - first, bits) for node, bits in self.gaps if first < node < last),
            bits_at.get(first, self.before_bits),
            bits_at.get(last, self.behind_bits),
        )


@dataclass(frozen=True, slots=True, eq=False)
class LineLattice:
    """A line's words, from left to right, and the line as it was cut."""

    words: tuple[WordLattice, ...]
    cut: LineCut


def joined_words(words: Sequence[WordLattice]) -> WordLattice:
    """Several words as one, the breaks between them among its gaps."""
    arcs: list[Arc] = []
    gaps: list[tuple[int, float]] = []
    at = 0
    for number, word in enumerate(words):
        if number:
            gaps.append((at, word.before_bits))
        arcs += [replace(arc, start=at + arc.start, stop=at + arc.stop) for arc in word.arcs]
        gaps += [(at + node, bits) for node, bits in word.gaps]
        at += word.nodes - 1
    rows = np.concatenate([word.probabilities for word in words])
    ends = words[0].before_bits, words[-1].behind_bits
    return WordLattice(at + 1, tuple(arcs), rows, tuple(gaps), *ends)


def build_lattices(
    page: Page,
    classify: Classify,
    most_parts: int = MOST_PARTS,
    wholes: Floats | None = None,
) -> list[LineLattice]:
    """Classify a page's glyphs, and all that those which are doubtful may be.

    Args:
        page: as `cut_page` gives it.
        classify: the classifier.
        most_parts: how many parts of glyphs are looked at; 0 takes all glyphs as they are.
        wholes: the probabilities of all its glyphs, where they are known.
    """
    glyphs = [glyph for line in page.lines for glyph in line.glyphs]
    if wholes is None:
        wholes = classify([glyph.grey for glyph in glyphs])
    units = [line.x_height_px for line in page.lines for _ in line.glyphs]
    drafts = _Drafts(page, glyphs, one_of_few(wholes), units)
    if most_parts:
        drafts.cut(most_parts)
    lines: list[list[_WordDraft]] = []
    at = 0
    for line in page.lines:
        first = at
        lines.append([])
        for word in line.words:
            bits = (AT_LINE_END, *line.break_bits, AT_LINE_END)
            own = bits[at - first : at - first + len(word.glyphs) + 1]
            lines[-1].append(drafts.word(at, own, joining=most_parts > 0))
            at += len(word.glyphs)
    row_of = {id(glyph): row for row, glyph in enumerate(glyphs)}
    new = [
        arc.glyph
        for words in lines
        for word in words
        for arc in word.arcs
        if id(arc.glyph) not in row_of
    ]
    row_of |= {id(glyph): len(glyphs) + row for row, glyph in enumerate(new)}
    told = np.concatenate([wholes, classify([glyph.grey for glyph in new])]) if new else wholes
    return [
        LineLattice(
            tuple(
                word.lattice(told[[row_of[id(arc.glyph)] for arc in word.arcs]]) for word in words
            ),
            line,
        )
        for words, line in zip(lines, page.lines, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _WordDraft:
    """A word's lattice before the classifier has seen it."""

    nodes: int
    arcs: list[Arc]
    gaps: tuple[tuple[int, float], ...]
    ends_bits: tuple[float, float]

    def lattice(self, probabilities: Floats) -> WordLattice:
        arcs = tuple(self.arcs)
        return WordLattice(self.nodes, arcs, probabilities, self.gaps, *self.ends_bits)


def one_of_few(probabilities: Floats) -> Floats:
    """How likely each glyph is one character, whichever of its look-alikes: `(N,)` float64."""
    few = min(_LIKELIEST, probabilities.shape[1])
    return np.asarray(np.sort(probabilities, axis=1)[:, -few:].sum(axis=1), np.float64)


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
        self._doubtful = (sure < SURE).tolist()
        self._units = units
        self._parts: dict[int, list[Arc]] = {}

    def cut(self, most: int) -> None:
        """Cut doubtful glyphs, most doubtful first, until there are `most` parts."""
        doubtful = [
            k
            for k, glyph in enumerate(self._glyphs)
            if self._doubtful[k] and glyph.place.width >= _LEAST_WIDTH * self._units[k]
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

    def word(self, first: int, break_bits: Sequence[float], *, joining: bool) -> _WordDraft:
        """The word that begins with glyph `first` and has these gaps before, in and behind it."""
        end = first + len(break_bits) - 1
        arcs: list[Arc] = []
        starts = [0]
        for k in range(first, end):
            base, own = starts[-1], self._parts.get(k)
            if own is None:
                arcs.append(Arc(base, base + 1, self._glyphs[k]))
                starts.append(base + 1)
                continue
            arcs += [replace(arc, start=base + arc.start, stop=base + arc.stop) for arc in own]
            starts.append(base + max(arc.stop for arc in own))
        if joining:
            for one in range(first, end):
                for other in range(one + 1, min(end, one + _MOST_JOINED)):
                    joint = self._joint(one, other)
                    if joint is not None:
                        start, stop = starts[one - first], starts[other + 1 - first]
                        arcs.append(replace(joint, start=start, stop=stop))
        gaps = tuple(zip(starts[1:-1], break_bits[1:-1], strict=True))
        ends = break_bits[0], break_bits[-1]
        return _WordDraft(starts[-1] + 1, sorted(arcs, key=lambda arc: arc.stop), gaps, ends)

    def _joint(self, first: int, last: int) -> Arc | None:
        """Glyphs `first` to `last` as one; None where they are hardly pieces of one letter."""
        if not any(self._doubtful[first : last + 1]):
            return None
        group = self._glyphs[first : last + 1]
        unit = self._units[first]
        width = max(glyph.place.right for glyph in group) - group[0].place.left
        gaps = [(right.place.left - left.place.right) / unit for left, right in pairwise(group)]
        if width > _JOINT_WIDTH * unit or max(gaps) > _JOINT_GAP:
            return None
        bits = sum(_JOINT_BITS + _JOINT_BITS_PER_GAP * max(0.0, gap) for gap in gaps)
        return Arc(0, 0, join_glyphs(group, self._page), bits)
