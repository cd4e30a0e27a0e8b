"""From an even page to the pieces of its writing, with what is printed on it left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.vision.boxes import without_boxes
from inkwatch.vision.components import Pieces, find_pieces, letter_height
from inkwatch.vision.dots import without_dots
from inkwatch.vision.ink import find_ink, flatten_light, ink_level
from inkwatch.vision.rules import Rules, find_rules
from inkwatch.vision.straighten import Straightened
from inkwatch.vision.unrule import without_rules

Grey = npt.NDArray[np.uint8]

_RULE_LETTERS = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Writing:
    """A page's pieces of ink.

    `flat` is the page under even light without printed lines, `(H, W)` uint8; `page` is where it
    lies in the picture, in the same pixels.
    """

    page: Straightened
    flat: Grey
    pieces: Pieces


def find_writing(page: Straightened) -> Writing:
    """Find the pieces of a page's writing."""
    flat = flatten_light(page.grey)
    rules = find_rules(flat)
    bare = without_rules(flat, rules, ink_level(flat)) if rules else flat
    pieces = find_pieces(find_ink(bare))
    if rules and not _are_printed(rules, pieces):
        bare, pieces = flat, find_pieces(find_ink(flat))
    return Writing(page, bare, without_boxes(without_dots(pieces)))


def _are_printed(rules: Rules, rest: Pieces) -> bool:
    """Whether lines are longer than a letter's bars, going by the letters that are left."""
    longest = max(rule.length for rule in (*rules.rows, *rules.columns))
    return len(rest.ids) > 0 and longest >= _RULE_LETTERS * letter_height(rest)
