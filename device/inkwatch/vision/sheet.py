"""The sheet of paper in the view: four corners of something bright on something darker.

A picture that is all paper has no sheet in this sense, and is taken as it is.
"""

from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.shrink import halved, shrunk

Grey = npt.NDArray[np.uint8]
Corners = npt.NDArray[np.float32]
"""`(4, 2)` x and y in pixels: a sheet's corners, from the top left clockwise."""

_LOOK_PX = 400
_CLOSE_SHARE = 0.06
_LEAST_AREA = 0.15
_MOST_AREA = 0.97
_FILLED = 0.9
_LEAST_STEP = 1.2
_ALONG = 0.9
_LEAST_SIDES = 2
_RIM_SHARE, _LEAST_RIM_PX = 0.02, 2.0
_LIT_AROUND = 0.35
_MIN_ANGLE_DEG, _MAX_ANGLE_DEG = 45.0, 135.0
_LEVELS = (1.15, 1.0, 0.92, 0.85, 0.77, 0.7, 0.62, 0.55)
_EDGE_LOOK_PX = 1200
_EDGE_REACH = 0.03
_EDGE_POINTS = 60
_LEAST_POINTS = 8
_TOLERANCES = (0.01, 0.02, 0.03, 0.045, 0.06)


def find_sheet(grey: Grey) -> Corners | None:
    """Find the sheet, if one lies whole in the view on a darker ground.

    Args:
        grey: `(H, W)` uint8.

    Returns:
        Its corners in the picture's pixels, or None: no bright quadrangle of a good part of the
        view is at least a fifth brighter than what lies around it.
    """
    shrink = max(1.0, max(grey.shape) / _LOOK_PX)
    small = shrunk(grey, shrink)
    # Writing is no part of the sheet's shape: close over it before anything is measured.
    reach = max(3, round(_CLOSE_SHARE * max(small.shape))) | 1
    paper = _without_writing(small, reach // 2 | 1)
    level, _ = cv2.threshold(paper, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    found = [_bright_quadrangle(paper, factor * float(level), reach) for factor in _LEVELS]
    sheets = [(_clear_sides(paper, each), each) for each in found if each is not None]
    # Where ground beside the sheet counts as bright, the quadrangle runs on to the picture's edge
    # and has fewer sides that can be seen. A shadow over part of the sheet makes a smaller
    # quadrangle of the rest: of those with as many sides the largest holds.
    most = max((sides for sides, _ in sheets), default=0)
    if most < _LEAST_SIDES:
        return None
    corners = max((each for sides, each in sheets if sides == most), key=cv2.contourArea)
    rough = (corners + np.float32(0.5)) * np.float32(shrink) - np.float32(0.5)
    return _to_the_edges(grey, _in_order(rough))


def _without_writing(small: Grey, reach: int) -> Grey:
    """Close over what is dark and narrow, but not over ground between sheet and picture's edge."""
    padded = cv2.copyMakeBorder(small, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    return np.asarray(closed[reach:-reach, reach:-reach], np.uint8)


def _bright_quadrangle(paper: Grey, level: float, reach: int) -> Corners | None:
    _, bright = cv2.threshold(paper, level, 255, cv2.THRESH_BINARY)
    # Glare on the ground and bridges of light must not hang on to the sheet.
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, np.ones((reach // 3 | 1,) * 2, np.uint8))
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    sheet = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(sheet)
    area = cv2.contourArea(hull)
    if not _LEAST_AREA * paper.size <= area <= _MOST_AREA * paper.size:
        return None
    around = cv2.arcLength(hull, closed=True)
    for tolerance in _TOLERANCES:
        found = cv2.approxPolyDP(hull, tolerance * around, closed=True)
        if len(found) == 4:
            corners = np.asarray(found[:, 0], np.float32)
            own = cv2.contourArea(sheet) / max(1.0, cv2.contourArea(corners))
            fits = _FILLED <= own <= 1 / _FILLED and _is_dark_around(np.asarray(bright), corners)
            return corners if fits and _is_rectangle_seen_askew(corners) else None
    return None


def _is_dark_around(bright: npt.NDArray[Any], corners: Corners) -> bool:
    """Whether little outside is bright: between the strokes of a large word all paper is."""
    outside = np.full(bright.shape, 255, np.uint8)
    cv2.fillConvexPoly(outside, np.rint(corners).astype(np.int32), 0)
    lit = cv2.countNonZero(cv2.bitwise_and(np.asarray(bright, np.uint8), outside))
    return bool(lit <= _LIT_AROUND * max(1, cv2.countNonZero(outside)))


def _is_rectangle_seen_askew(corners: Corners) -> bool:
    ring = [*corners, corners[0], corners[1]]
    for before, (corner, after) in zip(ring, pairwise(ring[1:]), strict=False):
        one, other = before - corner, after - corner
        cosine = float(one @ other) / max(1e-6, float(np.linalg.norm(one) * np.linalg.norm(other)))
        if not _MIN_ANGLE_DEG <= np.degrees(np.arccos(np.clip(cosine, -1, 1))) <= _MAX_ANGLE_DEG:
            return False
    return True


def _clear_sides(paper: Grey, corners: Corners) -> int:
    """On how many sides it is clearly brighter just inside than just outside; 0 if not on one.

    Sides that lie out of view do not count. A shadow over a page has an edge as well, but seldom
    four.
    """
    middle = corners.mean(axis=0)
    sides = 0
    for start, end in pairwise([*corners, corners[0]]):
        points = start + (end - start) * np.linspace(0.04, 0.96, 24, dtype=np.float32)[:, None]
        inward = (middle - points) / np.linalg.norm(middle - points, axis=1, keepdims=True)
        step = np.float32(max(3.0, _RIM_SHARE * max(paper.shape)))
        last = np.array([paper.shape[1] - 1, paper.shape[0] - 1], np.float32)
        # Little ground may be in view beside the sheet: its last pixels are enough.
        around = np.clip(points - step * inward, 0, last)
        off, along = around - points, (end - start) / max(1e-6, float(np.linalg.norm(end - start)))
        beyond = np.abs(along[0] * off[:, 1] - along[1] * off[:, 0]) < _LEAST_RIM_PX
        if beyond.mean() > 0.5:
            continue  # the sheet runs out of the view here
        within = np.clip(points + step * inward, 0, last)
        inside, outside = _levels(paper, within), _levels(paper, around)
        brighter = inside[~beyond] >= _LEAST_STEP * outside[~beyond]
        if brighter.mean() < _ALONG:
            return 0
        sides += 1
    return sides


def _levels(paper: Grey, points: Corners) -> npt.NDArray[np.float64]:
    """Grey levels at points of the picture."""
    x, y = np.rint(points).astype(int).T
    return np.asarray(paper[y, x], np.float64)


def _in_order(corners: Corners) -> Corners:
    """Begin with the corner at the top left and go round clockwise, as seen in the picture."""
    away = corners - corners.mean(axis=0)
    # With y downwards, growing angles run clockwise.
    ring = corners[np.argsort(np.arctan2(away[:, 1], away[:, 0]), kind="stable")]
    return np.asarray(np.roll(ring, -int(ring.sum(axis=1).argmin()), axis=0), np.float32)


def _to_the_edges(grey: Grey, corners: Corners) -> Corners:
    """Move each side onto the strongest step of brightness near it, and meet the sides anew."""
    small_grey, shrink = halved(grey, max(1.0, max(grey.shape) / _EDGE_LOOK_PX))
    small = np.asarray(cv2.GaussianBlur(small_grey, (0, 0), 1.5), np.float32)
    near = (corners + np.float32(0.5)) / np.float32(shrink) - np.float32(0.5)
    reach = max(4, round(_EDGE_REACH * max(small.shape)))
    sides = [_edge_line(small, *ends, reach) for ends in pairwise([*near, near[0]])]
    met = [_meeting(sides[k - 1], sides[k]) for k in range(4)]
    refined = np.array([m if m is not None else c for m, c in zip(met, near, strict=True)])
    moved = np.linalg.norm(refined - near, axis=1)
    # A corner that runs away belongs to a side along which something else was stronger.
    refined = np.where(moved[:, None] <= 2 * reach, refined, near)
    return np.asarray((refined + 0.5) * shrink - 0.5, np.float32)


def _edge_line(
    small: npt.NDArray[np.float32], start: Corners, end: Corners, reach: int
) -> npt.NDArray[np.float64]:
    """A side as `(x, y, dx, dy)`, fitted to where brightness steps down most on the way out."""
    along = (end - start) / max(1e-6, float(np.linalg.norm(end - start)))
    outward = np.array([along[1], -along[0]], np.float32)  # the corners run clockwise
    shares = np.linspace(0.04, 0.96, _EDGE_POINTS, dtype=np.float32)
    places = start + (end - start) * shares[:, None]
    steps = np.arange(-reach, reach + 1, dtype=np.float32)
    points = places[:, None] + steps[None, :, None] * outward
    profile = cv2.remap(
        small,
        np.ascontiguousarray(points[..., 0]),
        np.ascontiguousarray(points[..., 1]),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    fall = np.asarray(profile[:, :-2] - profile[:, 2:], np.float64)
    best = fall.argmax(axis=1)
    found = places + steps[best + 1][:, None] * outward
    clear = fall[np.arange(len(best)), best] > 0.5 * np.median(fall.max(axis=1))
    if int(clear.sum()) < _LEAST_POINTS:
        return np.array([*start, *along], np.float64)
    dx, dy, x, y = cv2.fitLine(found[clear], cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
    return np.array([x, y, dx, dy])


def _meeting(
    one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64] | None:
    """Where two lines meet; None where they run alike."""
    matrix = np.array([one[2:], -other[2:]]).T
    if abs(np.linalg.det(matrix)) < 1e-3:
        return None
    along = np.linalg.solve(matrix, other[:2] - one[:2])[0]
    return np.asarray(one[:2] + along * one[2:], np.float64)
