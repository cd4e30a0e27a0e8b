from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.vision.components import MOST_PIECES, Grey, Pieces, find_pieces
from inkwatch.vision.ink import find_ink, flatten_light


def boxes(pieces: Pieces) -> set[tuple[int, int, int, int]]:
    sides = (pieces.left, pieces.top, pieces.right, pieces.bottom)
    return set(zip(*(side.tolist() for side in sides), strict=True))


@pytest.fixture
def page() -> Grey:
    """Two letters' worth of ink, strokes 6 pixels wide: a bar and a corner."""
    ink = np.zeros((200, 300), np.uint8)
    ink[80:120, 100:106] = 255
    ink[80:120, 140:146] = 255
    ink[114:120, 140:165] = 255
    return ink


BAR, CORNER = (100, 80, 106, 120), (140, 80, 165, 120)


def test_pieces_have_boxes_areas_and_labels(page: Grey) -> None:
    pieces = find_pieces(page)
    assert boxes(pieces) == {BAR, CORNER}
    bar = int(np.flatnonzero(pieces.left == 100)[0])
    assert int(pieces.area[bar]) == 40 * 6
    assert (int(pieces.width[bar]), int(pieces.height[bar])) == (6, 40)
    assert int((pieces.labels == pieces.ids[bar]).sum()) == 40 * 6
    assert pieces.labels.shape == page.shape


def test_no_ink_no_pieces() -> None:
    assert len(find_pieces(np.zeros((20, 30), np.uint8)).ids) == 0


def test_strokes_that_touch_at_a_corner_are_one_piece(page: Grey) -> None:
    page[110:114, 106:140] = 255
    assert boxes(find_pieces(page)) == {(100, 80, 165, 120)}


@pytest.mark.parametrize("pen_px", [3, 6, 12])
def test_stroke_width(pen_px: int) -> None:
    ink = np.zeros((300, 300), np.uint8)
    ink[50 : 50 + pen_px, 50:250] = 255
    ink[50:250, 100 : 100 + pen_px] = 255
    assert find_pieces(ink).stroke_px == pytest.approx(pen_px, abs=1.6)


def test_specks_are_dropped_but_dots_of_the_pen_stay(page: Grey) -> None:
    page[60:62, 200:202] = 255
    page[60:66, 220:226] = 255
    assert boxes(find_pieces(page)) == {BAR, CORNER, (220, 60, 226, 66)}


@pytest.mark.parametrize("rule", [np.s_[150:153, 5:295], np.s_[5:195, 30:33]])
def test_ruled_lines_are_dropped(page: Grey, rule: Any) -> None:
    page[rule] = 255
    assert boxes(find_pieces(page)) == {BAR, CORNER}


def test_a_dash_is_no_ruled_line(page: Grey) -> None:
    page[97:103, 200:225] = 255
    assert (200, 97, 225, 103) in boxes(find_pieces(page))


def test_a_dark_table_beside_the_sheet_is_dropped(page: Grey) -> None:
    page[:, :40] = 255
    page[180:, :] = 255
    assert boxes(find_pieces(page)) == {BAR, CORNER}


def test_a_frame_around_the_writing_is_dropped(page: Grey) -> None:
    cv2.rectangle(page, (0, 0), (299, 199), 255, 4)
    assert boxes(find_pieces(page)) == {BAR, CORNER}


def test_the_rim_of_a_sheet_is_dropped_also_inside_the_picture(page: Grey) -> None:
    cv2.rectangle(page, (20, 20), (280, 180), 255, 9)
    page[80:120, 200:206] = 255
    assert boxes(find_pieces(page)) == {BAR, CORNER, (200, 80, 206, 120)}


def test_a_large_letter_among_dust_stays() -> None:
    ink = np.zeros((200, 300), np.uint8)
    cv2.circle(ink, (150, 100), 70, 255, 12)
    ink[90:93, 130:133] = ink[100:103, 150:153] = ink[95:98, 170:173] = ink[20:23, 20:23] = 255
    assert len(find_pieces(ink).ids) == 1


def test_a_thumb_at_the_edge_is_dropped(page: Grey) -> None:
    cv2.ellipse(page, (299, 100), (40, 50), 0, 0, 360, 255, -1)
    assert boxes(find_pieces(page)) == {BAR, CORNER}


def test_a_single_letter_may_fill_the_picture() -> None:
    ink = np.zeros((60, 60), np.uint8)
    ink[0:60, 0:8] = 255
    ink[52:60, 0:60] = 255
    assert boxes(find_pieces(ink)) == {(0, 0, 60, 60)}


@pytest.mark.parametrize("text", ["Hello", "fig", "Hello World", "E", "i", "=", "12:30"])
def test_writing_cut_out_tightly_is_kept(write: Any, text: str) -> None:
    wide = write(text, scale=2.0, pen_px=4)
    rows, columns = np.flatnonzero((wide < 137).any(1)), np.flatnonzero((wide < 137).any(0))
    tight = wide[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    count = len(find_pieces(find_ink(flatten_light(wide))).ids)
    assert len(find_pieces(find_ink(flatten_light(tight))).ids) == count


def test_of_a_texture_only_the_largest_pieces_stay() -> None:
    ink = np.zeros((1000, 1000), np.uint8)
    ink[2:-4:6, 2:-4:6] = 255
    ink |= np.roll(ink, 1, axis=0) | np.roll(ink, 2, axis=0)
    ink |= np.roll(ink, 1, axis=1) | np.roll(ink, 2, axis=1)
    ink[500:520, 500:560] = 255
    pieces = find_pieces(ink)
    assert len(pieces.ids) == MOST_PIECES
    assert int(pieces.area.max()) >= 1200
    assert (np.diff(pieces.ids) > 0).all()


@given(
    hnp.arrays(
        np.uint8,
        hnp.array_shapes(min_dims=2, max_dims=2, max_side=40),
        elements=st.sampled_from([0, 255]),
    )
)
@settings(max_examples=100, deadline=None)
def test_boxes_hold_exactly_their_ink(ink: Grey) -> None:
    pieces = find_pieces(ink)
    for k, number in enumerate(pieces.ids.tolist()):
        rows, columns = np.nonzero(pieces.labels == number)
        assert len(rows) == int(pieces.area[k])
        assert (int(columns.min()), int(columns.max()) + 1) == (pieces.left[k], pieces.right[k])
        assert (int(rows.min()), int(rows.max()) + 1) == (pieces.top[k], pieces.bottom[k])
    assert not (pieces.labels[ink == 0] > 0).any()


def test_what_is_no_writing_is_kept_by_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    ink = np.zeros((400, 600), np.uint8)
    for k in range(8):
        cv2.rectangle(ink, (50 + 60 * k, 100), (80 + 60 * k, 140 + k), 255, 6)
    ink[300, 40] = ink[300, 80] = 255
    ink[200:203, 20:580] = 255
    found = find_pieces(ink)
    assert len(found.ids) == 8
    assert found.left_out.specks.tolist() == [[40, 300, 1, 1], [80, 300, 1, 1]]
    assert found.left_out.not_writing.tolist() == [[20, 200, 560, 3]]
    assert len(found.left_out.surplus) == 0
    monkeypatch.setattr("inkwatch.vision.components.MOST_PIECES", 6)
    fewer = find_pieces(ink)
    assert len(fewer.ids) == 6
    assert fewer.left_out.surplus[:, 0].tolist() == [47, 107]
