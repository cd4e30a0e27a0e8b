from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from inkwatch.assemble import assemble_lines
from inkwatch.language.line_state import Expected
from inkwatch.language.pattern import compile_pattern
from inkwatch.line_reader import LineReader
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.card import LINES
from inkwatch.recognise.line_model import LineModel
from inkwatch.vision.cut import cut_page
from inkwatch.vision.page import Page

TINY_LINES = Path(__file__).parents[1] / "data" / "tiny_lines"

Grey = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def model() -> LineModel:
    return LineModel(load_bundle(TINY_LINES, LINES))


@pytest.fixture(scope="module")
def reader(model: LineModel) -> LineReader:
    return LineReader(lambda: (model, Expected(model.labels)))


def write(*lines: str) -> Grey:
    image = np.full((100 * len(lines) + 60, 700), 220, np.uint8)
    for row, text in enumerate(lines):
        at = (40, 90 + 100 * row)
        cv2.putText(image, text, at, cv2.FONT_HERSHEY_SIMPLEX, 1.8, 40, 4, cv2.LINE_AA)
    return image


@pytest.fixture(scope="module")
def page() -> Page:
    return cut_page(write("TAB 12 bat", "abet 30"))


def test_lines_are_read_with_their_words(reader: LineReader, page: Page) -> None:
    found = [line for line in reader.read(page.lines, page) if line is not None]
    lines = assemble_lines(page, [f.cut for f in found], [f.resolved for f in found])
    assert [line.text for line in lines] == ["TAB 12 bat", "abet 30"]
    for line in found:
        assert len(line.resolved.sureness) == len(line.cut.words)
        assert len(line.resolved.alternatives) == len(line.cut.words)
        assert len(line.resolved.glyphs) == len(line.probabilities) == len(line.cut.glyphs)
        assert (line.probabilities.sum(axis=1) == 1.0).all()
        assert 0.0 < line.sureness < 1.0


def test_characters_stand_where_their_ink_is(reader: LineReader, page: Page) -> None:
    for cut, read in zip(page.lines, reader.read(page.lines, page), strict=True):
        assert read is not None
        for there, glyph in zip(cut.glyphs, read.cut.glyphs, strict=True):
            assert abs(glyph.box.left - there.box.left) <= 6
            assert abs(glyph.box.right - there.box.right) <= 6


def test_a_line_of_which_nothing_fits_is_none(model: LineModel, page: Page) -> None:
    pattern = compile_pattern("[ABT]{3}|12|bat", model.labels)
    first, second = LineReader(lambda: (model, Expected(model.labels, pattern=pattern))).read(
        page.lines, page
    )
    assert first is not None
    assert "".join(c[0].character for c in first.resolved.glyphs) == "TAB12bat"
    assert second is None or second.sureness < first.sureness


def test_no_lines_are_no_work(reader: LineReader, page: Page) -> None:
    assert reader.read([], page) == []


def test_the_model_is_opened_for_the_first_line_and_once(model: LineModel) -> None:
    opened: list[int] = []

    def open_model() -> tuple[LineModel, Expected]:
        opened.append(1)
        return model, Expected(model.labels)

    page = cut_page(write("TAB 12"))
    reader = LineReader(open_model)
    assert reader.read([], page) == []
    assert not opened
    reader.read(page.lines, page)
    reader.read(page.lines, page)
    assert len(opened) == 1
