"""The ways through a few words: every piece of ink that may be a character, and what it may be."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.frames.frame import Image
from inkwatch.places import Box
from inkwatch.publish.canvas import FONT, FONT_PX, Canvas, Colour
from inkwatch.publish.overlay import SURE_COLOUR
from inkwatch.publish.strip_panels import GREY, INK, Panel, node_places
from inkwatch.recognise.lattice import Arc, WordLattice
from inkwatch.trace import Trace

WORDS = 3
"""So many words are shown at the most."""

_MOST_NODES = 26
_PICTURE_PX = 110
_ROW_PX = 21
_TEXT_PX = 9.0
_GAP_PX = 24
_CHOSEN_PALE: Colour = (225, 238, 210)


def doubtful_words(trace: Trace) -> list[WordLattice]:
    """The words with most ways through them; where none is in doubt, the longest."""
    words = [word for line in trace.lattices for word in line.words]
    few = [word for word in words if word.nodes <= _MOST_NODES] or words
    ranked = sorted(few, key=lambda word: -len(word.arcs))
    doubtful = [word for word in ranked if not word.settled]
    return (doubtful or ranked[:1])[:WORDS]


def word_box(word: WordLattice) -> Box:
    """Where a word is on the page that was cut."""
    return Box.around(arc.glyph.place for arc in word.arcs)


def lattice_panel(trace: Trace, width_px: int) -> Panel:
    """The most doubtful words, below each all that was classified, what holds in green.

    The page has a word at least.
    """
    taken = {id(glyph) for line in trace.settled for glyph in line.cut.glyphs}
    words = doubtful_words(trace)
    grey = trace.page.straightened.grey
    gap = np.full((_GAP_PX, width_px, 3), 255, np.uint8)
    panel = np.concatenate(
        [part for word in words for part in (_word(grey, word, trace.labels, taken, width_px), gap)]
    )
    legend = (("taken", SURE_COLOUR), ("other ways", GREY))
    return Panel("lattice", "Ways through doubtful words", panel, legend)


def _word(
    page: Image, word: WordLattice, labels: Sequence[str], taken: set[int], width_px: int
) -> Image:
    box = word_box(word).within(page.shape[1], page.shape[0]) or Box(0, 0, 1, 1)
    fit = min(width_px, round(_PICTURE_PX * 2 * box.width / box.height))
    canvas = Canvas(page, box, max(1, fit))
    places = (np.array(node_places(word)) - box.left) * canvas.scale
    rows = _stacked(word.arcs)
    picture_px = canvas.image.shape[0]
    height = picture_px + 8 + (max(rows, default=0) + 1) * _ROW_PX
    drawn = np.full((height, width_px, 3), 255, np.uint8)
    drawn[:picture_px, : canvas.image.shape[1]] = canvas.image[:, :width_px]
    for x in places.tolist():
        cv2.line(drawn, (round(x), 0), (round(x), height), (225, 225, 225), 1)
    for number, (arc, row) in enumerate(zip(word.arcs, rows, strict=True)):
        left, right = round(float(places[arc.start])) + 2, round(float(places[arc.stop])) - 2
        top = picture_px + 8 + row * _ROW_PX
        bottom = top + _ROW_PX - 4
        colour = SURE_COLOUR if id(arc.glyph) in taken else GREY
        if id(arc.glyph) in taken:
            cv2.rectangle(drawn, (left, top), (right, bottom), _CHOSEN_PALE, cv2.FILLED)
        cv2.rectangle(drawn, (left, top), (right, bottom), colour, 1)
        _label(drawn, word.probabilities[number], labels, (left + 3, bottom - 4), right - left - 4)
    return drawn


def _label(
    drawn: Image,
    probabilities: npt.NDArray[np.float64],
    labels: Sequence[str],
    at: tuple[int, int],
    room_px: int,
) -> None:
    """Write the likeliest characters with their percentages, as many as there is room for."""
    scale = _TEXT_PX / FONT_PX
    likeliest = np.argsort(-probabilities, kind="stable")[:3].tolist()
    told = [
        f"{labels[k]} {probabilities[k]:.0%}"[:-1] for k in likeliest if probabilities[k] > 0.01
    ]
    told = told or ["-"]
    tries = ["  ".join(told[:count]) for count in (3, 2, 1)]
    tries.append(told[0].partition(" ")[0])
    for text in tries:
        (width, _), _ = cv2.getTextSize(text, FONT, scale, 1)
        if width <= room_px or text is tries[-1]:
            cv2.putText(drawn, text, at, FONT, scale, INK, 1, cv2.LINE_AA)
            return


def _stacked(arcs: Sequence[Arc]) -> list[int]:
    """A row for each arc so that none covers another; short arcs come first."""
    rows: list[list[tuple[int, int]]] = []
    found = [0] * len(arcs)
    for number in sorted(range(len(arcs)), key=lambda k: arcs[k].stop - arcs[k].start):
        arc = arcs[number]
        row = 0
        while row < len(rows) and any(arc.start < b and a < arc.stop for a, b in rows[row]):
            row += 1
        if row == len(rows):
            rows.append([])
        rows[row].append((arc.start, arc.stop))
        found[number] = row
    return found
