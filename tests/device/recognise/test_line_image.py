import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.recognise.line_image import (
    BASELINE_ROW,
    LINE_HEIGHT,
    X_HEIGHT,
    LineImage,
    line_image,
)
from inkwatch.vision.baselines import Curve

Grey = npt.NDArray[np.uint8]

FLAT = Curve(100.0, 100.0, (60.0,))


def bodies(curve: Curve, x_height: float, width: int, height: int, level: int = 255) -> Grey:
    """A band as tall as letters' bodies, with gaps, that stands on a curve."""
    ink = np.zeros((height, width), np.uint8)
    for x in range(20, width - 20):
        if x // 10 % 3:
            foot = float(curve.at(x)) + 0.5
            ink[max(0, round(foot - x_height)) : round(foot), x] = level
    return ink


def rows_of(image: LineImage, *, share: float = 0.5) -> tuple[int, int]:
    """From which to behind which row most of the inked columns have ink."""
    inked = image.pixels >= 128
    columns = inked.any(axis=0).sum()
    rows = np.flatnonzero(inked.sum(axis=1) >= share * columns)
    return int(rows[0]), int(rows[-1]) + 1


@settings(max_examples=60, deadline=None)
@given(
    x_height=st.floats(6.0, 60.0),
    slope=st.floats(-0.2, 0.2),
    bend=st.floats(-0.5, 0.5),
    width=st.integers(200, 600),
)
def test_bodies_are_of_one_height_and_stand_on_one_row(
    x_height: float, slope: float, bend: float, width: int
) -> None:
    half = width / 2
    curve = Curve(half, half, (200.0, slope * half, bend * x_height))
    image = line_image(bodies(curve, x_height, width, 400), curve, x_height)
    top, foot = rows_of(image)
    pixel = X_HEIGHT / x_height  # the band's own edges are rounded to pixels
    assert foot == pytest.approx(BASELINE_ROW + 0.5, abs=1.0 + pixel)
    assert foot - top == pytest.approx(X_HEIGHT, abs=1.5 + pixel)
    assert image.pixels.shape[0] == LINE_HEIGHT
    assert image.pixels.dtype == np.uint8


@pytest.mark.parametrize("level", [30, 90, 160, 255])
def test_ink_comes_out_strong_whatever_wrote_it(level: int) -> None:
    image = line_image(bodies(FLAT, 20.0, 200, 100, level), FLAT, 20.0)
    inked = image.pixels[image.pixels > 0]
    assert np.median(inked) == 255
    full = line_image(bodies(FLAT, 20.0, 200, 100, 255), FLAT, 20.0)
    assert np.abs(image.pixels.astype(int) - full.pixels).max() <= 12


def test_a_few_dark_specks_do_not_keep_faint_ink_faint() -> None:
    ink = bodies(FLAT, 20.0, 200, 100, 120)
    ink[55, 40] = 255
    image = line_image(ink, FLAT, 20.0)
    assert np.median(image.pixels[image.pixels > 0]) >= 200


@settings(max_examples=80, deadline=None)
@given(
    x_height=st.floats(5.0, 80.0),
    first=st.integers(0, 150),
    marks=st.lists(st.integers(12, 50), min_size=1, max_size=6),
)
def test_x_at_leads_back_to_where_ink_stood(x_height: float, first: int, marks: list[int]) -> None:
    """Upright strokes, a few pixels wide, at known places."""
    stroke = max(2, round(0.25 * x_height))
    places = [first]
    for mark in marks:
        places.append(places[-1] + stroke + mark)
    ink = np.zeros((200, places[-1] + stroke + 30), np.uint8)
    for place in places:
        ink[60:120, place : place + stroke] = 255
    image = line_image(ink, Curve(100.0, 100.0, (119.0,)), x_height)
    inked = (image.pixels >= 128).any(axis=0).astype(np.int8)
    starts = np.flatnonzero(np.diff(inked, prepend=0) == 1).tolist()
    stops = (np.flatnonzero(np.diff(inked, append=0) == -1) + 1).tolist()
    pixel = 1.0 / image.scale
    if len(starts) == len(places):
        for place, start, stop in zip(places, starts, stops, strict=True):
            assert image.x_at(start) == pytest.approx(place, abs=pixel + 0.01)
            assert image.x_at(stop) == pytest.approx(place + stroke, abs=pixel + 0.01)
    else:  # they ran together; the ends still hold
        assert min(marks) * image.scale < 2.5
        assert image.x_at(starts[0]) == pytest.approx(places[0], abs=pixel + 0.01)
        assert image.x_at(stops[-1]) == pytest.approx(places[-1] + stroke, abs=pixel + 0.01)


