"""Where lines run: ridges of the ink, smeared along every slope that writing may have.

Ink smeared far along the line and little across it piles up along each line's body (Li, Zheng,
Doermann and Jaeger 2008, doi:10.1109/TPAMI.2007.70792, smear with one such Gaussian). Here the
smear is tried along many slopes and the one that piles up most holds at each place, so that every
line may slope and bend in its own way. The map is coarse, a few cells to an x-height.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.vision.baselines import STEEPEST
from inkwatch.vision.ink_points import InkPoints

Floats = npt.NDArray[np.float64]
Maps = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

_SLOPES = np.linspace(-STEEPEST, STEEPEST, 15)
_PAGE_SLOPES = np.linspace(-STEEPEST, STEEPEST, 49)
_CELL_X, _CELL_Y = 0.5, 0.25
_MOST_CELLS = 512
_ALONG, _ACROSS = 3.5, 0.55
_LEAST_ACROSS = 0.7
_ROOT = float(np.sqrt(2.0 * np.pi))
_USUAL_SPREAD = 0.2
_LEAST_LETTER = 0.1
_REACH_CELLS = 2.0
_ALONE = 1.25
_WEAK = 0.5
_SUPPORT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """A stretch of one line's middle, from left to right.

    `x`, `y` and `slope` (dy / dx) are `(C,)` float64 in pixels of the page, one for each column
    of the map; `mass` is how much ink is smeared there,
    in points.
    """

    x: Floats
    y: Floats
    slope: Floats
    mass: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """All ridges of a page, and the slope that most of its writing has."""

    found: tuple[Ridge, ...]
    slope: float


def find_ridges(points: InkPoints) -> Ridges:
    """Find the ridges of a page's ink.

    Args:
        points: at least one.
    """
    grid = _Grid.around(points)
    smeared = _smear(points, grid)
    usual = _page_slope(points)
    leaning = np.exp(-0.5 * ((_SLOPES - usual) / _USUAL_SPREAD) ** 2).astype(np.float32)
    chosen = (smeared * leaning[:, None, None]).argmax(axis=0)
    mass = np.take_along_axis(smeared, chosen[None], axis=0)[0]
    least = _LEAST_LETTER * points.body_px**2 / points.stride_px**2 / (_ROOT * grid.along)
    top = _highest(mass, least, round(_ALONE * points.body_px / grid.cell_y))
    nodes = _nodes(mass, _SLOPES[chosen], top, _inked(points, grid), grid)
    found = [_ridge(track, nodes) for track in _trace(nodes, grid)]
    return Ridges(tuple(ridge for ridge in found if ridge is not None), usual)


def _page_slope(points: InkPoints) -> float:
    """The slope along which the whole page's ink piles up most sharply in rows."""
    x = points.x - points.x.mean()
    row_px = _CELL_Y * points.body_px
    best, best_score = 0.0, -1.0
    for slope in _PAGE_SLOPES:
        level = points.y - slope * x
        rows = np.bincount(((level - level.min()) / row_px).astype(np.intp)).astype(np.float64)
        rows = rows[:-1] + rows[1:] if len(rows) > 1 else rows
        # Few letters pile up along many slopes: among equals the more level one.
        score = float((rows**2).sum()) * float(np.exp(-0.1 * (slope / _USUAL_SPREAD) ** 2))
        if score > best_score:
            best, best_score = float(slope), score
    return best


@dataclass(frozen=True, slots=True)
class _Grid:
    """The map's cells: where the first lies, their size in pixels, and how many there are.

    `along` and `across` are the standard deviations of the smear, in cells.
    """

    left: float
    top: float
    cell_x: float
    cell_y: float
    columns: int
    rows: int
    along: float
    across: float

    @staticmethod
    def around(points: InkPoints) -> "_Grid":
        body = points.body_px
        width, height = float(np.ptp(points.x)), float(np.ptp(points.y))
        cell_x = max(1.0, _CELL_X * body, width / _MOST_CELLS)
        cell_y = max(1.0, _CELL_Y * body, height / _MOST_CELLS)
        # Room around the ink, so that ridges end where their ink does.
        pad_x, pad_y = cell_x, 2.0 * body + 2.0 * cell_y
        return _Grid(
            left=float(points.x.min()) - pad_x,
            top=float(points.y.min()) - pad_y,
            cell_x=cell_x,
            cell_y=cell_y,
            columns=int((width + 2 * pad_x) / cell_x) + 1,
            rows=int((height + 2 * pad_y) / cell_y) + 1,
            along=_ALONG * body / cell_x,
            across=max(_LEAST_ACROSS, _ACROSS * body / cell_y),
        )


