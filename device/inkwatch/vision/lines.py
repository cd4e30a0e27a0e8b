"""Which pieces of ink stand on one line.

Works on boxes alone: the page's slant is taken out of the coordinates, pieces of letter size are
chained from left to right, and what is small (dots, commas) joins the line that it is nearest to.
"""

from dataclasses import dataclass, field
from statistics import median

import numpy as np
import numpy.typing as npt

from inkwatch.vision.components import Pieces

Floats = npt.NDArray[np.float64]

_MAX_SLANT = 0.14
_LETTER_SHARE = 0.42
_MIN_OVERLAP = 0.35
_LOOK_BACK = 5
_ATTACH_REACH = 0.9
_FEW = 3
_MARK_REACH = 0.6


@dataclass(slots=True)
class Chain:
    """A line as it grows: indices of its pieces, from left to right."""

    members: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class FoundLine:
    """A line: indices into the pieces from left to right, and how it slopes.

    `slope` is dy / dx of the line; `letter_px` the usual height of its letter-sized pieces.
    """

    members: npt.NDArray[np.intp]
    slope: float
    letter_px: float


def find_lines(pieces: Pieces) -> list[FoundLine]:
    """Group pieces into lines, from top to bottom."""
    if len(pieces.ids) == 0:
        return []
    letter_px = letter_height(pieces)
    is_letter = (pieces.height >= _LETTER_SHARE * letter_px) & (pieces.height <= 4 * letter_px)
    if not is_letter.any():
        is_letter = np.ones(len(pieces.ids), np.bool_)
    middle_x = (pieces.left + pieces.right) / 2
    slant = _page_slant(middle_x[is_letter], pieces.bottom[is_letter].astype(np.float64), letter_px)
    top = pieces.top - slant * middle_x
    bottom = pieces.bottom - slant * middle_x
    chains = _chain(pieces, is_letter, top, bottom)
    chains = _merge(chains, pieces, top, bottom)
    _attach_small(
        chains,
        pieces,
        small=np.flatnonzero(~is_letter),
        top=top,
        bottom=bottom,
        letter_px=letter_px,
    )
    chains.sort(key=lambda chain: float(np.median(bottom[chain.members])))
    return [_finish(chain, pieces, slant) for chain in chains]


def letter_height(pieces: Pieces) -> float:
    """Median height, each piece counted by its ink, so that dots and dust hardly count."""
    order = np.argsort(pieces.height)
    weight = np.cumsum(pieces.area[order])
    return float(pieces.height[order][np.searchsorted(weight, weight[-1] / 2)])


def _page_slant(x: Floats, bottom: Floats, letter_px: float) -> float:
    """The slope along which the bottoms of letters pile up most sharply in a histogram."""
    if len(x) < 6:
        return 0.0
    bin_px = max(1.0, letter_px / 5)
    best, best_score = 0.0, -1.0
    for slant in np.linspace(-_MAX_SLANT, _MAX_SLANT, 57):
        level = bottom - slant * x
        counts, _ = np.histogram(level, bins=max(1, int(np.ptp(level) / bin_px) + 1))
        soft = counts[:-1] + counts[1:] if len(counts) > 1 else counts
        score = float((soft.astype(np.float64) ** 2).sum())
        # Among equals, the smaller slant: few letters pile up along many slopes.
        if score > best_score * 1.0001 or (score >= best_score and abs(slant) < abs(best)):
            best, best_score = float(slant), score
    return best


def _chain(
    pieces: Pieces, is_letter: npt.NDArray[np.bool_], top: Floats, bottom: Floats
) -> list[Chain]:
    chains: list[Chain] = []
    letters = np.flatnonzero(is_letter)
    # The band of each chain's last letters, kept as arrays: a page of texture has many chains.
    band_top, band_bottom = np.empty(len(letters)), np.empty(len(letters))
    for index in letters[np.argsort(pieces.left[letters], kind="stable")].tolist():
        known = slice(len(chains))
        overlap = _overlap(band_top[known], band_bottom[known], top[index], bottom[index])
        best = int(overlap.argmax()) if chains else 0
        if not chains or overlap[best] <= _MIN_OVERLAP:
            best = len(chains)
            chains.append(Chain())
        chains[best].members.append(index)
        recent = chains[best].members[-_LOOK_BACK:]
        band_top[best], band_bottom[best] = median(top[recent]), median(bottom[recent])
    return chains


def _overlap(band_top: Floats, band_bottom: Floats, top: float, bottom: float) -> Floats:
    """How much of a piece lies in the band of each line, and the other way round."""
    shared = np.minimum(band_bottom, bottom) - np.maximum(band_top, top)
    union = np.maximum(band_bottom, bottom) - np.minimum(band_top, top)
    shorter = np.minimum(band_bottom - band_top, bottom - top)
    # The second term decides where a tall letter covers both its own line and a stray mark.
    weighed = shared / np.maximum(1.0, shorter) + 0.5 * shared / np.maximum(1.0, union)
    return np.asarray(weighed, np.float64)


