import stat
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkwatch.errors import OutputError
from inkwatch.places import Box
from inkwatch.publish.strip import STRIP_PX, draw_stages, draw_strip, save_strip, strip_name
from inkwatch.publish.strip_lattice import doubtful_words
from inkwatch.publish.strip_panels import (
    CUT,
    JOINED,
    NO_WRITING,
    PRINTED,
    close_up,
    cuts_panel,
    ink_panel,
    lines_panel,
    text_panel,
    view_panel,
)
from inkwatch.reader import Reader

Pixels = npt.NDArray[np.uint8]

TINY = Path(__file__).parents[2] / "data" / "tiny_bundle"
STAGES = ["view", "sheet", "light", "ink", "lines", "cuts", "lattice", "text"]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(TINY)


@pytest.fixture(scope="module")
def page() -> Pixels:
    """Two lines, the second a word whose letters touch."""
    page = np.full((300, 700, 3), 225, np.uint8)
    letters = [("BET 30 ABET", (40, 110)), *((c, (40 + 30 * k, 220)) for k, c in enumerate("BEAT"))]
    for text, at in letters:
        cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, 2, (60, 40, 40), 4, cv2.LINE_AA)
    return page


def has(image: Pixels, colour: tuple[int, ...]) -> int:
    """How many pixels have nearly a colour."""
    return int((np.abs(image.astype(int) - colour).max(axis=2) < 12).sum())


def test_a_strip_shows_every_stage(page: Pixels, reader: Reader) -> None:
    before = page.copy()
    trace = reader.trace(page)
    strip = draw_strip(page, trace)
    assert strip.shape[1:] == (STRIP_PX, 3)
    assert strip.dtype == np.uint8
    panels = draw_stages(page, trace)
    assert [panel.name for panel in panels] == STAGES
    assert all(panel.image.shape[1] <= 2400 for panel in panels)
    assert (page == before).all()


@pytest.mark.parametrize("colour", [False, True], ids=["grey", "colour"])
@pytest.mark.parametrize("kind", ["blank", "noise", "dot", "tall", "wide"])
def test_any_picture_has_a_strip(kind: str, colour: bool, reader: Reader) -> None:
    shapes = {"tall": (900, 6), "wide": (6, 900), "dot": (1, 1)}
    image = np.full(shapes.get(kind, (150, 200)), 230, np.uint8)
    if kind == "noise":
        image = np.random.default_rng(1).integers(0, 256, image.shape, np.uint8)
    if colour:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR).astype(np.uint8)
    trace = reader.trace(image)
    assert draw_strip(image, trace).shape[1] == STRIP_PX
    assert {panel.name for panel in draw_stages(image, trace)} >= {"view", "sheet", "ink", "text"}


def test_the_sheet_in_view_is_framed(reader: Reader) -> None:
    view = np.full((300, 400, 3), 50, np.uint8)
    cv2.fillConvexPoly(view, np.array([[60, 40], [350, 60], [340, 260], [50, 250]]), (230,) * 3)
    cv2.putText(view, "TAB 12", (90, 160), cv2.FONT_HERSHEY_SIMPLEX, 2, (40,) * 3, 4)
    panel = view_panel(view, reader.trace(view), 400)
    assert has(panel.image[40:70, 100:300], JOINED) > 150
    assert has(panel.image[:30], JOINED) == 0


def test_printed_lines_are_told_from_writing(page: Pixels, reader: Reader) -> None:
    ruled = page.copy()
    for y in (40, 130, 250, 285):
        cv2.line(ruled, (0, y), (699, y), (170, 150, 150), 2)
    assert has(ink_panel(reader.trace(page), 700).image, PRINTED) == 0
    panel = ink_panel(reader.trace(ruled), 700)
    assert has(panel.image[245:255], PRINTED) > 600
    assert has(panel.image[60:120], (40, 40, 40)) > 500


def test_a_mark_in_no_line_is_violet(page: Pixels, reader: Reader) -> None:
    violet = tuple(round(255 - (255 - part) * 0.75) for part in NO_WRITING)
    far = np.vstack([page, np.full((900, 700, 3), 225, np.uint8)])
    cv2.circle(far, (650, 1100), 7, (40, 40, 40), cv2.FILLED)
    trace = reader.trace(far)
    assert len(trace.page.left_out.strays) == 1
    assert has(lines_panel(reader.trace(page), 700).image, violet) == 0
    assert has(lines_panel(trace, 700).image, violet) > 50


def test_cuts_are_shown_where_they_are(page: Pixels, reader: Reader) -> None:
    trace = reader.trace(page)
    touching = next(word for line in trace.lattices for word in line.words if not word.settled)
    assert doubtful_words(trace) == [touching]
    box = Box.around(arc.glyph.place for arc in touching.arcs)
    near = cuts_panel(trace, 700, box).image
    assert has(near, CUT) > 10
    sure = Box.around(glyph.place for glyph in trace.page.lines[0].glyphs)
    assert has(cuts_panel(trace, 700, sure).image, CUT) == 0
    whole = cuts_panel(trace, 700)
    assert whole.image.shape == (300, 700, 3)


def test_a_close_up_lies_in_the_page(page: Pixels, reader: Reader) -> None:
    trace = reader.trace(page)
    for around in (Box(0, 0, 5, 5), Box(690, 290, 10, 10), Box(300, 100, 60, 60)):
        part = close_up(trace, around, 300)
        assert part.within(700, 300) == part
        assert part.width < 700


def test_the_text_is_drawn_where_it_stands(page: Pixels, reader: Reader) -> None:
    trace = reader.trace(page)
    sure = text_panel(trace, 700)
    empty = text_panel(reader.trace(page, min_confidence=1.0), 700)
    assert has(sure.image, (90, 130, 0)) > 200
    assert has(empty.image, (90, 130, 0)) == 0


def test_files_are_pictures_and_second_runs_replace_them(
    page: Pixels, reader: Reader, tmp_path: Path
) -> None:
    path = tmp_path / "new" / "a-strip.png"
    trace = reader.trace(page)
    save_strip(page, trace, path)
    path.write_bytes(b"old")
    save_strip(page, trace, path)
    found = {str(file.relative_to(path.parent)) for file in path.parent.rglob("*.png")}
    assert found == {"a-strip.png"} | {f"a-stages/{n}-{s}.png" for n, s in enumerate(STAGES, 1)}
    strip = cv2.imread(str(path))
    assert strip is not None
    assert strip.shape[1] == STRIP_PX
    assert stat.S_IMODE(path.stat().st_mode) & 0o600 == 0o600


def test_stages_of_an_earlier_page_do_not_stay(
    page: Pixels, reader: Reader, tmp_path: Path
) -> None:
    path = tmp_path / "a-strip.png"
    save_strip(page, reader.trace(page), path)
    blank = np.full((80, 60), 255, np.uint8)
    save_strip(blank, reader.trace(blank), path)
    names = sorted(file.name for file in (tmp_path / "a-stages").iterdir())
    assert names == ["1-view.png", "2-sheet.png", "3-light.png", "4-ink.png", "8-text.png"]


def test_pages_of_the_same_name_do_not_meet() -> None:
    used: set[str] = set()
    names = [strip_name(source, used) for source in ("a/page.jpg", "b/page.png", "clip.mp4#12")]
    assert names == ["page-strip.png", "page-2-strip.png", "clip-12-strip.png"]


def test_a_folder_that_is_a_file_is_told(page: Pixels, reader: Reader, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match=r"the strip cannot be written: .*Name a folder"):
        save_strip(page, reader.trace(page), taken / "a-strip.png")
