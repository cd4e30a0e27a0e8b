"""How likely a whole word is right: what its glyphs say, and what else words go wrong by.

The product of the glyphs' probabilities takes them as independent and the cuts between them as
given. Joined writing is cut wrongly more often than it is taken for the wrong letter, so a logistic
regression weighs that product with what is known of the cuts. It was fitted on words of drawn
pages and of joined writing that training never saw (docs/experiments.md).
"""

from dataclasses import dataclass

import numpy as np

_NEVER = 1e-7
"""Below this a word fits no pattern that it is to fit, or was not read at all."""

_LEAST = 1e-4
_FAR_BITS = 4.0
_LONG = 8
_MANY_CUTS = 4

# The product's log odds; length; one glyph alone; cuts; doubt about the gaps before, behind and
# within; the glyph that is least one; no known word; how sure the page is of its words; a constant.
_PRODUCT, _LENGTH, _ALONE, _CUTS = 0.70, 1.30, -1.40, -0.35
_BEFORE, _BEHIND, _WITHIN = -0.80, -0.35, -0.55
_WHOLE, _UNKNOWN, _PAGE, _CONSTANT = -2.32, -1.27, 2.15, 1.4


@dataclass(frozen=True, slots=True)
class WordCuts:
    """How a word was cut out of its line.

    `cuts` is the number of its glyphs that a cut or a joint made, `least_whole` the least
    probability of any of its glyphs to be a character at all. `before_bits` and `behind_bits` are
    log2 of how much likelier the gaps at its ends part words than not, `within_bits` the most of
    those within it.
    """

    cuts: int = 0
    least_whole: float = 1.0
    before_bits: float = 20.0
    behind_bits: float = 20.0
    within_bits: float = -20.0


def word_sureness(
    product: float, length: int, cuts: WordCuts, *, known: bool, page_product: float
) -> float:
    """Tell how likely a word is right, from 0 to 1.

    Args:
        product: of its glyphs' probabilities.
        length: how many glyphs it has.
        cuts: how it was cut out.
        known: whether it is one of the language's words or the user's, or none are known.
        page_product: the mean of `product` over the page's words.
    """
    if product < _NEVER:
        return product
    kept = min(max(product, _LEAST), 1.0 - _LEAST)
    score = (
        _CONSTANT
        + _PRODUCT * float(np.log(kept / (1.0 - kept)))
        + _LENGTH * min(length, _LONG) / _LONG
        + _ALONE * (length <= 1)
        + _CUTS * min(cuts.cuts, _MANY_CUTS) / _MANY_CUTS
        + _BEFORE * max(0.0, _FAR_BITS - cuts.before_bits) / _FAR_BITS
        + _BEHIND * max(0.0, _FAR_BITS - cuts.behind_bits) / _FAR_BITS
        + _WITHIN * max(0.0, cuts.within_bits + 6.0) / 6.0
        + _WHOLE * cuts.least_whole
        + _UNKNOWN * (not known)
        + _PAGE * page_product
    )
    return float(1.0 / (1.0 + np.exp(-score)))
