"""A line of text written with a pen: letters put in a row, joined, hurried, inked.

Quick hands do not draw letters but go from one to the next, and cut corners on the way: the pen's
path is smoothed over a length that grows with the haste (after the minimum-jerk view of
handwriting: Flash and Hogan 1985, doi:10.1523/JNEUROSCI.05-07-01688.1985). Fonts, however joined,
show none of that.
"""

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch_train.lines.font_line import DrawnLine
from inkwatch_train.lines.glyph_strokes import SPACING, Glyph, Path2, Strokes, evenly
from inkwatch_train.lines.hand import Hand
from inkwatch_train.lines.pen_ink import inked

Floats32 = npt.NDArray[np.float32]
Rng = np.random.Generator

_NEAR_BODY = (-1.5, 0.6)
"""Rows between which a letter's end may be joined, in x-heights from the baseline."""

_FARTHEST_JOIN = 1.3
_DOT = 0.5
_WITH_BAR = "tf"
_NO_BAR = 0.03
_LOOSE_ALONG = 0.4


def pen_line(text: str, strokes: Strokes, hand: Hand, rng: Rng) -> DrawnLine:
    """Write a line.

    Args:
        text: what is written; `strokes.can_write(text)` must hold.
        strokes: the letters' shapes.
        hand: how they are written.
        rng: gives what differs from letter to letter.

    Returns:
        The line's ink, letters' bodies `DRAWN_X_HEIGHT` pixels tall.
    """
    paths: list[Path2] = []
    x = 0.0
    for word in text.split(" "):
        letters, x = _row(word, strokes, hand, x, rng)
        joined = _joined(word, letters, strokes, hand, rng)
        paths += [_hurried(evenly(path), hand, rng) for path in joined]
        x += hand.gap * float(np.clip(rng.normal(1.0, 0.3), 0.45, 2.5))
    return inked(_placed(paths, hand, rng), hand, rng)


def _row(
    word: str, strokes: Strokes, hand: Hand, x: float, rng: Rng
) -> tuple[list[list[Path2]], float]:
    """The letters of a word side by side, each a little unlike the font's; and where they end."""
    letters = []
    for character in word:
        glyph = strokes.glyphs[character]
        letters.append(_varied(character, glyph, hand, x, rng))
        x += hand.wide * glyph.advance * float(np.exp(0.5 * hand.unlike * rng.standard_normal()))
        x += hand.wide * (hand.apart + 0.4 * hand.unlike * float(rng.standard_normal()))
    return letters, x


def _varied(character: str, glyph: Glyph, hand: Hand, x: float, rng: Rng) -> list[Path2]:
    odd = hand.unlike
    wide, tall = (hand.wide, 1.0) * np.exp(odd * rng.standard_normal(2))
    lean = 0.8 * odd * float(rng.standard_normal())
    down = 0.4 * odd * float(rng.standard_normal())
    varied = []
    for path in glyph.paths:
        own = path.astype(np.float32)
        body = np.ptp(own, axis=0)
        shift = np.zeros(2)
        if max(body) < _DOT and float(own[:, 1].max()) < -0.9:
            # Dots are put late, and mostly to the right of where they belong.
            shift = np.array([0.25, 0.0]) + 0.22 * rng.standard_normal(2)
        elif character in _WITH_BAR and len(own) > 1 and body[0] > 2.0 * body[1]:
            if len(glyph.paths) > 1 and rng.random() < _NO_BAR:
                continue
            own = _barred(own, hand, rng)
        own = _loosened(own, hand, rng)
        right = own[:, 0] * wide - own[:, 1] * lean + x + shift[0]
        varied.append(np.stack([right, own[:, 1] * tall + down + shift[1]], axis=1))
    return [np.asarray(path, np.float32) for path in varied]


def _loosened(path: Path2, hand: Hand, rng: Rng) -> Path2:
    """Let a stroke begin and end beside where it should, and come back to its way."""
    if len(path) < 6 or not hand.loose:
        return path
    along = np.arange(len(path), dtype=np.float32)[:, None] * np.float32(SPACING)
    miss = hand.loose * rng.standard_normal((2, 2)) * np.array([1.0, 0.6])
    begun, ended = np.exp(-along / _LOOSE_ALONG), np.exp(-along[::-1] / _LOOSE_ALONG)
    return np.asarray(path + begun * miss[0] + ended * miss[1], np.float32)


def _barred(bar: Path2, hand: Hand, rng: Rng) -> Path2:
    """The bar of a t or an f as hands draw it: late, fast, and anywhere near its stem."""
    middle = bar.mean(axis=0)
    stretch = hand.bar_stretch * float(np.exp(0.2 * rng.standard_normal()))
    tilt = hand.bar_tilt + 0.08 * float(rng.standard_normal())
    x, y = (bar - middle).T
    turned = np.stack([x * stretch, y - x * stretch * np.tan(tilt)], axis=1)
    shift = np.array([hand.bar_shift, 0.0]) + np.array([0.12, 0.1]) * rng.standard_normal(2)
    return np.asarray(turned + middle + shift, np.float32)


