"""Combs: short strokes that stand on a printed line at one distance, a place for each character."""

import numpy as np
import numpy.typing as npt

from inkwatch.vision.strips import PAPER, Rule

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_FEW = 4
_ACROSS = 0.3
_MOST_SHARE = 0.7
_AWAY_PX = 4
_LEAST_PX, _MOST_PX = 10, 120
_THIN = 2.0
_HEIGHT_SHARE = 0.25
_STEP_SHARE = 0.12


def ticks_on(line: Rule, page: Grey, ink_level: float) -> list[Rule]:
    """Find the ticks that stand on a line.

    Args:
        line: a long line along the rows.
        page: `(H, W)` uint8 from `flatten_light`.
        ink_level: the usual grey level of ink.

    Returns:
        Lines along the columns, as seen on the page's transpose; none where what stands on the line
        is not alike and at one distance, as writing is not.
    """
    dark = PAPER - (PAPER - ink_level) / 2
    foot = np.rint(line.middle).astype(int) - round(line.thick_px / 2) - _AWAY_PX
    columns = np.clip(np.arange(line.start, line.stop), 0, page.shape[1] - 1)
    inked = np.concatenate(
        [[False], page[np.clip(foot, 0, len(page) - 1), columns] < dark, [False]]
    )
    starts, stops = np.flatnonzero(np.diff(inked.astype(np.int8)) != 0).reshape(-1, 2).T
    beneath = np.rint(line.middle).astype(int) + round(line.thick_px / 2) + _AWAY_PX
    goes_on = page[np.clip(beneath, 0, len(page) - 1), columns] < dark
    goes_on = np.convolve(goes_on, np.ones(2 * _AWAY_PX + 1), "same") > 0  # slanting ones too
    if len(starts) < _FEW or float(goes_on[(starts + stops - 1) // 2].mean()) > _ACROSS:
        return []  # strokes that cross the line are none of it
    thin = stops - starts <= _THIN * line.thick_px + 2
    places = ((starts + stops - 1) / 2)[thin]
    if len(places) < _FEW or len(places) < _MOST_SHARE * len(starts):
        return []
    at = np.rint(places).astype(int)
    heights = np.array([_height(page, int(columns[k]), int(foot[k]), dark) for k in at])
    usual = float(np.median(heights))
    alike = (np.abs(heights - usual) <= _HEIGHT_SHARE * usual) & (usual >= _LEAST_PX)
    if int(alike.sum()) < max(_FEW, _MOST_SHARE * len(starts)) or not _at_one_distance(
        places[alike]
    ):
        return []
    return [
        Rule(
            max(0, int(foot[k]) - int(height)),
            int(line.middle[k]) + 1,
            np.full(
                int(line.middle[k]) + 1 - max(0, int(foot[k]) - int(height)), float(columns[k])
            ),
            line.thick_px,
        )
        for k, height in zip(at[alike], heights[alike], strict=True)
        if int(line.middle[k]) > int(foot[k])
    ]


def _height(page: Grey, column: int, foot: int, dark: float) -> int:
    """How far up it is dark from a pixel on."""
    way = page[max(0, foot - _MOST_PX) : foot + 1, column][::-1] < dark
    return len(way) if way.all() else int(way.argmin())


def _at_one_distance(places: Floats) -> bool:
    steps = np.diff(places)
    usual = float(np.median(steps))
    times = steps / max(1.0, usual)
    off = np.abs(times - np.maximum(1.0, np.rint(times)))
    return float((off <= _STEP_SHARE).mean()) >= _MOST_SHARE
