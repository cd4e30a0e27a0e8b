"""From the pieces of a page to the glyphs that are read, no ink is lost and none read twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from tests.system.odd_pictures import DRAWS

import inkwatch.reader as reader_room
import inkwatch.vision.cut as cut_room
from inkwatch.frames.samples import sample_pages
from inkwatch.language.settle import SettledLine, settle_page
from inkwatch.reader import Reader
from inkwatch.vision.components import Pieces
from inkwatch.vision.cut import cut_found
from inkwatch.vision.glyphs import group_glyphs
from inkwatch.vision.lines import SeparateLines, separate_lines
from inkwatch.vision.page import MARGIN_PX, GlyphCut, Page

Image = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]

ODD = ("text", "saturated_text", "turned_text", "long_lines", "scribble", "dots", "mash_of_pages")
SEEDS = range(3)
SAMPLES = sample_pages()


@dataclass
class Seen:
    """What a page went through: its pieces, these in lines, its glyphs as cut, and as settled."""

    whole: Pieces
    separate: SeparateLines
    page: Page
    settled: list[SettledLine]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> Any:
    """`seen(image)` reads the picture as it stands and gives what it went through."""
    found: dict[str, Any] = {}

    def watched_lines(pieces: Pieces) -> SeparateLines:
        found["whole"], found["separate"] = pieces, separate_lines(pieces)
        return found["separate"]

    def watched_cutting(*args: Any) -> Page:
        found["page"] = cut_found(*args)
        return found["page"]

    def watched_settling(*args: Any) -> list[SettledLine]:
        found["settled"] = settle_page(*args)
        return found["settled"]

    monkeypatch.setattr(cut_room, "separate_lines", watched_lines)
    monkeypatch.setattr(reader_room, "cut_found", watched_cutting)
    monkeypatch.setattr(reader_room, "settle_page", watched_settling)

    def read(image: Image) -> Seen:
        reader.read(image, quarter_turns=0)
        return Seen(**found)

    return read


def pictures() -> list[Any]:
    drawn = [pytest.param(page.image(), id=page.name) for page in SAMPLES]
    for name in ODD:
        for seed in SEEDS:
            # Seeds that the fuzzer does not come to.
            image = DRAWS[name](np.random.default_rng(1_000_000 + seed))
            drawn.append(pytest.param(image, id=f"{name} {seed}"))
    return drawn


@pytest.mark.parametrize("image", pictures())
def test_each_pixel_of_a_piece_is_read_in_one_glyph(seen: Any, image: Image) -> None:
    read = seen(image)
    check_pieces(read.separate.pieces)
    check_parting(read.whole, read.separate.pieces)
    # What lies among ink as white as what is painted out cannot be told from that.
    in_lines = check_lines(read.separate) & (read.page.straightened.grey < 255)
    cut = [glyph for line in read.page.lines for glyph in line.glyphs]
    assert (shown(cut, in_lines.shape)[in_lines] == 1).all()
    settled = [glyph for line in read.settled for glyph in line.cut.glyphs]
    counts = shown(settled, in_lines.shape)[in_lines]
    assert counts.max(initial=0) <= 1
    # Where a glyph is parted, the parts end at its dark ink: of pale edges a little goes.
    assert np.count_nonzero(counts == 0) <= 0.03 * counts.size


def check_pieces(pieces: Pieces) -> None:
    """Boxes and areas are those of the labels, and no number is given twice."""
    assert len(set(pieces.ids.tolist())) == len(pieces.ids)
    area = np.bincount(pieces.labels.ravel(), minlength=int(pieces.ids.max(initial=0)) + 1)
    assert (area[pieces.ids] == pieces.area).all()
    for k in range(0, len(pieces.ids), max(1, len(pieces.ids) // 200)):
        box = pieces.labels[pieces.top[k] : pieces.bottom[k], pieces.left[k] : pieces.right[k]]
        own = box == pieces.ids[k]
        assert own.sum() == pieces.area[k]
        assert own[0].any()
        assert own[-1].any()
        assert own[:, 0].any()
        assert own[:, -1].any()


def check_parting(whole: Pieces, parted: Pieces) -> None:
    """Pieces of two lines were parted along with all of their ink."""
    assert np.array_equal(np.isin(whole.labels, whole.ids), np.isin(parted.labels, parted.ids))


def check_lines(separate: SeparateLines) -> npt.NDArray[np.bool_]:
    """Each piece is in one line at most, and in one group of its line; gives where these are."""
    pieces = separate.pieces
    members = [int(k) for line in separate.lines for k in line.members]
    assert len(set(members)) == len(members)
    for line in separate.lines:
        own = line.members.tolist()
        groups = group_glyphs(own, pieces, line.letter_px)
        assert sorted(k for group in groups for k in group) == sorted(own)
    return np.asarray(np.isin(pieces.labels, pieces.ids[members]), np.bool_)


def shown(glyphs: Sequence[GlyphCut], shape: tuple[int, ...]) -> Counts:
    """How many glyphs show each pixel of the page."""
    height, width = shape
    count = np.zeros((height + 2 * MARGIN_PX, width + 2 * MARGIN_PX), np.int64)
    for glyph in glyphs:
        assert glyph.grey.shape == (
            glyph.place.height + 2 * MARGIN_PX,
            glyph.place.width + 2 * MARGIN_PX,
        )
        top, left = glyph.place.top, glyph.place.left
        room = count[top : top + glyph.grey.shape[0], left : left + glyph.grey.shape[1]]
        room += glyph.grey < 255
    return count[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