def _joined(
    word: str, letters: list[list[Path2]], strokes: Strokes, hand: Hand, rng: Rng
) -> list[Path2]:
    """All paths of a word, those of letters that are joined as one."""
    done: list[Path2] = []
    running: Path2 | None = None
    for place, (character, letter) in enumerate(zip(word, letters, strict=True)):
        paths = list(letter)
        if running is not None:
            entry = _outermost(paths, left=True)
            if entry is not None:
                first = paths.pop(entry[0])
                paths.append(np.concatenate([running, first if entry[1] else first[::-1]]))
            else:
                done.append(running)
            running = None
        exit_at = _outermost(paths, left=False)
        following = word[place + 1 : place + 2]
        if exit_at is not None and _joins(character, following, hand, rng):
            last = paths.pop(exit_at[0])
            way = last[::-1] if exit_at[1] else last
            if _within_reach(way[-1], letters[place + 1], strokes, hand):
                running = way
            else:
                paths.append(way)
        done += paths
    return [*done, running] if running is not None else done


def _joins(character: str, following: str, hand: Hand, rng: Rng) -> bool:
    if not following or not following.islower() or not character.isalpha():
        return False
    chance = hand.joins if character.islower() else 0.4 * hand.joins
    return bool(rng.random() < chance)


def _within_reach(end: Path2, following: list[Path2], strokes: Strokes, hand: Hand) -> bool:
    entry = _outermost(following, left=True)
    if entry is None:
        return False
    path = following[entry[0]]
    start = path[0] if entry[1] else path[-1]
    farthest = _FARTHEST_JOIN * hand.wide if not strokes.joined else 0.9 * hand.wide
    return bool(np.hypot(*(start - end)) <= farthest)


def _outermost(paths: list[Path2], *, left: bool) -> tuple[int, bool] | None:
    """Which path's end lies farthest to one side, among those near the letters' bodies.

    Returns:
        The path's number, and whether it is its first point; None where there is none.
    """
    best: tuple[float, int, bool] | None = None
    for number, path in enumerate(paths):
        if len(path) < 4:
            continue
        for first, point in ((True, path[0]), (False, path[-1])):
            if not _NEAR_BODY[0] <= point[1] <= _NEAR_BODY[1]:
                continue
            # To write on means to be at a path's own end: its beginning counts for less.
            far = float(-point[0] if left else point[0]) - (0.15 if first != left else 0.0)
            if best is None or far > best[0]:
                best = (far, number, first)
    return None if best is None else best[1:]


def _hurried(path: Path2, hand: Hand, rng: Rng) -> Path2:
    """Round a path as a quick pen does, and let it tremble."""
    if len(path) < 4:
        return path
    smooth = np.stack(
        [
            _smoothed(path[:, 0], max(hand.haste, hand.sweep) / SPACING),
            _smoothed(path[:, 1], hand.haste / SPACING),
        ],
        axis=1,
    )
    if hand.tremble > 0:
        knots = max(4, int(len(path) * SPACING / 0.6) + 2)
        noise = rng.standard_normal((knots, 2)).astype(np.float32)[:, None, :]
        shaken = cv2.resize(noise, (1, len(path)), interpolation=cv2.INTER_CUBIC)
        smooth = smooth + hand.tremble * shaken.reshape(-1, 2)
    return np.asarray(smooth, np.float32)


def _smoothed(values: Floats32, sigma: float) -> Floats32:
    """Smooth one coordinate along a path; its ends stay where they are."""
    # The path goes on beyond them as its mirror image.
    reach = min(len(values) - 1, int(3 * sigma) + 1)
    before = 2 * values[0] - values[reach:0:-1]
    after = 2 * values[-1] - values[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, values, after]).reshape(-1, 1)
    smooth = cv2.GaussianBlur(padded, (1, 2 * reach + 1), sigmaX=1.0, sigmaY=sigma)
    return np.asarray(smooth[len(before) : len(before) + len(values), 0], np.float32)


def _placed(paths: list[Path2], hand: Hand, rng: Rng) -> list[Path2]:
    """Lean, reach and wander: what goes on along the whole line."""
    right = max(float(path[:, 0].max()) for path in paths)
    left = min(float(path[:, 0].min()) for path in paths)
    knots = max(4, int((right - left) / 6.0) + 3)
    at = np.linspace(left, right, knots)
    wander, pace, leans, grows = rng.standard_normal((4, knots))
    placed = []
    for path in paths:
        x, y = path.astype(np.float64).T
        above, below = np.minimum(y + 1.0, 0.0), np.maximum(y, 0.0)
        y = np.clip(y, -1.0, 0.0) + above * hand.reach_up + below * hand.reach_down
        y = y * np.exp(0.06 * np.interp(x, at, grows))
        lean = hand.lean + np.deg2rad(3.5) * np.interp(x, at, leans)
        moved = x - y * np.tan(lean) + 0.3 * np.interp(x, at, pace)
        placed.append(np.stack([moved, y + hand.wander * np.interp(x, at, wander)], axis=1))
    low = min(float(path[:, 0].min()) for path in placed)
    return [np.asarray(path - np.array([low, 0.0]), np.float32) for path in placed]
