import errno
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.errors import ExitCode, OutputError
from inkwatch.publish.overlay import (
    GUESS_COLOUR,
    SURE_COLOUR,
    UNREAD_COLOUR,
    UNSURE_COLOUR,
    colour_of,
    draw_overlay,
    write_overlay,
)
from inkwatch.reading import Box, Candidate, Glyph, Line, Reading, Word
from inkwatch.unread import Reason, Unread

Pixels = npt.NDArray[np.uint8]


@pytest.fixture
def page() -> Pixels:
    return np.full((120, 200, 3), 240, np.uint8)


def inked(drawn: Pixels) -> int:
    """How many pixels are near the colour of what is sure; letters' edges are blended."""
    return int((np.abs(drawn.astype(int) - SURE_COLOUR).max(axis=2) < 80).sum())


def test_boxes_have_the_colour_of_their_confidence(page: Pixels, reading: Reading) -> None:
    drawn = draw_overlay(page, reading)
    assert drawn.shape == page.shape
    assert drawn.dtype == np.uint8
    sure, guess, _, unsure, _ = reading.glyphs  # H 0.99, i 0.5, m 0.98, e 0.7, x 1.0
    for glyph, colour in ((sure, SURE_COLOUR), (guess, GUESS_COLOUR), (unsure, UNSURE_COLOUR)):
        assert tuple(drawn[glyph.box.bottom - 1, glyph.box.left]) == colour
        assert tuple(drawn[glyph.box.bottom - 1, glyph.box.right - 1]) == colour
    for word in reading.words:
        around = colour_of(word.confidence)
        assert tuple(drawn[word.box.bottom + 1, word.box.left - 2]) == around
        assert tuple(drawn[word.box.bottom + 1, word.box.right + 1]) == around


def test_outlines_follow_tilted_writing(page: Pixels) -> None:
    tilted = ((40.0, 60.0), (150.0, 80.0), (146.0, 100.0), (36.0, 80.0))
    word = Word((Glyph(Box(36, 60, 114, 40), (Candidate("x", 1.0),), tilted),), polygon=tilted)
    drawn = draw_overlay(page, Reading((Line((word,), tilted),), 200, 120))
    assert tuple(drawn[60, 40]) == SURE_COLOUR
    assert tuple(drawn[99, 145]) == SURE_COLOUR
    assert tuple(drawn[98, 38]) != SURE_COLOUR  # the corner of the upright box


def test_lines_have_their_baseline(page: Pixels) -> None:
    word = Word((Glyph(Box(60, 40, 20, 30), (Candidate("x", 1.0),)),))
    line = Line((word,), baseline=((10.0, 66.0), (190.0, 66.0)))
    drawn = draw_overlay(page, Reading((line,), 200, 120))
    assert len({tuple(drawn[66, x].tolist()) for x in (12, 100, 188)}) == 1
    assert drawn[66, 12].tolist() != drawn[60, 12].tolist()


def test_what_was_left_unread_is_crossed_out(page: Pixels) -> None:
    stray = Unread(Reason.STRAY_MARK, Box(50, 20, 41, 41))
    drawn = draw_overlay(page, Reading((), 200, 120, unread=(stray,)))
    assert tuple(drawn[19, 70]) == UNREAD_COLOUR
    assert tuple(drawn[40, 70]) == UNREAD_COLOUR
    below = np.abs(drawn[64:80, 48:150].astype(int) - UNREAD_COLOUR).max(axis=2)
    assert (below < 90).sum() > 20  # the reason


def test_characters_stand_above_their_boxes(page: Pixels, reading: Reading) -> None:
    drawn = draw_overlay(page, reading)
    box = reading.glyphs[0].box
    assert inked(drawn[box.top - 18 : box.top - 3, box.left : box.right]) > 10
    plain = draw_overlay(page, Reading((), 200, 120))
    assert not (plain[:, :, 0] != plain[:, :, 2]).any()


