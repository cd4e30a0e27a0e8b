"""Lines that a hand drew beneath words."""

import numpy as np
import numpy.typing as npt

from inkwatch.vision.rules import NO_RULES, Rules
from inkwatch.vision.strips import PAPER, STRIP_PX, Ridges, Rule, is_between_paper

Grey = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

_LETTERS = 2.0
_LEAST_STRIPS = 4
_FREE_SHARE = 0.4
_THICK_LETTERS = 0.22
_THIN_STROKES = 0.6
_ABOVE_LETTERS = 1.3
_BELOW_LETTERS = 0.45
_LEAST_ABOVE, _MOST_BELOW = 0.35, 0.35
_INK_SHARE = 0.5


def find_underlines(
    flat: Grey, across: Ridges, letter_px: float, stroke_px: float, ink_level: float
) -> Rules:
    """Find underlines: longer than dashes, with writing above them and little beneath.

    Args:
        flat: `(H, W)` uint8, the page under even light without printed lines.
        across: its ridges along the rows.
        letter_px: the usual height of a letter.
        stroke_px: the usual width of a stroke.
        ink_level: the usual grey level of ink.
    """
    least = max(_LEAST_STRIPS, round(_LETTERS * letter_px / STRIP_PX))
    thickest = max(3.0, _THICK_LETTERS * letter_px)
    lines = [
        line
        for line in across.lines(least)
        if _THIN_STROKES * stroke_px <= line.thick_px <= thickest
    ]
    if not lines:
        return NO_RULES
    dark = PAPER - _INK_SHARE * (PAPER - ink_level)
    lines = [_inked_run(line, flat, dark) for line in lines]
    return Rules(
        tuple(
            line
            for line in lines
            if line.length >= (least - 1) * STRIP_PX
            and is_between_paper(line, flat, _FREE_SHARE)
            and _is_beneath_writing(line, flat, letter_px, dark)
        ),
        (),
    )


def _inked_run(line: Rule, flat: Grey, dark: float) -> Rule:
    """The longest stretch that is as dark as ink: feet of letters beside a line may hang on."""
    inked = np.concatenate([[False], _inked(line, flat, (-1, 1), dark), [False]])
    starts, stops = np.flatnonzero(np.diff(inked.astype(np.int8)) != 0).reshape(-1, 2).T
    if not len(starts):
        return Rule(line.start, line.start, line.middle[:0], line.thick_px)
    longest = int((stops - starts).argmax())
    start, stop = int(starts[longest]), int(stops[longest])
    return Rule(line.start + start, line.start + stop, line.middle[start:stop], line.thick_px)


def _is_beneath_writing(line: Rule, flat: Grey, letter_px: float, dark: float) -> bool:
    edge = round(line.thick_px / 2) + 3
    above = _inked(line, flat, (-edge - round(_ABOVE_LETTERS * letter_px), -edge), dark)
    below = _inked(line, flat, (edge, edge + round(_BELOW_LETTERS * letter_px)), dark)
    return bool(above.mean() >= _LEAST_ABOVE and below.mean() <= _MOST_BELOW)


def _inked(line: Rule, flat: Grey, rows: tuple[int, int], dark: float) -> Bools:
    """Which of a line's columns have ink in rows so far from its middle."""
    offsets = np.arange(rows[0], rows[1] + 1)[:, None]
    places = np.clip(np.rint(line.middle).astype(int) + offsets, 0, len(flat) - 1)
    columns = np.clip(np.arange(line.start, line.stop), 0, flat.shape[1] - 1)
    return np.asarray(flat[places, columns].min(axis=0) < dark, np.bool_)
