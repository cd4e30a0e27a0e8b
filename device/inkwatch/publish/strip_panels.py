"""What each stage of a reading made of the page, one picture a stage."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.frames.frame import Image
from inkwatch.places import Box, Point
from inkwatch.publish.canvas import Canvas, Colour, whole, window_around
from inkwatch.publish.overlay import GUESS_COLOUR, SURE_COLOUR, UNSURE_COLOUR, colour_of
from inkwatch.recognise.lattice import WordLattice
from inkwatch.trace import Trace
from inkwatch.vision.page import GlyphCut
from inkwatch.vision.strips import PAPER

Floats = npt.NDArray[np.float64]

INK: Colour = (40, 40, 40)
GREY: Colour = (150, 150, 150)
CUT: Colour = (0, 120, 230)
JOINED: Colour = (220, 100, 0)
PRINTED: Colour = (90, 160, 255)
NO_WRITING: Colour = (200, 60, 120)

_OF_LINES: tuple[Colour, ...] = (
    *((180, 110, 0), (0, 130, 230), (100, 150, 0), (160, 70, 200)),
    *((40, 60, 210), (150, 150, 0), (20, 110, 130)),
)
"""Neighbouring lines differ; red and green never meet."""

_DARK = 40
"""What is so much darker than even paper was seen as ink, or was printed."""

_FADED = 5
"""So much lighter is what was taken off, at least: paper stays as it was, but for rounding."""

_MARGIN = 1.5
_DASH_PX = 4.0
_SLACK_PX = 2
_TALL = 1.35


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A stage's picture, `(h, w, 3)` BGR uint8, what is above it, and what its colours mean."""

    name: str
    title: str
    image: Image
    legend: tuple[tuple[str, Colour], ...] = ()


def view_panel(image: Image, trace: Trace, width_px: int) -> Panel:
    """The picture as it was given, with the corners of what was taken for the sheet."""
    canvas = Canvas(image, whole(image), width_px)
    height, width = trace.sheet.grey.shape
    corners = trace.sheet.points_in_picture(np.array(Box(0, 0, width, height).corners))
    canvas.path(corners, (255, 255, 255), width_px=5, closed=True)
    canvas.path(corners, JOINED, width_px=3, closed=True)
    # Where the page begins: it shows how it was turned.
    canvas.path([corners[0]] * 2, GUESS_COLOUR, width_px=14)
    legend = (("what is read", JOINED), ("its top left corner", GUESS_COLOUR))
    return Panel("view", "The picture", canvas.image, legend)


def sheet_panel(trace: Trace, width_px: int) -> Panel:
    """The page laid flat and upright."""
    grey = trace.sheet.grey
    return Panel("sheet", "The sheet, flat", Canvas(grey, whole(grey), width_px).image)


def light_panel(trace: Trace, width_px: int) -> Panel:
    """The page under even light."""
    grey = trace.even.grey
    return Panel("light", "Even light", Canvas(grey, whole(grey), width_px).image)


