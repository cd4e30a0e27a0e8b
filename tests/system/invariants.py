"""What must hold of a reading, whatever the picture shows, and of all forms in which it is told."""

import json
import math
from typing import Never

import numpy as np
import numpy.typing as npt
from lxml import etree

from inkwatch.places import Box, Point
from inkwatch.publish.forms import FORMS, find_form
from inkwatch.publish.overlay import draw_overlay
from inkwatch.reading import Glyph, Line, Reading, Word

Image = npt.NDArray[np.uint8]

_HALF_PX = 0.5


def check_reading(reading: Reading, image: Image) -> None:
    """Places, order, probabilities and texts; `image` is the picture that was read."""
    height, width = image.shape[:2]
    assert (reading.width, reading.height) == (width, height)
    assert math.isfinite(reading.elapsed_s)
    assert 0.0 <= reading.confidence <= 1.0
    assert reading.text == "\n".join(line.text for line in reading.lines)
    for line in reading.lines:
        _check_line(line, width, height)
    for unread in reading.unread:
        _check_box(unread.box, width, height)
        _check_points(unread.polygon, width, height)
        _check_held(unread.polygon, unread.box if not unread.text else None)


def check_forms(reading: Reading, image: Image) -> None:
    """Each form is told, and is what it says that it is."""
    told = {}
    for name in FORMS:
        form = find_form(name)
        told[name] = form.header(reading.source) + form.page(reading, 1) + form.footer
    assert told["text"].rstrip("\n") == reading.text
    written = json.loads(told["json"], parse_constant=_no_number)
    assert [line["text"] for line in written["lines"]] == [line.text for line in reading.lines]
    rows = [row.split("\t") for row in told["tsv"].removesuffix("\n").split("\n")]
    assert len({len(row) for row in rows}) == 1
    for name in ("hocr", "alto"):
        words = etree.fromstring(told[name].encode(), etree.XMLParser(huge_tree=True))
        assert sum(1 for _ in words.iter()) > len(reading.words)
    drawn = draw_overlay(image, reading)
    assert drawn.dtype == np.uint8
    assert drawn.shape == (*image.shape[:2], 3)


def _check_line(line: Line, width: int, height: int) -> None:
    assert line.words
    assert line.text.strip()
    assert math.isfinite(line.x_height_px)
    assert line.x_height_px > 0
    assert len(line.baseline) >= 2
    _check_points(line.baseline, width, height)
    _check_points(line.polygon, width, height)
    assert len(line.polygon) == 4
    for word in line.words:
        _check_word(word, width, height)


def _check_word(word: Word, width: int, height: int) -> None:
    assert word.glyphs
    assert len(word.polygon) == 4
    _check_points(word.polygon, width, height)
    values = [word.confidence, *(other.probability for other in word.alternatives)]
    assert all(0.0 <= value <= 1.0 + 1e-9 for value in values)
    assert word.text not in {other.text for other in word.alternatives}
    for glyph in word.glyphs:
        _check_glyph(glyph, width, height)
        assert word.box == Box.around([word.box, glyph.box])


def _check_glyph(glyph: Glyph, width: int, height: int) -> None:
    _check_box(glyph.box, width, height)
    _check_points(glyph.polygon, width, height)
    assert len(glyph.polygon) == 4
    _check_held(glyph.polygon, glyph.box)
    values = [candidate.probability for candidate in glyph.candidates]
    assert values == sorted(values, reverse=True)
    assert all(0.0 <= value <= 1.0 + 1e-9 for value in values)
    characters = [candidate.character for candidate in glyph.candidates]
    assert len(set(characters)) == len(characters)
    assert all(character.strip() for character in characters)


def _check_box(box: Box, width: int, height: int) -> None:
    assert 0 <= box.left < box.right <= width
    assert 0 <= box.top < box.bottom <= height


def _check_points(points: tuple[Point, ...], width: int, height: int) -> None:
    for x, y in points:
        assert -_HALF_PX <= x <= width + _HALF_PX
        assert -_HALF_PX <= y <= height + _HALF_PX


def _check_held(polygon: tuple[Point, ...], box: Box | None) -> None:
    """A box holds its polygon; a word's runs along the line, and may have corners outside."""
    if box is None:
        return
    for x, y in polygon:
        assert box.left - _HALF_PX <= x <= box.right + _HALF_PX
        assert box.top - _HALF_PX <= y <= box.bottom + _HALF_PX


def _no_number(name: str) -> Never:
    raise AssertionError(f"{name} is no JSON")
