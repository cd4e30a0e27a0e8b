"""Whether a page's lines were found: as many as there are, and in their order.

The order is judged by lines and parts of lines, each looked up in the whole true text, so that one
says where it belongs even where it was parted, or runs across two columns. What was read so badly
that it may stand in several places says nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_PART_CHARACTERS = 16
_CLEAR_SHARE, _CLEAR_EDITS = 0.2, 3
_FEW_PLACES = 2


@dataclass(frozen=True)
class LineFindings:
    """Over `pages`, on how many the count of lines is right, and on how many their order.

    The order can be told on `told` of them.
    """

    pages: int = 0
    right_count: int = 0
    told: int = 0
    right_order: int = 0

    def __add__(self, other: "LineFindings") -> "LineFindings":
        return LineFindings(
            self.pages + other.pages,
            self.right_count + other.right_count,
            self.told + other.told,
            self.right_order + other.right_order,
        )


def line_findings(truth: str, lines: Sequence[str]) -> LineFindings:
    """Judge the lines of one page.

    A line, or a part of up to 16 characters, has a place where it is found in the truth with
    clearly fewer edits than anywhere else: by a fifth of its length, and by three. The order is
    right where, of the lines and of the parts, no place lies before that of one read earlier. It
    can be told where two of either have a place, or there is but one line.

    Args:
        truth: the page's text, lines parted by newlines.
        lines: what was read, from top to bottom.
    """
    true = [line.strip() for line in truth.split("\n") if line.strip()]
    read = [line.strip() for line in lines if line.strip()]
    text = " ".join(true)
    parts = [part for line in read for part in _parts(line)]
    whole, parted = _places(read, text), _places(parts, text)
    told = max(len(whole), len(parted)) >= _FEW_PLACES or min(len(true), len(read)) < 2
    in_order = whole == sorted(whole) and parted == sorted(parted)
    return LineFindings(1, int(len(read) == len(true)), int(told), int(told and in_order))


def _parts(line: str) -> list[str]:
    """Cut a line evenly."""
    count = math.ceil(len(line) / _PART_CHARACTERS)
    cuts = [round(len(line) * k / count) for k in range(count + 1)]
    parts = [line[cuts[k] : cuts[k + 1]] for k in range(count)]
    return [part for part in parts if part.strip()]


def _places(pieces: Sequence[str], text: str) -> list[int]:
    found = (_place(piece, text) for piece in pieces)
    return [place for place in found if place is not None]


def _place(piece: str, text: str) -> int | None:
    """Where in a text a piece of it ends; None where that is not clear."""
    edits = _edits_by_end(piece, text)
    best = int(edits.argmin())
    elsewhere = np.abs(np.arange(len(edits)) - best) >= len(piece) / 2
    clear = max(_CLEAR_EDITS, _CLEAR_SHARE * len(piece))
    return best if (edits[elsewhere] - edits[best] >= clear).all() else None


def _edits_by_end(piece: str, text: str) -> npt.NDArray[np.int64]:
    """The edits between a piece and what in a text is nearest to it, by where that ends.

    This is the search of Sellers (1980, doi:10.1016/0196-6774(80)90016-4), a row at a time.

    Returns:
        `(len(text) + 1,)`.
    """
    letters = np.array([ord(letter) for letter in text], np.int64)
    place = np.arange(len(text) + 1)
    row = np.zeros(len(text) + 1, np.int64)
    for count, letter in enumerate(piece, start=1):
        kept = np.minimum(row[:-1] + (letters != ord(letter)), row[1:] + 1)
        with_first = np.concatenate([[count], kept])
        # Leaving out letters of the text costs one each: the least so far, and the way from there.
        row = np.minimum.accumulate(with_first - place) + place
    return row