def _smear(points: InkPoints, grid: _Grid) -> Maps:
    """`(S, rows, columns)` float32: the ink smeared along each of the slopes.

    Along the middle of a line the columns sum up to about as many points as it has.
    """
    column = ((points.x - grid.left) / grid.cell_x).astype(np.intp)
    middle = (grid.columns - 1) / 2
    columns = np.arange(grid.columns)
    # Along the steepest slope the ends of the page move up or down this far.
    spare = int(np.ceil(STEEPEST * middle * grid.cell_x / grid.cell_y)) + 1
    rows = grid.rows + 2 * spare
    maps = np.empty((len(_SLOPES), grid.rows, grid.columns), np.float32)
    row = (points.y - grid.top) / grid.cell_y + spare
    for number, slope in enumerate(_SLOPES):
        per_cell = slope * grid.cell_x / grid.cell_y
        sheared = (row - per_cell * (column - middle)).astype(np.intp)
        counts = np.bincount(sheared * grid.columns + column, minlength=rows * grid.columns)
        ink = counts.reshape(rows, grid.columns).astype(np.float32)
        level = cv2.GaussianBlur(
            ink, (0, 0), sigmaX=grid.along, sigmaY=grid.across, borderType=cv2.BORDER_CONSTANT
        )
        back = np.rint(per_cell * (columns - middle)).astype(np.intp)
        at = np.arange(grid.rows)[:, None] + spare - back[None, :]
        maps[number] = level[at, columns[None, :]] * np.float32(_ROOT * grid.across)
    return maps


@dataclass(frozen=True, slots=True, eq=False)
class _Nodes:
    """Places that are highest in their column of the map, column by column.

    `row` is where, finer than the map's rows; `step` is by how many rows the next column's should
    lie lower; `inked` tells whether there is ink beside it.
    """

    column: Ints
    row: Floats
    step: Floats
    inked: npt.NDArray[np.bool_]
    ridge: Ridge


def _highest(mass: Maps, least: float, near_cells: int) -> npt.NDArray[np.bool_]:
    """`(rows - 2, columns)`: inner cells that lie on a ridge."""
    inner = mass[1:-1]
    top = (inner > mass[:-2]) & (inner >= mass[2:]) & (inner > least)
    # Between the slopes of two lines, and where tails meet, ink piles up as well, though less.
    near = 2 * max(1, near_cells) + 1
    most = cv2.dilate(mass, np.ones((near, 1), np.uint8))[1:-1]
    return np.asarray(top & (inner > _WEAK * most), np.bool_)


def _nodes(
    mass: Maps,
    slope: Floats,
    top: npt.NDArray[np.bool_],
    inked: npt.NDArray[np.bool_],
    grid: _Grid,
) -> _Nodes:
    columns, rows = np.nonzero(top.T)
    rows = rows + 1
    steep = slope[rows, columns]
    here = mass[rows, columns].astype(np.float64)
    above, below = mass[rows - 1, columns], mass[rows + 1, columns]
    # Between the rows: the top of the parabola through three; and what shearing back rounded off.
    between = np.clip(0.5 * (below - above) / np.maximum(2 * here - above - below, 1e-9), -0.5, 0.5)
    step = steep * (grid.cell_x / grid.cell_y)
    moved = step * (columns - (grid.columns - 1) / 2)
    fine = rows + between + moved - np.rint(moved)
    ridge = Ridge(
        x=np.asarray(grid.left + (columns + 0.5) * grid.cell_x, np.float64),
        y=grid.top + (fine + 0.5) * grid.cell_y,
        slope=steep,
        mass=here,
    )
    return _Nodes(columns, fine, step, inked[rows, columns], ridge)


def _trace(nodes: _Nodes, grid: _Grid) -> list[list[int]]:
    """Follow the ridges from column to column: for each its nodes from left to right."""
    starts = np.searchsorted(nodes.column, np.arange(grid.columns + 1)).tolist()
    ahead = nodes.row + nodes.step
    tracks: list[list[int]] = []
    going: list[int] = []
    for first, stop in pairwise(starts):
        owner = [-1] * (stop - first)
        if going and stop > first:
            last = [tracks[track][-1] for track in going]
            off = np.abs(ahead[last][:, None] - nodes.row[None, first:stop])
            nearest, back = off.argmin(axis=1).tolist(), off.argmin(axis=0).tolist()
            for k, track in enumerate(going):
                if back[nearest[k]] == k and off[k, nearest[k]] <= _REACH_CELLS:
                    owner[nearest[k]] = track
        going = []
        for node, track in enumerate(owner, start=first):
            if track < 0:
                tracks.append([])
            tracks[track].append(node)
            going.append(track if track >= 0 else len(tracks) - 1)
    return tracks


def _inked(points: InkPoints, grid: _Grid) -> npt.NDArray[np.bool_]:
    """`(rows, columns)`: which cells have ink beside them, up to half a body above or below."""
    column = ((points.x - grid.left) / grid.cell_x).astype(np.intp)
    row = ((points.y - grid.top) / grid.cell_y).astype(np.intp)
    cells = np.zeros((grid.rows, grid.columns), np.uint8)
    cells[row, column] = 1
    tall = 2 * max(1, round(_SUPPORT * points.body_px / grid.cell_y)) + 1
    return np.asarray(cv2.dilate(cells, np.ones((tall, 3), np.uint8)), np.bool_)


def _ridge(track: list[int], nodes: _Nodes) -> Ridge | None:
    """A track without the ends that run out over bare paper; None where that is all of it."""
    inked = np.flatnonzero(nodes.inked[track])
    if not len(inked):
        return None
    own = track[inked[0] : inked[-1] + 1]
    whole = nodes.ridge
    return Ridge(whole.x[own], whole.y[own], whole.slope[own], whole.mass[own])
