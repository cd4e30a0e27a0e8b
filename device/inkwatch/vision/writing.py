"""From an even page to the pieces of its writing, with what is printed on it left out."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.stopwatch import Stopwatch
from inkwatch.vision.boxes import without_boxes
from inkwatch.vision.components import Pieces, find_pieces
from inkwatch.vision.connected import looked_up
from inkwatch.vision.dots import without_dots
from inkwatch.vision.ink import find_ink, flatten_light, usual_strokes
from inkwatch.vision.lines import letter_height
from inkwatch.vision.rules import NO_RULES, Rules, find_rules
from inkwatch.vision.straighten import Straightened, enlarged
from inkwatch.vision.strips import PAPER, STRIP_PX, Ridges
from inkwatch.vision.texture import as_texture, is_bars, is_texture
from inkwatch.vision.underlines import find_underlines
from inkwatch.vision.unrule import without_rules

Grey = npt.NDArray[np.uint8]

MOST_SIDE_PX = 3000
"""No page is enlarged beyond this longer side."""

_RULE_LETTERS = 2.5
_SMALL_PX = 20.0
_ENLARGED_PX = 42.0
_MOST_ENLARGED = 3.0
_WORTH_IT = 1.3
_FEW = 3


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """A page's pieces of ink.

    `page` is the page under even light, without what is printed on it; `ink` is where its ink is,
    `(H, W)` uint8, 255 or 0, and `pieces` what of this is writing, in the page's pixels.
    """

    page: Straightened
    ink: Grey
    pieces: Pieces


def find_writing(
    page: Straightened,
    watch: Stopwatch | None = None,
    keep_even: Callable[[Straightened], None] | None = None,
) -> Writing:
    """Find the pieces of a page's writing; small writing is enlarged first.

    Where nothing is like strokes of a pen there are no pieces; what was found is told as texture.

    `watch` counts the stages `ink`, printed lines among it, and `pieces`. `keep_even` is handed the
    page under even light, with all that is printed on it; where it is enlarged, once more.
    """
    watch = watch or Stopwatch()
    writing = _find(page, watch, keep_even)
    if len(writing.pieces.ids) < _FEW:
        return writing
    letter_px = letter_height(writing.pieces)
    room = MOST_SIDE_PX / max(page.grey.shape)
    factor = min(_ENLARGED_PX / letter_px, _MOST_ENLARGED, room)
    if letter_px < _SMALL_PX and factor >= _WORTH_IT and not is_bars(writing.pieces):
        # What was found takes four times the page's memory, and is sought anew.
        del writing
        writing = _find(enlarged(page, factor), watch, keep_even)
    if is_texture(writing.pieces):
        return replace(writing, pieces=as_texture(writing.pieces))
    return writing


def find_again(page: Straightened) -> Writing:
    """Find the pieces anew on the page of a `Writing` that was moved since.

    Its light is even and nothing is printed on it, which takes most of the time to bring about.
    """
    ink = find_ink(page.grey, usual_strokes(page.grey))
    return Writing(page, ink, find_pieces(ink))


def _find(
    page: Straightened, watch: Stopwatch, keep_even: Callable[[Straightened], None] | None
) -> Writing:
    flat = flatten_light(page.grey)
    if keep_even is not None:
        keep_even(replace(page, grey=flat))
    across = Ridges(flat, along_rows=True) if min(flat.shape) >= STRIP_PX else None
    rules = find_rules(flat, across)
    bare = without_rules(flat, rules, usual_strokes(flat).ink_level) if rules else flat
    strokes = usual_strokes(bare)
    ink = find_ink(bare, strokes)
    watch.lap("ink")
    pieces = find_pieces(ink)
    if rules and not _are_printed(rules, pieces):
        rules, bare, strokes = NO_RULES, flat, usual_strokes(flat)
        ink = find_ink(flat, strokes)
        pieces = find_pieces(ink)
    if across is not None and len(pieces.ids) >= _FEW:
        across = Ridges(bare, along_rows=True) if rules else across
        level = strokes.ink_level
        lines = find_underlines(bare, across, letter_height(pieces), pieces.stroke_px, level)
        if lines:
            bare = without_rules(bare, lines, level)
            ink = find_ink(bare)
            pieces = find_pieces(ink)
    kept = without_boxes(without_dots(pieces))
    if len(kept.ids) < len(pieces.ids):
        bare = _painted_over(bare, pieces, kept)
    watch.lap("pieces")
    return Writing(replace(page, grey=bare), ink, kept)


def _are_printed(rules: Rules, rest: Pieces) -> bool:
    """Whether lines are longer than a letter's bars, going by the letters that are left."""
    longest = max(rule.length for rule in (*rules.rows, *rules.columns))
    return len(rest.ids) > 0 and longest >= _RULE_LETTERS * letter_height(rest)


def _painted_over(flat: Grey, pieces: Pieces, kept: Pieces) -> Grey:
    """Paint what was left out as paper, its soft edges along with it."""
    # 1 is what goes, 2 what stays.
    kinds = np.zeros(int(pieces.labels.max()) + 1, np.uint8)
    kinds[pieces.ids] = 1
    kinds[kept.ids] = 2
    kind = looked_up(pieces.labels, kinds)
    near = cv2.dilate(np.asarray(kind == 1, np.uint8), np.ones((5, 5), np.uint8))
    return np.where((near > 0) & (kind != 2), np.uint8(PAPER), flat)