def test_the_page_fades_and_is_not_changed(page: Pixels, reading: Reading) -> None:
    page[:] = 0
    drawn = draw_overlay(page, reading)
    assert 100 < drawn[110, 190, 0] < 130
    assert not page.any()


def test_grey_pages_become_colour(reading: Reading) -> None:
    assert draw_overlay(np.full((120, 200), 240, np.uint8), reading).shape == (120, 200, 3)


@pytest.mark.parametrize(
    ("confidence", "colour"),
    [(1.0, SURE_COLOUR), (0.9, SURE_COLOUR), (0.6, UNSURE_COLOUR), (0.59, GUESS_COLOUR)],
)
def test_colours_change_at_their_bounds(confidence: float, colour: tuple[int, int, int]) -> None:
    assert colour_of(confidence) == colour


@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_any_reading_can_be_drawn(
    readings: st.SearchStrategy[Reading], data: st.DataObject
) -> None:
    reading = data.draw(readings)
    image = np.full((reading.height, reading.width), 200, np.uint8)
    assert draw_overlay(image, reading).shape == (reading.height, reading.width, 3)


def test_a_character_at_the_top_stays_on_the_page(page: Pixels) -> None:
    glyph = Glyph(Box(2, 0, 30, 40), (Candidate("W", 1.0),))
    drawn = draw_overlay(page, Reading((Line((Word((glyph,)),)),), 200, 120))
    assert inked(drawn[1:30, 4:30]) > 20


def test_the_file_is_a_picture_in_a_folder_that_is_made(
    page: Pixels, reading: Reading, tmp_path: Path
) -> None:
    folder = tmp_path / "a" / "b"
    path = write_overlay(page, reading, folder)
    assert path == folder / "page-overlay.jpg"
    image = cv2.imread(str(path))
    assert image is not None
    assert image.shape == page.shape
    assert list(folder.iterdir()) == [path]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask


def test_pages_of_the_same_name_do_not_meet(page: Pixels, reading: Reading, tmp_path: Path) -> None:
    used: set[str] = set()
    names = [
        write_overlay(page, replace(reading, source=source), tmp_path, used=used).name
        for source in ("a/page.jpg", "b/page.jpg", "b/page.png", "-", "", "clip.mp4#12", "x\0y.jpg")
    ]
    assert names == [
        *("page-overlay.jpg", "page-2-overlay.jpg", "page-3-overlay.jpg", "page-4-overlay.jpg"),
        *("page-5-overlay.jpg", "clip-12-overlay.jpg", "xy-overlay.jpg"),
    ]
    assert {path.name for path in tmp_path.iterdir()} == set(names) == used


def test_a_second_run_replaces_the_first(page: Pixels, reading: Reading, tmp_path: Path) -> None:
    first = write_overlay(page, reading, tmp_path)
    first.write_bytes(b"old")
    assert write_overlay(page, reading, tmp_path) == first
    assert cv2.imread(str(first)) is not None


@pytest.mark.parametrize("source", ["é" * 300 + ".jpg", "../../etc/passwd", "caf\udce9.png", "/"])
def test_odd_sources_stay_in_the_folder(
    source: str, page: Pixels, reading: Reading, tmp_path: Path
) -> None:
    path = write_overlay(page, replace(reading, source=source), tmp_path)
    assert path.parent == tmp_path
    assert path.is_file()


def test_a_folder_that_is_a_file_is_told(page: Pixels, reading: Reading, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match=r"cannot be written: File exists.*Name a folder") as told:
        write_overlay(page, reading, taken)
    assert told.value.exit_code is ExitCode.OUTPUT


def test_a_full_disk_leaves_the_old_overlay_and_no_rest(
    page: Pixels, reading: Reading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_overlay(page, reading, tmp_path)
    path.write_bytes(b"old")

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fchmod", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_overlay(page, reading, tmp_path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
