"""From a glyph's ink to the pen's way: the middle line of its strokes, as few long paths.

Thinning: Guo and Hall 1989, doi:10.1145/62065.62074. Where strokes meet, those go on into one
another that turn least, as a pen would.
"""

from itertools import combinations

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Path = npt.NDArray[np.float32]

_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
_LOOK_BACK = 7
"""So many pixels from where strokes meet, their direction is told."""

_MOST_TURN = np.cos(np.deg2rad(100.0))
_SPUR = 1.3
"""Ends shorter than this many half widths of the stroke are the thinning's own."""


def thin(ink: Mask) -> Mask:
    """Thin ink to lines one pixel wide, that stay as connected as the ink is.

    Args:
        ink: `(H, W)` bool.

    Returns:
        `(H, W)` bool.
    """
    kept = np.pad(ink, 1).astype(np.uint8)
    while True:
        removed = 0
        for odd in (True, False):
            gone = _removable(kept, odd=odd)
            removed += int(gone.sum())
            kept[gone] = 0
        if not removed:
            return np.asarray(kept[1:-1, 1:-1] > 0)


def pen_paths(ink: Mask) -> list[Path]:
    """Trace the middle of the strokes.

    Args:
        ink: `(H, W)` bool, one glyph.

    Returns:
        Paths of points `(x, y)`, `(n, 2)` float32, n at least 1, a pixel apart. A dot is one
        point. Closed paths end where they begin.
    """
    inside = cv2.distanceTransform(np.pad(ink, 1).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    edges, lone = _edges(thin(ink))
    edges = _without_spurs(edges, np.asarray(inside[1:-1, 1:-1], np.float32))
    paths = [*_joined(edges), *lone]
    paths += _blots(ink, paths)
    return [np.asarray([(x, y) for y, x in path], np.float32) for path in paths]


def _removable(kept: npt.NDArray[np.uint8], *, odd: bool) -> Mask:
    p = [np.roll(kept, (-dy, -dx), axis=(0, 1)).astype(bool) for dy, dx in _AROUND]
    n, ne, e, se, s, sw, w, nw = p
    crossings = (
        (~n & (ne | e)).astype(np.uint8)
        + (~e & (se | s)).astype(np.uint8)
        + (~s & (sw | w)).astype(np.uint8)
        + (~w & (nw | n)).astype(np.uint8)
    )
    first = sum((a | b).astype(np.uint8) for a, b in ((nw, n), (ne, e), (se, s), (sw, w)))
    second = sum((a | b).astype(np.uint8) for a, b in ((n, ne), (e, se), (s, sw), (w, nw)))
    fewest = np.minimum(first, second)
    side = ((s | sw | ~nw) & w) if not odd else ((n | ne | ~se) & e)
    return np.asarray((kept > 0) & (crossings == 1) & (fewest >= 2) & (fewest <= 3) & ~side)


_Pixel = tuple[int, int]
_Edge = list[_Pixel]


def _blots(ink: Mask, paths: list[_Edge]) -> list[_Edge]:
    """A dot for each piece of ink that has no path: thick dots may be thinned to a small knot."""
    count, labels, _, middles = cv2.connectedComponentsWithStats(ink.astype(np.uint8))
    seen = {int(labels[at]) for path in paths for at in path}
    return [
        [(round(float(middles[number][1])), round(float(middles[number][0])))]
        for number in range(1, count)
        if number not in seen
    ]


def _edges(lines: Mask) -> tuple[list[_Edge], list[_Edge]]:
    """Paths between ends and meeting points, and pixels that stand alone.

    Meeting points that lie side by side count as one, the first of them.
    """
    pixels = {(int(y), int(x)) for y, x in zip(*np.nonzero(lines), strict=True)}
    beside = {at: _neighbours(at, pixels) for at in pixels}
    nodes = {at for at, others in beside.items() if len(others) != 2}
    lone = [[at] for at in sorted(nodes) if not beside[at]]
    heads = _clusters({at for at in nodes if len(beside[at]) > 2}, beside)
    edges: list[_Edge] = []
    used: set[frozenset[_Pixel]] = set()
    seen: set[_Pixel] = set()
    for start in sorted(nodes):
        for second in beside[start]:
            if frozenset((start, second)) in used:
                continue
            path = [start, second]
            while path[-1] not in nodes:
                seen.add(path[-1])
                ways = [at for at in beside[path[-1]] if at != path[-2]]
                if not ways:
                    break
                path.append(ways[0])
            used.add(frozenset(path[:2]))
            used.add(frozenset(path[-2:]))
            first, last = heads.get(path[0], path[0]), heads.get(path[-1], path[-1])
            if len(path) > 2 or first != last:
                edges.append([first, *path[1:-1], last])
    edges += _rings(pixels - nodes - seen, beside)
    return edges, lone


def _rings(left: set[_Pixel], beside: dict[_Pixel, list[_Pixel]]) -> list[_Edge]:
    """Closed paths that nothing meets."""
    rings: list[_Edge] = []
    while left:
        path = [min(left)]
        while True:
            left.discard(path[-1])
            ways = [at for at in beside[path[-1]] if at in left]
            if not ways:
                break
            path.append(ways[0])
        rings.append([*path, path[0]])
    return rings


def _neighbours(at: _Pixel, pixels: set[_Pixel]) -> list[_Pixel]:
    """Pixels beside one; diagonal ones only where no straight way leads there."""
    y, x = at
    straight = [(y + dy, x + dx) for dy, dx in _AROUND[::2] if (y + dy, x + dx) in pixels]
    diagonal = [
        (y + dy, x + dx)
        for dy, dx in _AROUND[1::2]
        if (y + dy, x + dx) in pixels and (y + dy, x) not in pixels and (y, x + dx) not in pixels
    ]
    return straight + diagonal


def _clusters(meeting: set[_Pixel], beside: dict[_Pixel, list[_Pixel]]) -> dict[_Pixel, _Pixel]:
    """For each meeting point the one that stands for all those which it is connected with."""
    heads: dict[_Pixel, _Pixel] = {}
    for start in sorted(meeting):
        waiting = [start] if start not in heads else []
        while waiting:
            at = waiting.pop()
            heads[at] = start
            waiting += [other for other in beside[at] if other in meeting and other not in heads]
    return heads


def _without_spurs(edges: list[_Edge], inside: npt.NDArray[np.float32]) -> list[_Edge]:
    """Leave out short ends: thinning leaves them at corners and on rough edges."""
    degree = _degrees(edges)
    kept = []
    for edge in edges:
        free = [degree[edge[0]] == 1, degree[edge[-1]] == 1]
        if any(free) and not all(free):
            at = edge[-1] if free[0] else edge[0]
            if len(edge) < _SPUR * float(inside[at]):
                continue
        kept.append(edge)
    return kept


def _degrees(edges: list[_Edge]) -> dict[_Pixel, int]:
    degree: dict[_Pixel, int] = {}
    for edge in edges:
        for end in (edge[0], edge[-1]):
            degree[end] = degree.get(end, 0) + 1
    return degree


def _joined(edges: list[_Edge]) -> list[_Edge]:
    """Let paths go on into one another where they meet, the straightest first."""
    paths: dict[int, _Edge] = dict(enumerate(edges))
    ends: dict[_Pixel, list[tuple[int, bool]]] = {}
    for number, edge in paths.items():
        ends.setdefault(edge[0], []).append((number, True))
        ends.setdefault(edge[-1], []).append((number, False))
    links: dict[tuple[int, bool], tuple[int, bool]] = {}
    for meeting in ends.values():
        ways = {end: _direction(paths[end[0]], at_start=end[1]) for end in meeting}
        turns = sorted(
            (float(ways[a] @ ways[b]), a, b) for a, b in combinations(meeting, 2) if a[0] != b[0]
        )
        for turn, a, b in turns:
            if a not in links and b not in links and (turn < _MOST_TURN or len(meeting) == 2):
                links[a], links[b] = b, a
    return _followed(paths, links)


def _followed(
    paths: dict[int, _Edge], links: dict[tuple[int, bool], tuple[int, bool]]
) -> list[_Edge]:
    """Follow the links from path to path."""
    done: set[int] = set()
    joined = []
    for start in paths:
        if start in done:
            continue
        # Back to where this chain begins, unless it is a ring.
        number, at_start, steps = start, True, 0
        while (number, at_start) in links and steps <= len(paths):
            number, end = links[number, at_start]
            at_start, steps = not end, steps + 1
        chain: _Edge = []
        while number not in done:
            done.add(number)
            part = paths[number] if at_start else paths[number][::-1]
            chain += part[1:] if chain else part
            following = links.get((number, not at_start))
            if following is None:
                break
            number, at_start = following
        joined.append(chain)
    return joined


def _direction(path: _Edge, *, at_start: bool) -> npt.NDArray[np.float64]:
    """Where a path leads from one of its ends: `(y, x)` of length 1."""
    ordered = path if at_start else path[::-1]
    way = np.subtract(ordered[min(_LOOK_BACK, len(ordered) - 1)], ordered[0]).astype(np.float64)
    length = float(np.hypot(*way))
    return np.asarray(way / length if length else way)
