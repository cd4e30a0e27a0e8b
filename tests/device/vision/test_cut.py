import weakref
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.vision import cut as cut_room
from inkwatch.vision import writing as writing_room
from inkwatch.vision.components import find_pieces
from inkwatch.vision.cut import MAX_SIDE_PX, cut_page
from inkwatch.vision.ink import find_ink, flatten_light
from inkwatch.vision.page import GlyphCut, Grey, Page
from inkwatch.vision.writing import Writing


def glyphs_of(page: Page) -> list[GlyphCut]:
    return [glyph for line in page.lines for glyph in line.glyphs]


def check(page: Page, image: Grey) -> None:
    """What holds for any picture."""
    height, width = image.shape[:2]
    assert (page.width, page.height) == (width, height)
    for glyph in glyphs_of(page):
        assert glyph.box.left >= 0
        assert glyph.box.top >= 0
        assert glyph.box.right <= width
        assert glyph.box.bottom <= height
        assert glyph.grey.dtype == np.uint8
        assert glyph.grey.ndim == 2
        assert np.isfinite([glyph.top, glyph.bottom]).all()
    assert all(line.words and all(word.glyphs for word in line.words) for line in page.lines)


@pytest.fixture(scope="session")
def page(write: Any) -> Grey:
    drawn: Grey = write("Hello World", "jigs; a=b?", "Ty gyp VA", scale=1.4, pen_px=3)
    return drawn


def test_lines_words_and_glyphs(page: Grey) -> None:
    cut = cut_page(page)
    check(cut, page)
    counts = [[len(word.glyphs) for word in line.words] for line in cut.lines]
    assert counts == [[5, 5], [5, 4], [2, 3, 2]]


def test_boxes_are_where_the_ink_is(page: Grey) -> None:
    for glyph in glyphs_of(cut_page(page)):
        box = glyph.box
        ink = page[box.top : box.bottom, box.left : box.right] < 137
        assert ink.any(axis=1).mean() > 0.5
        assert ink.any(axis=0).all()
    boxes = [glyph.box for glyph in glyphs_of(cut_page(page))]
    covered = np.zeros(page.shape, np.bool_)
    for box in boxes:
        covered[box.top - 1 : box.bottom + 1, box.left - 1 : box.right + 1] = True
    assert not (page[~covered] < 100).any()


def test_each_glyphs_ink_is_cut_exactly_once(page: Grey) -> None:
    """Laid back where they were, the cuts give the page's ink, none of it twice."""
    pieces = find_pieces(find_ink(flatten_light(page)))
    kept = np.isin(pieces.labels, pieces.ids)
    times = np.zeros(page.shape, np.int32)
    for glyph in glyphs_of(cut_page(page)):
        box, grey = glyph.box, glyph.grey
        margin_y = (grey.shape[0] - box.height) // 2
        margin_x = (grey.shape[1] - box.width) // 2
        inside = grey[margin_y : margin_y + box.height, margin_x : margin_x + box.width]
        window = np.s_[box.top : box.bottom, box.left : box.right]
        times[window] += (inside < 255) & kept[window]
    assert kept.any()
    assert (times[kept] == 1).all()


def test_neighbours_are_painted_out() -> None:
    """A slash reaches over the dash beside it, but the pictures do not mix."""
    image = np.full((120, 200), 235, np.uint8)
    cv2.line(image, (60, 90), (100, 30), 40, 3)
    cv2.line(image, (92, 80), (130, 80), 40, 3)
    slash, dash = glyphs_of(cut_page(image))
    assert slash.box.right > dash.box.left
    assert int((dash.grey < 200).any(axis=1).sum()) <= 6
    below = slash.grey[-20:, -12:]
    assert int(below.min()) == 255


def test_a_glyph_has_white_all_around(page: Grey) -> None:
    for glyph in glyphs_of(cut_page(page)):
        assert glyph.grey.shape >= (glyph.box.height, glyph.box.width)
        edge = np.concatenate([glyph.grey[0], glyph.grey[-1], glyph.grey[:, 0], glyph.grey[:, -1]])
        assert int(edge.min()) > 200


def test_colour_is_cut_as_grey_is(page: Grey) -> None:
    colour = cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)
    boxes = [glyph.box for glyph in glyphs_of(cut_page(page))]
    assert [glyph.box for glyph in glyphs_of(cut_page(np.asarray(colour, np.uint8)))] == boxes


def test_views_are_cut_as_copies_are(page: Grey) -> None:
    """Cameras and slices give arrays whose rows and channels lie in any order in memory."""
    boxes = [glyph.box for glyph in glyphs_of(cut_page(page))]
    mirrored = np.ascontiguousarray(page[:, ::-1])
    in_rgb = np.dstack([page, page, page])[..., ::-1]
    for view in (mirrored[:, ::-1], np.asfortranarray(page), in_rgb, np.dstack([page] * 3)[..., 1]):
        assert [glyph.box for glyph in glyphs_of(cut_page(view))] == boxes


def test_the_picture_is_not_changed(page: Grey) -> None:
    image = page.copy()
    image.setflags(write=False)
    cut_page(image)
    assert np.array_equal(image, page)


