"""Which way up a page is: the way in which it reads best.

Turned writing is still cut into glyphs, and many of them look like some character; but they fit no
line heights and make no words, and so the reading is less sure of itself. On 24 drawn pages and 4
of joined writing the right way up was always the surest. Of 60 more pages of joined writing six are
surer turned where they are read by characters, two where by whole lines; but none of these
reaches 0.32, or 0.61, any way up: what reads so badly stays as it is.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from inkwatch.reading import Line, mean_confidence
from inkwatch.vision.page import Page

SURE = 0.84
"""A page that reads with this confidence is not turned; upside down few reach 0.78."""

SURE_WHOLE = 0.68
"""Nor is one whose whole lines read so by their looks: upside down 60 pages reach 0.63, with
`lines-research` 0.68."""

UPRIGHT_OR_NOT = 0.54
"""One whose lines read so stands upright or on its head: on their sides 60 pages reach 0.5."""

_FEW_GLYPHS = 6
_MOST_GLYPHS = 1500
_TRIAL_LINES = 6
_BETTER = 0.03
_TELLING = 0.33
_TELLING_WHOLE = 0.61


def better_turn(
    upright: Sequence[Line],
    read_part: Callable[[int], Sequence[Line]],
    worth_it: Callable[[int], bool] = lambda _: True,
    *,
    whole: bool = False,
) -> int:
    """Find by how many quarters clockwise a page is to be turned.

    Args:
        upright: what it reads as where it is not.
        read_part: reads a part of the page turned by 0, 1, 2 or 3 quarters, each time in the
            same way, so that the four can be compared.
        worth_it: whether a way up is to be tried at all.
        whole: whether it reads the page's lines whole, by their looks, the page as it is.

    Returns:
        0 where the page is sure of itself, too short to tell, a texture rather than a page, no
        surer another way, or hardly readable any way.
    """
    count = sum(len(line.glyphs) for line in upright)
    if not _FEW_GLYPHS <= count <= _MOST_GLYPHS or _sureness(upright) >= SURE:
        return 0
    here = _sureness(read_part(0)) if whole else None
    if here is not None and here >= SURE_WHOLE:
        return 0
    lying = here is None or here < UPRIGHT_OR_NOT
    ways = [turns for turns in ((2, 1, 3) if lying else (2,)) if worth_it(turns)]
    if not ways:
        return 0
    if here is None:
        here = _sureness(read_part(0))
    found, best = 0, max(here + _BETTER, _TELLING_WHOLE if whole else _TELLING)
    for turns in ways:
        sure = _sureness(read_part(turns))
        if sure > best:
            found, best = turns, sure
        if sure >= SURE:
            break
    return found


def longest_lines(page: Page) -> Page:
    """A page with no more than the six lines that hold most glyphs: enough to judge by."""
    longest = sorted(page.lines, key=lambda line: -len(line.glyphs))[:_TRIAL_LINES]
    return replace(page, lines=tuple(line for line in page.lines if line in longest))


def _sureness(lines: Sequence[Line]) -> float:
    return mean_confidence(tuple(glyph for line in lines for glyph in line.glyphs))
