import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch.vision.sheet import Corners, Grey, find_sheet

ASKEW = np.array([[180, 90], [1050, 60], [1120, 830], [120, 780]], np.float32)


def view(corners: Corners = ASKEW, paper: int = 215, ground: int = 70, *, seed: int = 1) -> Grey:
    """A sheet with some writing on a darker ground, with light that falls off and noise."""
    rng = np.random.default_rng(seed)
    sheet = np.full((600, 800), paper, np.uint8)
    for row in range(5):
        cv2.putText(sheet, "Dear Martha", (80, 120 + 90 * row), 0, 2.0, 40, 4, cv2.LINE_AA)
    flat = np.array([[0, 0], [800, 0], [800, 600], [0, 600]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    size = (1280, 900)
    lit = cv2.warpPerspective(np.full_like(sheet, 255), matrix, size, flags=cv2.INTER_LINEAR) / 255
    page = cv2.warpPerspective(sheet, matrix, size, flags=cv2.INTER_AREA)
    grey = lit * page + (1 - lit) * ground
    grey = grey * np.linspace(0.75, 1.0, 1280)[None, :] + rng.normal(0, 3, grey.shape)
    return np.clip(cv2.GaussianBlur(grey, (0, 0), 1.0), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "corners",
    [
        ASKEW,
        np.array([[300, 200], [900, 200], [900, 650], [300, 650]], np.float32),
        np.array([[250, 300], [800, 60], [1050, 600], [480, 850]], np.float32),
        np.array([[40, 30], [1240, 45], [1230, 870], [30, 860]], np.float32),
        # Turned by nearly 45 degrees, with a sharp corner: which one is top left must stay clear.
        np.array([[640, 40], [1120, 470], [650, 870], [160, 440]], np.float32),
    ],
)
def test_the_corners_are_found_to_a_few_pixels(corners: Corners) -> None:
    found = find_sheet(view(corners))
    assert found is not None
    # Whichever corner it begins with: the ring is the same.
    assert min(np.abs(np.roll(found, k, axis=0) - corners).max() for k in range(4)) < 4


def test_a_shadow_across_the_sheet_does_not_hide_it() -> None:
    grey = view().astype(np.float64)
    shade = np.where(np.add.outer(np.arange(900) * 0.8, np.arange(1280)) < 900, 0.62, 1.0)
    shaded = (grey * cv2.GaussianBlur(shade, (0, 0), 25)).astype(np.uint8)
    found = find_sheet(shaded)
    assert found is not None
    assert np.abs(found - ASKEW).max() < 12


@pytest.mark.parametrize("right", [1150, 1200, 1230])
@pytest.mark.parametrize("darkest", [0.65, 0.75])
def test_lit_ground_beside_a_sheet_does_not_count_as_sheet(right: int, darkest: float) -> None:
    """Ground in the light is as bright as the sheet where that lies in shade."""
    corners = np.array([[180, 90], [right, 60], [right, 830], [120, 780]], np.float32)
    light = np.linspace(darkest, 1.0, 1280)[None, :]
    found = find_sheet((view(corners, 225, 110) * light).astype(np.uint8))
    assert found is not None
    assert np.abs(found - corners).max() < 4


@pytest.mark.parametrize("margin", [10, 14, 30])
def test_sides_close_to_the_edge_of_the_view_are_seen(margin: int) -> None:
    """A sheet that runs out of the view at the right, with a little ground above and below it."""
    bottom = 900 - margin
    corners = np.array([[80, margin], [1280, margin], [1280, bottom], [80, bottom]], np.float32)
    found = find_sheet(view(corners))
    assert found is not None
    assert np.abs(found - corners).max() < 6


def test_a_shaded_sheet_may_lie_close_to_the_edge_of_the_view() -> None:
    """The strip of ground between is narrower than strokes of writing."""
    corners = np.array([[180, 8], [1050, 60], [1120, 830], [180, 780]], np.float32)
    shade = np.where(np.arange(900) < 350, 0.5, 1.0)[:, None] * np.ones((1, 1280))
    found = find_sheet((view(corners) * cv2.GaussianBlur(shade, (0, 0), 60)).astype(np.uint8))
    assert found is not None
    assert np.abs(found - corners).max() < 4


def test_large_pictures_give_their_own_pixels() -> None:
    large = cv2.resize(view(), None, fx=2.5, fy=2.5, interpolation=cv2.INTER_LINEAR)
    found = find_sheet(np.asarray(large, np.uint8))
    assert found is not None
    assert np.abs(found - 2.5 * ASKEW).max() < 9


def test_a_picture_that_is_all_paper_has_no_sheet() -> None:
    page = np.full((900, 1280), 220, np.uint8)
    for row in range(6):
        cv2.putText(page, "all over the page", (60, 140 + 130 * row), 0, 3.0, 40, 5, cv2.LINE_AA)
    assert find_sheet(page) is None
    shade = np.linspace(0.4, 1.0, 1280)[None, :]
    assert find_sheet((page * shade).astype(np.uint8)) is None


def test_between_the_strokes_of_a_large_word_there_is_no_sheet() -> None:
    page = np.full((220, 760), 235, np.uint8)
    cv2.putText(page, "B12", (60, 150), 0, 3.0, 40, 8, cv2.LINE_AA)
    rows, columns = np.nonzero(page < 128)
    tight = page[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert find_sheet(tight) is None


@pytest.mark.parametrize("level", [0, 90, 255])
def test_an_even_picture_has_no_sheet(level: int) -> None:
    assert find_sheet(np.full((300, 400), level, np.uint8)) is None


def test_a_bright_disc_is_no_sheet() -> None:
    plate = np.full((900, 1280), 60, np.uint8)
    cv2.circle(plate, (640, 450), 380, 220, -1)
    assert find_sheet(plate) is None


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 60))))
def test_any_picture_can_be_asked_about(grey: Grey) -> None:
    found = find_sheet(grey)
    assert found is None or (found.shape == (4, 2) and np.isfinite(found).all())


def test_a_sheet_without_clear_edges_keeps_its_rough_corners() -> None:
    """Nothing steps down along a side: there is no line to fit, and no crash."""
    grey = np.full((200, 300), 60, np.uint8)
    cv2.fillConvexPoly(grey, np.array([[60, 40], [240, 30], [250, 170], [50, 160]]), 200)
    grey[:, 260:] = 255
    found = find_sheet(grey)
    assert found is None or np.isfinite(found).all()