def ink_panel(trace: Trace, width_px: int) -> Panel:
    """What is writing, and what was left out."""
    writing = trace.writing
    labels, ids = writing.pieces.labels, writing.pieces.ids
    page = np.full((*labels.shape, 3), 255, np.uint8)
    page[trace.even.grey < PAPER - _DARK] = _paler(GREY)
    # What is dark under even light and paper later was taken off, with its soft edges.
    printed = cv2.subtract(writing.page.grey, trace.even.grey) > _FADED
    # A pixel wider, since printed lines are thin and the page is shown small.
    page[cv2.dilate(printed.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = PRINTED
    page[writing.ink > 0] = NO_WRITING
    is_writing = np.zeros(int(labels.max()) + 1, np.bool_)
    is_writing[ids] = True
    gone = np.zeros_like(is_writing)
    gone[1:] = ~is_writing[1:]
    page[is_writing[labels]] = INK
    # Boxes and dots are painted over and in no piece's place any more.
    page[gone[labels] & (writing.page.grey >= PAPER)] = PRINTED
    legend = (("writing", INK), ("printed", PRINTED), ("no writing", NO_WRITING))
    return Panel("ink", "Ink", Canvas(page, whole(page), width_px).image, legend)


def lines_panel(trace: Trace, width_px: int) -> Panel:
    """Each line's pieces in a colour of their own, between its baseline and x-height."""
    pieces, lines = trace.separate.pieces, trace.separate.lines
    colours = np.full((int(pieces.labels.max()) + 1, 3), 255, np.uint8)
    colours[pieces.ids] = NO_WRITING
    for number, line in enumerate(lines):
        colours[pieces.ids[line.members]] = _OF_LINES[number % len(_OF_LINES)]
    page = colours[pieces.labels]
    sides = np.stack([pieces.left, pieces.top, pieces.width, pieces.height], axis=1)
    boxes = [Box(*side) for side in sides.tolist()]
    window = window_around(boxes, page, _MARGIN * _usual_x_height(trace))
    canvas = Canvas(page, window, width_px, fade=0.25)
    for line in lines:
        left, right = pieces.left[line.members].min(), pieces.right[line.members].max()
        x = np.linspace(left, right, 60)
        along = np.column_stack([x, line.baseline.at(x)])
        canvas.path(along, INK)
        canvas.path(along - (0.0, line.x_height_px), GREY)
    legend = (("baseline", INK), ("x-height", GREY), ("in no line", NO_WRITING))
    return Panel("lines", "Lines, set upright", canvas.image, legend)


def cuts_panel(trace: Trace, width_px: int, window: Box | None = None) -> Panel:
    """The glyphs that hold, where more cuts were proposed, and what was joined."""
    grey = trace.page.straightened.grey
    canvas = Canvas(grey, window or whole(grey), width_px, fade=0.55)
    first = {id(glyph): glyph for line in trace.page.lines for glyph in line.glyphs}
    for lattice in trace.lattices:
        for word in lattice.words:
            for x, glyph in _proposed_cuts(word, first):
                _dashed(canvas, x, glyph.place)
    for line, settled in zip(trace.parted, trace.settled, strict=True):
        found = np.array([(g.place.left, g.place.right) for g in line.glyphs], np.float64)
        for glyph in settled.cut.glyphs:
            canvas.box(glyph.place, _how_cut(glyph, first, found))
    legend = (("as found", SURE_COLOUR), ("cut", CUT), ("joined", JOINED), ("- - proposed", CUT))
    return Panel("cuts", "Cuts", canvas.image, legend)


def text_panel(trace: Trace, width_px: int) -> Panel:
    """What was read, over the faded writing, in the colours of its confidence."""
    page = trace.page.straightened
    reading = trace.reading
    back = np.asarray(np.linalg.inv(page.to_picture), np.float64)
    places = [
        [_box_on_page(glyph.polygon, back) for glyph in line.glyphs] for line in reading.lines
    ]
    x_px = _usual_x_height(trace)
    every = [place for line in places for place in line]
    window = window_around(every, page.grey, _MARGIN * x_px)
    canvas = Canvas(page.grey, window, width_px, fade=0.8)
    # A line of capitals has their height for its x-height.
    tall_px = float(np.percentile([place.height for place in every], 75)) if every else 0.0
    text_px = float(np.clip(min(1.3 * x_px, tall_px) * canvas.scale, 8, 60))
    for line, own in zip(reading.lines, places, strict=True):
        base = _on_page(line.baseline, back)
        for glyph, place in zip(line.glyphs, own, strict=True):
            middle = place.left + place.width / 2
            foot = float(np.interp(middle, base[:, 0], base[:, 1]))
            at = (middle, foot)
            canvas.text(glyph.character, at, colour_of(glyph.confidence), text_px)
    legend = (("90 % sure", SURE_COLOUR), ("60 %", UNSURE_COLOUR), ("less", GUESS_COLOUR))
    return Panel("text", "Text", canvas.image, legend)


def close_up(trace: Trace, around: Box, width_px: int, least_x_px: float = 12.0) -> Box:
    """The part of the cut page around a box in which letters are large enough to be looked at."""
    grey = trace.page.straightened.grey
    glyphs = [glyph.place for line in trace.page.lines for glyph in line.glyphs]
    every = window_around(glyphs, grey, _MARGIN * _usual_x_height(trace))
    width = min(
        every.width, max(around.width, round(width_px * _usual_x_height(trace) / least_x_px))
    )
    height = min(every.height, round(_TALL * width))
    left = _held(around.left + around.width // 2 - width // 2, every.left, every.right - width)
    top = _held(around.top + around.height // 2 - height // 2, every.top, every.bottom - height)
    return Box(left, top, width, height)


def node_places(word: WordLattice) -> list[float]:
    """Where a word's nodes are on the page: x between what ends and what begins there."""
    ends: list[list[int]] = [[] for _ in range(word.nodes)]
    begins: list[list[int]] = [[] for _ in range(word.nodes)]
    for arc in word.arcs:
        begins[arc.start].append(arc.glyph.place.left)
        ends[arc.stop].append(arc.glyph.place.right)
    places = []
    for end, begin in zip(ends, begins, strict=True):
        sides = [float(np.median(side)) for side in (end, begin) if side]
        places.append(sum(sides) / len(sides))
    return places


def _proposed_cuts(word: WordLattice, first: dict[int, GlyphCut]) -> list[tuple[float, GlyphCut]]:
    """Places inside glyphs as they were found, each with its glyph."""
    places = node_places(word)
    return [
        (places[node], arc.glyph)
        for arc in word.arcs
        if id(arc.glyph) in first
        for node in range(arc.start + 1, arc.stop)
    ]


def _how_cut(glyph: GlyphCut, first: dict[int, GlyphCut], found: Floats) -> Colour:
    """The colour for a glyph; `found` are left and right of its line's glyphs as found."""
    if id(glyph) in first:
        return SURE_COLOUR
    # A joint reaches over glyphs as they were found, a part lies in one.
    left, right = glyph.place.left, glyph.place.right
    inside = (found[:, 0] - _SLACK_PX <= left) & (right <= found[:, 1] + _SLACK_PX)
    return CUT if inside.any() else JOINED


def _dashed(canvas: Canvas, x: float, place: Box) -> None:
    step = _DASH_PX / canvas.scale
    for top in np.arange(place.top, place.bottom, 2 * step):
        canvas.path([(x, top), (x, min(top + step, place.bottom))], CUT)


def _on_page(points: tuple[Point, ...], back: Floats) -> Floats:
    mapped = np.column_stack([np.array(points), np.ones(len(points))]) @ back.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:], np.float64)


def _box_on_page(points: tuple[Point, ...], back: Floats) -> Box:
    on_page = _on_page(points, back)
    left, top = np.floor(on_page.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(on_page.max(axis=0)).astype(int).tolist()
    return Box(left, top, max(1, right - left), max(1, bottom - top))


def _usual_x_height(trace: Trace) -> float:
    heights = [line.x_height_px for line in trace.page.lines]
    return float(np.median(heights)) if heights else 20.0


def _held(value: int, low: int, high: int) -> int:
    return min(max(value, low), max(low, high))


def _paler(colour: Colour) -> Colour:
    blue, green, red = (255 - (255 - part) // 3 for part in colour)
    return blue, green, red
