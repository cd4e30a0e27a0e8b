import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.errors import UsageError
from inkwatch.reading import Box
from inkwatch_train.pages.camera import Camera, homography, photograph, to_jpeg
from inkwatch_train.pages.truth import map_box

QUIET = Camera(
    width=410, height=308, light=1.0, falloff=0, shadow=0, blur_px=0.4, read_noise=0, shot_noise=0
)
ANGLES = st.floats(-4, 4)


def tilted(x: float, y: float, roll: float) -> Camera:
    return Camera(
        width=410,
        height=308,
        tilt_x_deg=x,
        tilt_y_deg=y,
        roll_deg=roll,
        light=1.0,
        falloff=0,
        shadow=0,
        blur_px=0.4,
        read_noise=0,
        shot_noise=0,
    )


@given(ANGLES, ANGLES, ANGLES)
def test_the_sheet_fills_the_picture_and_no_more_than_needed(
    x: float, y: float, roll: float
) -> None:
    matrix = homography(tilted(x, y, roll), 440, 330)
    corners = np.array([(0, 0, 1), (410, 0, 1), (0, 308, 1), (410, 308, 1)], float)
    points = corners @ np.linalg.inv(matrix).T
    points = points[:, :2] / points[:, 2:]
    assert (points >= -1e-6).all()
    assert (points <= np.array([440, 330]) + 1e-6).all()
    room = min(points.min(), (np.array([440, 330]) - points).min())
    assert room == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(("x", "y", "roll"), [(0, 0, 0), (3, 0, 0), (0, -3, 0), (2, 3, 1.5)])
def test_boxes_go_where_the_ink_goes(
    x: float, y: float, roll: float, rng: np.random.Generator
) -> None:
    for box in (Box(60, 50, 40, 30), Box(350, 60, 30, 20), Box(60, 260, 25, 25)):
        sheet = np.ones((330, 440, 3), np.float32)
        sheet[box.top : box.bottom, box.left : box.right] = 0
        image, matrix = photograph(sheet, tilted(x, y, roll), rng)
        seen = cv2.boundingRect((image[..., 1] < 128).astype(np.uint8))
        mapped = map_box(box, matrix)
        expected = (mapped.left, mapped.top, mapped.width, mapped.height)
        assert np.abs(np.subtract(seen, expected)).max() <= 2


def test_a_tilt_makes_the_far_side_smaller() -> None:
    matrix = homography(tilted(3, 0, 0), 440, 330)
    top = map_box(Box(100, 20, 240, 1), matrix).width
    bottom = map_box(Box(100, 310, 240, 1), matrix).width
    assert abs(top - bottom) > 5


def test_the_same_seed_gives_the_same_picture() -> None:
    sheet = np.full((330, 440, 3), 0.8, np.float32)
    camera = Camera(width=410, height=308)
    first, again, other = (
        photograph(sheet, camera, np.random.default_rng(seed))[0] for seed in (4, 4, 5)
    )
    assert first.dtype == np.uint8
    assert first.shape == (308, 410, 3)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_light_and_shadow_darken_softly(rng: np.random.Generator) -> None:
    sheet = np.full((330, 440, 3), 0.8, np.float32)
    even = photograph(sheet, QUIET, rng)[0].astype(int)
    lit = Camera(
        width=410, height=308, falloff=0.2, shadow=0.3, blur_px=0.4, read_noise=0, shot_noise=0
    )
    shaded = photograph(sheet, lit, rng)[0].astype(int)
    assert np.ptp(even) < 25  # the lens's darker corners alone
    assert np.ptp(shaded) > 40
    assert np.abs(np.diff(shaded, axis=0)).max() <= 5
    assert np.abs(np.diff(shaded, axis=1)).max() <= 5


def test_noise_is_there_and_small(rng: np.random.Generator) -> None:
    sheet = np.full((330, 440, 3), 0.8, np.float32)
    noisy = Camera(width=410, height=308, light=1.0, falloff=0, shadow=0)
    image = photograph(sheet, noisy, rng)[0]
    patch = image[140:170, 190:220, 1]
    assert 0.5 < float(patch.std()) < 8


def test_a_jpeg_opens_again(rng: np.random.Generator) -> None:
    noise = rng.integers(0, 255, (60, 80, 3), np.uint8)
    image = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3), np.uint8)
    opened = cv2.imdecode(np.frombuffer(to_jpeg(image, 90), np.uint8), cv2.IMREAD_COLOR)
    assert opened is not None
    assert np.abs(opened.astype(int) - image).mean() < 4


def test_a_picture_too_large_for_jpeg_is_refused() -> None:
    with pytest.raises(UsageError, match="JPEG"):
        to_jpeg(np.zeros((1, 70000), np.uint8))
