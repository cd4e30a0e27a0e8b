"""From an even page to the pieces of its writing, with what is printed on it left out."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.vision.components import Pieces, find_pieces
from inkwatch.vision.ink import find_ink, flatten_light, ink_level
from inkwatch.vision.rules import find_rules
from inkwatch.vision.straighten import Straightened
from inkwatch.vision.unrule import without_rules

Grey = npt.NDArray[np.uint8]


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
    if rules:
        flat = without_rules(flat, rules, ink_level(flat))
    return Writing(page, flat, find_pieces(find_ink(flat)))
