from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkwatch.places import Shares
from inkwatch.reader import Reader
from inkwatch.reading import Reading
from inkwatch.trace import Tracer

Pixels = npt.NDArray[np.uint8]

TINY = Path(__file__).parents[1] / "data" / "tiny_bundle"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(TINY)


def written(*, turned: bool = False, touching: bool = False) -> Pixels:
    page = np.full((360, 700), 220, np.uint8)
    for row, text in enumerate(("TAB 12 BET", "BAT 30 ABET", "TEA 21 BEAT")):
        at = (40, 100 + 110 * row)
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, 2, 40, 4, cv2.LINE_AA)
    if touching:
        cv2.line(page, (40, 60), (200, 60), 40, 4)
    return np.ascontiguousarray(np.rot90(page, 2)) if turned else page


@pytest.mark.parametrize(
    "page",
    [
        written(),
        written(touching=True),
        written(turned=True),
        np.full((80, 60), 255, np.uint8),
        np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8),
    ],
    ids=["upright", "touching", "turned", "blank", "noise"],
)
def test_a_trace_changes_no_reading(page: Pixels, reader: Reader) -> None:
    trace, reading = reader.trace(page, "a"), reader.read(page, "a")
    assert (trace.reading.lines, trace.reading.unread) == (reading.lines, reading.unread)
    assert trace.reading.source == "a"


def test_the_ways_that_hold_are_what_was_read(reader: Reader) -> None:
    trace = reader.trace(written())
    assert trace.reading.text == "TAB 12 BET\nBAT 30 ABET\nTEA 21 BEAT"
    boxes = [glyph.box for line in trace.settled for glyph in line.cut.glyphs]
    assert boxes == [glyph.box for glyph in trace.reading.glyphs]
    likeliest = [
        trace.labels[int(row.argmax())]
        for line in trace.lattices
        for word in line.words
        for row in word.probabilities
    ]
    assert "".join(likeliest).upper() == trace.reading.text.replace(" ", "").replace("\n", "")


def test_stages_of_a_turned_page_are_those_of_the_way_up_that_holds(reader: Reader) -> None:
    trace = reader.trace(written(), quarter_turns=1)
    assert trace.sheet.grey.shape == (700, 360)
    assert trace.even.grey.shape == trace.writing.ink.shape
    assert trace.separate.pieces.labels.shape == trace.page.straightened.grey.shape
    # However often a page is turned for trial, what is kept belongs together.
    trace = reader.trace(written(turned=True))
    assert len(trace.lattices) == len(trace.page.lines) == len(trace.settled)
    assert trace.sheet.grey.shape == (360, 700)
    corner = trace.sheet.points_in_picture(np.array([[0.0, 0.0]]))[0]
    turned = len(trace.reading.lines) and trace.reading.lines[0].polygon[0][1] > 180
    assert bool(corner[1] > 180) == bool(turned)


def test_a_part_of_a_picture_has_a_trace(reader: Reader) -> None:
    trace = reader.trace(written(), region=Shares(0, 0, 1, 0.4))
    assert trace.reading.text == "TAB 12 BET"
    assert trace.sheet.grey.shape[0] == 144


def test_there_is_no_trace_of_what_was_not_read() -> None:
    with pytest.raises(ValueError, match="once it was read"):
        Tracer(("a",)).trace(Reading((), 1, 1))