def test_a_level_line_has_level_base_points_and_a_slanted_one_follows() -> None:
    row = np.full((300, 900), 235, np.uint8)
    cv2.putText(row, "nuox ranch over man", (60, 150), 0, 1.6, 40, 3, cv2.LINE_AA)
    level = [glyph.bottom for glyph in glyphs_of(cut_page(row))]
    assert max(level) - min(level) < 5
    matrix = cv2.getRotationMatrix2D((450, 150), -3, 1.0)
    slanted = np.asarray(cv2.warpAffine(row, matrix, (900, 300), borderValue=235.0), np.uint8)
    (line,) = cut_page(slanted).lines
    assert float(np.ptp([glyph.bottom for glyph in line.glyphs])) < 8
    assert line.glyphs[-1].box.bottom - line.glyphs[0].box.bottom > 20


def test_large_pictures_have_boxes_in_their_own_pixels(page: Grey) -> None:
    factor = 1.2 * MAX_SIDE_PX / max(page.shape)
    large = np.asarray(cv2.resize(page, None, fx=factor, fy=factor), np.uint8)
    assert max(large.shape) > MAX_SIDE_PX
    cut = cut_page(large)
    check(cut, large)
    small = glyphs_of(cut_page(page))
    assert len(glyphs_of(cut)) == len(small)
    for glyph, expected in zip(glyphs_of(cut), small, strict=True):
        assert glyph.box.left / factor == pytest.approx(expected.box.left, abs=2.5)
        assert glyph.box.bottom / factor == pytest.approx(expected.box.bottom, abs=2.5)


@pytest.mark.parametrize("table", [5, 60, 100])
def test_a_sheet_on_a_dark_table(write: Any, table: int) -> None:
    sheet = write("over the lamps", "next to bread", "sunflower seeds", scale=1.4, pen_px=3)
    matrix = cv2.getRotationMatrix2D((sheet.shape[1] / 2, sheet.shape[0] / 2), 2, 1.0)
    matrix[:, 2] += 60
    size = (sheet.shape[1] + 120, sheet.shape[0] + 120)
    view = np.asarray(cv2.warpAffine(sheet, matrix, size, borderValue=float(table)), np.uint8)
    lines = cut_page(view).lines
    assert [len(line.glyphs) for line in lines] == [12, 11, 14]


@pytest.mark.parametrize("shape", [(1, 1), (1, 9000), (9000, 1), (2, 5000), (3200, 40)])
def test_odd_shapes(shape: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    check(cut_page(image), image)


@pytest.mark.parametrize(("width", "height"), [(6, 300), (12, 400), (9, 2000)])
def test_a_bar_in_a_narrow_picture(width: int, height: int) -> None:
    """Shrunk so that the bar is as tall as a letter, the picture has less than a column."""
    image = np.full((height, width), 235, np.uint8)
    image[5:-8, width // 3 : 2 * width // 3] = 30
    check(cut_page(image), image)


@pytest.mark.parametrize("level", [0, 1, 60, 128, 254, 255])
def test_one_grey_level_has_no_lines(level: int) -> None:
    assert cut_page(np.full((80, 120), level, np.uint8)).lines == ()


def test_a_texture_is_cut_in_seconds() -> None:
    """A lawn is no writing, but a camera may see one; without bounds it took half an hour."""
    image = np.random.default_rng(2).integers(0, 256, (300, 400), dtype=np.uint8)
    large = np.asarray(cv2.resize(image, (1200, 900), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert len(glyphs_of(cut_page(large))) > 1000


@given(
    hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=60)),
    st.sampled_from([1, 4, 9]),
)
@settings(max_examples=80, deadline=None)
def test_no_picture_makes_it_fail(grey: Grey, enlarge: int) -> None:
    image = np.repeat(np.repeat(grey, enlarge, axis=0), enlarge, axis=1)
    check(cut_page(image), image)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 60), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_scribble_makes_it_fail(seed: int, strokes: int, pen_px: int, colour: bool) -> None:
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, 400, 2).tolist()
    image = np.full((height, width, 3) if colour else (height, width), rng.integers(256), np.uint8)
    for _ in range(strokes):
        ends = rng.integers(-50, 450, 4).tolist()
        shade = rng.integers(0, 256, 3).tolist()
        cv2.line(image, tuple(ends[:2]), tuple(ends[2:]), shade, int(rng.integers(1, pen_px + 1)))
    check(cut_page(image), image)


@pytest.mark.parametrize("slant", [0.0, 0.5], ids=["small writing", "leaning writing"])
def test_what_is_sought_anew_is_not_kept(
    write: Any, slant: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the peak of memory is higher by four times a page's."""
    page = write("Hill with tall linden", "quick brown fox jumps", scale=1.4, pen_px=3, gap_px=110)
    height, width = page.shape
    if slant:
        shear = np.array([[1.0, -slant, slant * height], [0.0, 1.0, 0.0]])
        page = cv2.warpAffine(page, shear, (width + height, height), borderValue=235.0)
    else:
        page = cv2.resize(page, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    seen: list[weakref.ref[Any]] = []
    kept: list[int] = []

    def watched(find: Callable[..., Writing]) -> Callable[..., Writing]:
        def watch(*args: Any) -> Writing:
            kept.append(sum(each() is not None for each in seen))
            found = find(*args)
            seen.extend(map(weakref.ref, (found.pieces.labels, found.ink)))
            return found

        return watch

    monkeypatch.setattr(writing_room, "_find", watched(writing_room._find))
    monkeypatch.setattr("inkwatch.vision.cut.find_again", watched(writing_room.find_again))
    assert cut_room.cut_page(np.asarray(page, np.uint8)).lines
    assert kept == [0, 0]