def test_a_flourish_does_not_shrink_the_writing() -> None:
    ink = bodies(FLAT, 20.0, 200, 100)
    with_flourish = ink.copy()
    cv2.line(with_flourish, (100, 2), (104, 98), 255, 2)
    plain, long = (line_image(each, FLAT, 20.0) for each in (ink, with_flourish))
    assert plain.pixels.shape == long.pixels.shape
    assert rows_of(plain) == rows_of(long)


def test_paper_beside_the_ink_says_nothing() -> None:
    ink = bodies(FLAT, 20.0, 200, 100)
    wide = np.pad(ink, ((0, 0), (57, 90)))
    there, here = line_image(ink, FLAT, 20.0), line_image(wide, Curve(157.0, 100.0, (60.0,)), 20.0)
    assert np.array_equal(there.pixels, here.pixels)
    assert here.x_at(30.0) == pytest.approx(there.x_at(30.0) + 57)
    assert not here.pixels[:, :4].any()
    assert not here.pixels[:, -4:].any()


def written(wide: float, lean: float = 0.0) -> Grey:
    """Arches as of joined writing, `wide` times as wide as tall, that lean by dx / dy."""
    points = []
    for k in range(40):
        x, y = 60 + k * 10 * wide, 60 - 20 * (k % 2)
        points.append((x + lean * (60 - y), y))
        if k % 8 == 3:  # an ascender
            points += [(x + lean * 40, 20), points[-1]]
    ink = np.zeros((90, round(points[-1][0]) + 40), np.uint8)
    path = np.rint(np.array(points)).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(ink, [path], False, 255, 3, cv2.LINE_AA)
    return ink


def test_wide_and_narrow_hands_come_out_about_alike() -> None:
    widths = [line_image(written(wide), FLAT, 20.0).pixels.shape[1] for wide in (0.7, 1.0, 2.0)]
    assert max(widths) < 1.4 * min(widths)


def test_a_letter_alone_keeps_its_width() -> None:
    ink = np.zeros((90, 60), np.uint8)
    ink[40:60, 28:32] = 255
    wide = np.flatnonzero(line_image(ink, FLAT, 20.0).pixels.max(axis=0) >= 128)
    assert len(wide) == pytest.approx(4 * X_HEIGHT / 20, abs=2)


@pytest.mark.parametrize("lean", [-0.4, 0.5, 0.9])
def test_leaning_hands_are_set_upright_and_their_columns_lead_back(lean: float) -> None:
    ink = np.zeros((90, 500), np.uint8)
    places = range(60, 420, 40)
    for x in places:
        cv2.line(ink, (x, 60), (round(x + lean * 40), 20), 255, 3, cv2.LINE_AA)
    image = line_image(ink, FLAT, 20.0)
    inked = (image.pixels >= 128).any(axis=0).astype(np.int8)
    starts = np.flatnonzero(np.diff(inked, prepend=0) == 1)
    stops = np.flatnonzero(np.diff(inked, append=0) == -1) + 1
    assert len(starts) == len(places)
    for x, start, stop in zip(places, starts, stops, strict=True):
        assert (stop - start) / image.scale < 0.5 * abs(lean) * 40
        middle = x + lean * 10  # half a body above the baseline
        assert image.x_at((start + stop) / 2) == pytest.approx(middle, abs=2.5)


def test_a_line_without_ink_is_blank() -> None:
    image = line_image(np.zeros((40, 60), np.uint8), FLAT, 10.0)
    assert image.pixels.shape[0] == LINE_HEIGHT
    assert image.pixels.shape[1] >= 1
    assert not image.pixels.any()


@settings(max_examples=60, deadline=None)
@given(
    height=st.integers(1, 300),
    width=st.integers(1, 3000),
    x_height=st.floats(0.01, 1e4),
    level=st.integers(1, 255),
    at=st.floats(-500, 500),
)
def test_any_line_and_any_measures_give_a_line_of_bounded_size(
    height: int, width: int, x_height: float, level: int, at: float
) -> None:
    ink = np.zeros((height, width), np.uint8)
    ink[height // 2, :: max(1, width // 7)] = level
    image = line_image(ink, Curve(width / 2, width / 2 + 1, (at, 5.0)), x_height)
    assert image.pixels.shape[0] == LINE_HEIGHT
    assert 1 <= image.pixels.shape[1] <= 16384
    assert image.scale > 0


def test_tall_ink_under_a_tiny_x_height_is_no_fault() -> None:
    """OpenCV moves no pictures of more than 32,767 rows."""
    ink = np.zeros((6000, 40), np.uint8)
    ink[10:5990, 20] = 255
    image = line_image(ink, Curve(20.0, 20.0, (3000.0,)), 1.0)
    assert image.pixels[:, 8:-8].any()
