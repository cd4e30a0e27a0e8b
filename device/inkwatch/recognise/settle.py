"""Which cuts hold: what the classifier takes for no single character is cut and read again.

A small lattice for each doubtful glyph: its parts between any two cuts are classified, and the way
through them that is likeliest throughout replaces the glyph, where it is likelier than the whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from inkwatch.vision.page import GlyphCut, LineCut, Page, WordCut
from inkwatch.vision.split import Segment, Splits, flat_segments, split_glyph

Floats = npt.NDArray[np.float64]
Classify = Callable[[Sequence[npt.NDArray[np.uint8]]], Floats]
"""Gives `(N, L)` float64 probabilities for N pictures of glyphs."""

SURE = 0.9
"""A glyph that is one of its three likeliest characters with this probability is not cut."""

MOST_DOUBTFUL = 120
"""So many glyphs of a page are cut at the most: joined writing has hundreds, and cuts hardly help
there."""

_CUT_PRICE = 0.4
_LEAST_WIDTH = 0.5
_LIKELIEST = 3
_FLOOR = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """A page with its cuts settled, and `(N, L)` probabilities of its glyphs in reading order."""

    page: Page
    probabilities: Floats


def settle_cuts(page: Page, classify: Classify, most_doubtful: int = MOST_DOUBTFUL) -> Settled:
    """Classify a page's glyphs, and cut those that are none.

    Args:
        page: as `cut_page` gives it.
        classify: the classifier.
        most_doubtful: how many glyphs are cut at the most.
    """
    glyphs = [glyph for line in page.lines for glyph in line.glyphs]
    probabilities = classify([glyph.grey for glyph in glyphs])
    wholes = _one_of_few(probabilities)
    doubtful: list[int] = []
    for line_glyphs in _by_line(page):
        letter_px = float(np.median([glyphs[k].place.height for k in line_glyphs]))
        doubtful += [
            k
            for k in line_glyphs
            if wholes[k] < SURE and glyphs[k].place.width >= _LEAST_WIDTH * letter_px
        ]
    most = sorted(sorted(doubtful, key=lambda k: wholes[k])[:most_doubtful])
    found = {k: split_glyph(glyphs[k], page) for k in most}
    split = {k: parts for k, parts in found.items() if parts is not None}
    if not split:
        return Settled(page, probabilities)
    told = classify([part.grey for part in flat_segments(list(split.values()))])
    chosen: dict[int, tuple[list[GlyphCut], Floats]] = {}
    at = 0
    for k, parts in split.items():
        own = told[at : at + len(parts.segments)]
        at += len(parts.segments)
        way = _likeliest_way(parts, _one_of_few(own), float(wholes[k]))
        if way:
            cuts = [parts.segments[s].glyph for s in way]
            chosen[k] = (cuts, own[way])
    return _with_cuts(page, probabilities, chosen)


def _one_of_few(probabilities: Floats) -> Floats:
    """How likely each glyph is one character, whichever of its look-alikes."""
    few = min(_LIKELIEST, probabilities.shape[1])
    return np.asarray(np.sort(probabilities, axis=1)[:, -few:].sum(axis=1), np.float64)


def _by_line(page: Page) -> list[range]:
    ends = np.cumsum([0, *(len(line.glyphs) for line in page.lines)]).tolist()
    return [range(first, last) for first, last in pairwise(ends)]


def _likeliest_way(splits: Splits, sure: Floats, whole: float) -> list[int]:
    """Segments from the left end to the right; none where the whole is likelier."""
    best = [0.0] + [-np.inf] * splits.atoms
    ways: list[list[int]] = [[] for _ in best]
    by_stop: list[list[tuple[int, Segment]]] = [[] for _ in best]
    for number, segment in enumerate(splits.segments):
        by_stop[segment.stop].append((number, segment))
    for stop in range(1, splits.atoms + 1):
        for number, segment in by_stop[stop]:
            price = _CUT_PRICE if segment.start else 0.0
            score = best[segment.start] + float(np.log(max(sure[number], _FLOOR))) - price
            if score > best[stop]:
                best[stop] = score
                ways[stop] = [*ways[segment.start], number]
    return ways[-1] if best[-1] > float(np.log(max(whole, _FLOOR))) else []


def _with_cuts(
    page: Page, probabilities: Floats, chosen: dict[int, tuple[list[GlyphCut], Floats]]
) -> Settled:
    if not chosen:
        return Settled(page, probabilities)
    rows: list[Floats] = []
    lines: list[LineCut] = []
    k = 0
    for line in page.lines:
        words: list[WordCut] = []
        for word in line.words:
            glyphs: list[GlyphCut] = []
            for glyph in word.glyphs:
                cuts, own = chosen.get(k, ([glyph], probabilities[k : k + 1]))
                glyphs += cuts
                rows.append(own)
                k += 1
            words.append(WordCut(tuple(glyphs)))
        lines.append(replace(line, words=tuple(words)))
    return Settled(replace(page, lines=tuple(lines)), np.concatenate(rows))
