"""From the pieces of a page to the glyphs that are read, no ink is lost and none read twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from tests.system.odd_pictures import DRAWS

import inkwatch.character_reader as character_room
import inkwatch.reader as reader_room
import inkwatch.vision.cut as cut_room
from inkwatch.errors import InkwatchError
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


@pytest.fixture(scope="module")
def reader() -> Reader:
    """Reads by characters alone: whole lines are cut by where their text stands, not by ink."""
    return Reader(engine="characters")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, reader: Reader) -> Callable[[Image], Seen]:
    """`seen(image)` reads the picture as it stands and gives what it went through."""
    whole: list[Pieces] = []
    separate: list[SeparateLines] = []
    pages: list[Page] = []
    settled: list[list[SettledLine]] = []

    def watched_lines(pieces: Pieces) -> SeparateLines:
        whole.append(pieces)
        separate.append(separate_lines(pieces))
        return separate[-1]

    def watched_cutting(*args: Any, **options: Any) -> Page:
        pages.append(cut_found(*args, **options))
        return pages[-1]

    def watched_settling(*args: Any, **options: Any) -> list[SettledLine]:
        settled.append(settle_page(*args, **options))
        return settled[-1] if settled else []

    monkeypatch.setattr(cut_room, "separate_lines", watched_lines)
    monkeypatch.setattr(reader_room, "cut_found", watched_cutting)
    monkeypatch.setattr(character_room, "settle_page", watched_settling)

    def read(image: Image) -> Seen:
        reader.read(image, quarter_turns=0)
        return Seen(whole[-1], separate[-1], pages[-1], (settled[-1] if settled else []))

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
def test_each_pixel_of_a_piece_is_read_in_one_glyph(
    seen: Callable[[Image], Seen], image: Image
) -> None:
    check_ink(seen(image))


@pytest.mark.parametrize(("font", "line_pitch"), [("kalam", 3.0), ("patrick-hand", 2.2)])
def test_so_is_each_pixel_of_touching_letters_and_lines(
    seen: Callable[[Image], Seen], font: str, line_pitch: float
) -> None:
    pytest.importorskip("PIL.ImageFont", reason="needs: pip install 'inkwatch[train]'")
    from inkwatch_train.fonts.fetch import installed_font
    from inkwatch_train.pages.layout import Hand
    from inkwatch_train.pages.make import PageStyle, make_page

    try:
        face = installed_font(font)
    except InkwatchError as error:
        pytest.skip(f"the fonts are not here: {error}")
    style = PageStyle(hand=Hand(touching=1.0, letter_gap=-0.12, line_pitch=line_pitch))
    texts = SAMPLES[1].text.split("\n")
    read = seen(make_page(texts, face.path, style, seed=7, fitted=True).image)
    check_ink(read)
    as_cut = sum(len(line.glyphs) for line in read.page.lines)
    settled = sum(len(line.cut.glyphs) for line in read.settled)
    assert settled > as_cut + 10, "hardly a glyph was parted: this page tells nothing"


@pytest.mark.parametrize("seed", range(4))
def test_so_is_each_pixel_of_tails_that_touch_the_line_below(
    seen: Callable[[Image], Seen], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    image = np.full((600, 1100), 230, np.uint8)
    for row in range(5):
        cv2.putText(image, "minor sunset nerves", (40, 110 + 100 * row), 0, 2, 30, 4, cv2.LINE_AA)
    for _ in range(8):
        x, y = int(rng.integers(60, 650)), 105 + 100 * int(rng.integers(4))
        # From a letter's foot down to the next line's letters; thin hooks leave it on either side,
        # and end between the lines.
        tail = np.cumsum([[x, y], *rng.integers((-14, 8), (15, 26), (5, 2))], axis=0)
        cv2.polylines(image, [tail.astype(np.int32)], False, 30, 4, cv2.LINE_AA)
        for root, reach in ((1, 1), (3, -1)):
            side, far = int(rng.choice([-30, 30])), reach * int(rng.integers(15, 40))
            hook = tail[root] + np.array([[0, 0], [side, 0], [side, far]])
            cv2.polylines(image, [hook.astype(np.int32)], False, 30, 2)
    read = seen(image)
    check_ink(read)
    before, after = read.whole.ids, read.separate.pieces.ids
    assert len(np.setdiff1d(before, after)) > 0, "no piece was parted: this page tells nothing"


def check_ink(read: Seen) -> None:
    """All of the ink of a page is in its glyphs, once."""
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
