import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.reading import Box
from inkwatch.vision.straighten import Straightened, quarter_turned, straighten


def test_a_page_without_a_sheet_is_taken_as_it_is() -> None:
    grey = np.random.default_rng(1).integers(200, 240, (90, 120), np.uint8)
    page = straighten(grey, 3000)
    assert page.grey is grey
    assert page.box_in_picture(Box(3, 4, 5, 6), 120, 90) == Box(3, 4, 5, 6)


def test_a_large_page_is_scaled_down_and_boxes_come_back() -> None:
    page = straighten(np.full((600, 1000), 220, np.uint8), 500)
    assert page.grey.shape == (300, 500)
    assert page.box_in_picture(Box(10, 20, 30, 40), 1000, 600) == Box(20, 40, 60, 80)


def test_a_sheet_is_laid_flat_and_boxes_come_back() -> None:
    corners = np.array([[180, 90], [1050, 60], [1120, 830], [120, 780]], np.float32)
    sheet = np.full((600, 800), 215, np.uint8)
    cv2.rectangle(sheet, (400, 300), (460, 330), 20, -1)
    flat = np.array([[0, 0], [800, 0], [800, 600], [0, 600]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, corners)
    picture = np.full((900, 1280), 60, np.uint8)
    cv2.warpPerspective(
        sheet, matrix, (1280, 900), picture, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
    )
    page = straighten(picture, 3000)
    dark = cv2.boundingRect((page.grey < 90).astype(np.uint8))
    # On the flat page the patch is upright and its sides are as 61 to 31.
    assert page.grey[dark[1] : dark[1] + dark[3], dark[0] : dark[0] + dark[2]].mean() < 60
    x, y, w, h = cv2.boundingRect((picture[100:760, 250:1000] < 45).astype(np.uint8))
    expected = np.array([x + 250, y + 100, x + 250 + w, y + 100 + h])
    box = page.box_in_picture(Box(*dark), 1280, 900)
    assert np.array([box.left, box.top, box.right, box.bottom]) == pytest.approx(expected, abs=4)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.floats(-0.4, 0.4), min_size=6, max_size=6),
    st.tuples(st.integers(0, 190), st.integers(0, 90)),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
)
def test_boxes_stay_inside_the_picture(
    bends: list[float], at: tuple[int, int], size: tuple[int, int]
) -> None:
    matrix = np.eye(3) + np.array([bends[:3], bends[3:], [0.0, 0.0, 0.0]])
    page = Straightened(np.zeros((100, 200), np.uint8), matrix)
    box = page.box_in_picture(Box(*at, *size), 300, 150)
    assert box.left >= 0
    assert box.top >= 0
    assert box.right <= 300
    assert box.bottom <= 150


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_page_leads_back_to_the_same_place(turns: int) -> None:
    grey = np.full((90, 120), 230, np.uint8)
    grey[20:30, 70:100] = 40
    turned = quarter_turned(Straightened(grey, np.eye(3)), turns)
    assert np.array_equal(turned.grey, np.rot90(grey, -turns))
    x, y, w, h = cv2.boundingRect((turned.grey < 100).astype(np.uint8))
    assert turned.box_in_picture(Box(x, y, w, h), 120, 90) == Box(70, 20, 30, 10)
