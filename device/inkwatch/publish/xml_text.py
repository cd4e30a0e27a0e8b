"""What hOCR and ALTO share: text that XML can hold, and how numbers are written in it."""

from collections.abc import Iterable
from xml.sax.saxutils import escape

from inkwatch.places import Point

# What XML 1.0 can hold at all (section 2.2); the rest becomes the mark for a missing character.
_RANGES = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
_MISSING = "\ufffd"


def text(words: str) -> str:
    """Text between tags."""
    return escape(_held(words))


def attribute(words: str) -> str:
    """Text between the double quotes of an attribute; line breaks and tabs become spaces."""
    return escape(_held(words), {'"': "&quot;", "'": "&#x27;"})


def pairs(points: Iterable[Point], between: str = ",") -> str:
    """Points as whole pixels: `x,y x,y`, with another sign between x and y where one is given."""
    return " ".join(f"{round(x)}{between}{round(y)}" for x, y in points)


def _held(words: str) -> str:
    # A file's name may carry bytes that are no UTF-8, which Python keeps as lone surrogates.
    printable = words.encode("utf-8", "backslashreplace").decode("utf-8")
    spaced = (" " if sign in "\t\n\r" else sign for sign in printable)
    return "".join(
        sign if any(low <= ord(sign) <= high for low, high in _RANGES) else _MISSING
        for sign in spaced
    )