def _merge(chains: list[Chain], pieces: Pieces, top: Floats, bottom: Floats) -> list[Chain]:
    """Join chains that run in the same band: a tall first letter can start a line of its own."""
    chains = sorted(chains, key=lambda chain: -len(chain.members))
    merged: list[Chain] = []
    reaches = _Reaches(len(chains))
    for chain in chains:
        middle = float(np.mean((top + bottom)[chain.members])) / 2
        home, home_distance = None, 1.0
        for k in reaches.within(middle, share=_MARK_REACH, least_px=1e-6):
            line = merged[k]
            near = _nearest(line.members, chain.members, pieces)
            band_top, band_bottom = median(top[near]), median(bottom[near])
            outside = max(0.0, band_top - middle, middle - band_bottom)
            # Apostrophes and the like are large enough to start a line, but stand at one's edge.
            marks = len(chain.members) <= _FEW and len(line.members) > 2 * len(chain.members)
            reach = _MARK_REACH * (band_bottom - band_top) if marks else 1e-6
            if outside / reach < home_distance:
                home, home_distance = k, outside / reach
        if home is None:
            home = len(merged)
            merged.append(chain)
        else:
            merged[home].members += chain.members
            merged[home].members.sort(key=lambda i: int(pieces.left[i]))
        reaches.widen(home, top[chain.members], bottom[chain.members])
    return merged


class _Reaches:
    """From where to where up to `count` lines reach: tells cheaply which cannot hold a piece."""

    def __init__(self, count: int) -> None:
        self._top = np.full(count, np.inf)
        self._bottom = np.full(count, -np.inf)

    def widen(self, line: int, top: Floats, bottom: Floats) -> None:
        self._top[line] = min(self._top[line], top.min())
        self._bottom[line] = max(self._bottom[line], bottom.max())

    def within(self, middle: float, *, share: float = 0.0, least_px: float) -> list[int]:
        """Lines less than `least_px`, or less than a share of their height, from `middle`."""
        outside = np.maximum(self._top - middle, middle - self._bottom)
        limit = np.maximum(least_px, share * (self._bottom - self._top))
        return np.flatnonzero(outside < limit).tolist()


def _nearest(members: list[int], others: list[int], pieces: Pieces) -> list[int]:
    at = float(np.mean(pieces.left[others]))
    order = np.argsort(np.abs(pieces.left[members] - at), kind="stable")
    return [members[k] for k in order[:_LOOK_BACK]]


def _attach_small(
    chains: list[Chain],
    pieces: Pieces,
    *,
    small: npt.NDArray[np.intp],
    top: Floats,
    bottom: Floats,
    letter_px: float,
) -> None:
    """Give each small piece to the line whose nearest letters it stands in, or nearly so."""
    letters = [list(chain.members) for chain in chains]
    reaches = _Reaches(len(chains))
    for k, members in enumerate(letters):
        reaches.widen(k, top[members], bottom[members])
    for index in small:
        best, best_distance = None, _ATTACH_REACH * letter_px
        middle = float(top[index] + bottom[index]) / 2
        for k in reaches.within(middle, least_px=best_distance):
            chain = chains[k]
            near = _nearest(letters[k], [int(index)], pieces)
            band_top, band_bottom = median(top[near]), median(bottom[near])
            distance = max(band_top - middle, middle - band_bottom, 0.0)
            # What stands alone far from any letter is dirt, or on a line of its own.
            aside = min(
                max(
                    0.0,
                    float(pieces.left[index] - pieces.right[k]),
                    float(pieces.left[k] - pieces.right[index]),
                )
                for k in near
            )
            distance += 0.15 * aside
            if distance < best_distance:
                best, best_distance = chain, distance
        if best is not None:
            best.members.append(int(index))


def _finish(chain: Chain, pieces: Pieces, slant: float) -> FoundLine:
    members = np.array(sorted(chain.members, key=lambda i: int(pieces.left[i] + pieces.right[i])))
    heights = pieces.height[members]
    letter_px = float(np.median(heights[heights >= 0.5 * heights.max()]))
    return FoundLine(members, _line_slope(members, pieces, slant, letter_px), letter_px)


def _line_slope(
    members: npt.NDArray[np.intp], pieces: Pieces, slant: float, letter_px: float
) -> float:
    """The line's own slope: under perspective it differs a little from the page's."""
    x = (pieces.left[members] + pieces.right[members]) / 2
    bottom = pieces.bottom[members].astype(np.float64)
    big = pieces.height[members] > 0.5 * letter_px
    if big.sum() < 8 or np.ptp(x[big]) < 8 * letter_px:
        return slant
    x, bottom = x[big], bottom[big]
    keep = np.ones(len(x), np.bool_)
    slope = slant
    for _ in range(3):  # descenders fall out of the fit
        slope, start = np.polyfit(x[keep], bottom[keep], 1)
        off = bottom - (slope * x + start)
        keep = np.abs(off - np.median(off)) < 0.25 * letter_px
        if keep.sum() < 6:
            return slant
    return float(slope) if abs(slope - slant) < 0.05 else slant
