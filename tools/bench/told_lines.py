"""Whether a page's lines were found: as many as there are, and in their order."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein


@dataclass(frozen=True)
class LineFindings:
    """Over `pages`, on how many the count of lines is right, and on how many their order."""

    pages: int = 0
    right_count: int = 0
    right_order: int = 0

    def __add__(self, other: "LineFindings") -> "LineFindings":
        return LineFindings(
            self.pages + other.pages,
            self.right_count + other.right_count,
            self.right_order + other.right_order,
        )


def line_findings(truth: str, lines: Sequence[str]) -> LineFindings:
    """Judge the lines of one page.

    Each line that was read belongs to the true line with the least edits; of several, to the one
    nearest behind the last. The order is right where no line belongs before the one above it.

    Args:
        truth: the page's text, lines parted by newlines.
        lines: what was read, from top to bottom.
    """
    true = [line for line in truth.split("\n") if line.strip()]
    read = [line for line in lines if line.strip()]
    order: list[int] = []
    for line in read:
        edits = [Levenshtein.distance(each, line) for each in true]
        last = order[-1] if order else 0
        best = [index for index, value in enumerate(edits) if value == min(edits)]
        order.append(min(best, key=lambda index: (index < last, index)))
    in_order = all(first <= second for first, second in pairwise(order))
    return LineFindings(1, int(len(read) == len(true)), int(in_order))
