"""Places on a page that is seen askew, checked against the homography itself."""

import numpy as np
import numpy.typing as npt
import pytest

from inkwatch.places import Box
from inkwatch.vision.outline import LineOutline, in_picture
from inkwatch.vision.page import GlyphCut, Page
from inkwatch.vision.straighten import Straightened, moved

ASKEW = np.array([[0.9, 0.2, 40.0], [-0.15, 1.1, 90.0], [0.0001, 0.0002, 1.0]])


def page(matrix: npt.NDArray[np.float64] = ASKEW) -> Page:
    return Page((), 2000, 1500, Straightened(np.zeros((600, 800), np.uint8), matrix))


def glyph(left: int, slope: float = 0.0, bend: float = 0.0, height: int = 30) -> GlyphCut:
    """20 pixels wide, its foot at 100 with the slope and the bend taken out."""
    middle = left + 10
    drop = slope * middle + bend * (middle - 300) ** 2
    place = Box(left, round(100 + drop) - height, 20, height)
    drop = place.bottom - 100
    patch = np.zeros((1, 1), np.uint8)
    return GlyphCut(place, place, patch, place.top - drop, place.bottom - drop)


def mapped(x: float, y: float) -> tuple[float, float]:
    u, v, w = ASKEW @ (x, y, 1.0)
    return u / w, v / w


def test_a_level_line_goes_through_the_homography_corner_by_corner() -> None:
    glyphs = [glyph(100), glyph(140, height=45), glyph(500)]
    (corners,) = LineOutline(glyphs, page()).around([glyphs])
    flat = [(100, 55), (520, 55), (520, 100), (100, 100)]
    assert np.array(corners) == pytest.approx(np.array([mapped(*at) for at in flat]))
    # It is no upright box any more.
    assert abs(corners[0][1] - corners[1][1]) > 20


def test_glyphs_keep_their_own_corners() -> None:
    glyphs = [glyph(100), glyph(500)]
    first, _ = LineOutline(glyphs, page()).glyphs(glyphs)
    flat = [(100, 70), (120, 70), (120, 100), (100, 100)]
    assert np.array(first) == pytest.approx(np.array([mapped(*at) for at in flat]))


def test_a_sloping_line_slopes_and_holds_its_glyphs() -> None:
    glyphs = [glyph(left, slope=0.1) for left in range(100, 700, 60)]
    outline = LineOutline(glyphs, page(np.eye(3)))
    (((ax, ay), (bx, by), (cx, cy), (dx, dy)),) = outline.around([glyphs])
    assert (by - ay) / (bx - ax) == pytest.approx(0.1, abs=0.005)
    assert (cy - dy) / (cx - dx) == pytest.approx(0.1, abs=0.005)
    for one in glyphs:
        top = ay + (one.place.left - ax) * 0.1
        assert top <= one.place.top + 0.6
        assert one.place.bottom <= dy + (one.place.right - dx) * 0.1 + 0.6
    assert dy - ay < 30 + 4


def test_a_straight_baseline_has_two_ends() -> None:
    glyphs = [glyph(left, slope=0.1) for left in range(100, 700, 60)]
    (x0, y0), (x1, y1) = LineOutline(glyphs, page(np.eye(3))).baseline(glyphs, 98.0, 20.0)
    assert (x0, x1) == (100, 660)
    assert (y0, y1) == pytest.approx((98 + 10, 98 + 66), abs=1)


def test_a_bent_baseline_follows_its_glyphs() -> None:
    glyphs = [glyph(left, bend=0.0003) for left in range(100, 520, 60)]
    points = LineOutline(glyphs, page(np.eye(3))).baseline(glyphs, 100.0, 20.0)
    assert len(points) == len(glyphs) + 2
    xs = [x for x, _ in points]
    assert xs == sorted(xs)
    for one, (x, y) in zip(glyphs, points[1:-1], strict=True):
        assert (x, y) == (one.place.left + 10, one.place.bottom)


def test_a_lone_glyph_has_its_places() -> None:
    one = [glyph(100)]
    outline = LineOutline(one, page(np.eye(3)))
    assert outline.around([one, one]) == [one[0].place.corners] * 2
    assert outline.baseline(one, 100.0, 20.0) == ((100, 100), (120, 100))


def test_heights_are_measured_in_the_picture() -> None:
    glyphs = [glyph(100), glyph(500)]
    outline = LineOutline(glyphs, page(np.diag([2.0, 3.0, 1.0])))
    assert outline.height_in_picture(glyphs, 100.0, 20.0) == pytest.approx(60)


def test_points_stay_in_the_picture() -> None:
    assert in_picture([(-900.0, 5.0), (9000.0, 9000.0)], page(np.eye(3))) == (
        (0, 5),
        (2000, 1500),
    )


def test_a_part_of_a_picture_is_moved_to_its_place() -> None:
    whole = Straightened(np.zeros((5, 5), np.uint8), ASKEW)
    shifted = moved(whole, 70, 30)
    points = np.array([(10.0, 20.0), (300.0, 5.0)])
    assert shifted.points_in_picture(points) == pytest.approx(
        whole.points_in_picture(points) + np.array([70, 30])
    )
