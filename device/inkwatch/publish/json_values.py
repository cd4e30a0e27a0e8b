"""Single values as JSON tells them, the same in every form."""

from inkwatch.places import Box, Point

BoxForm = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the picture."""

PointsForm = tuple[tuple[float, float], ...]
"""x and y in pixels of the picture: a polygon's corners, or points along a baseline."""

_DECIMALS = 4
_PLACE_DECIMALS = 1


def box_form(box: Box) -> BoxForm:
    """A box as four numbers."""
    return (box.left, box.top, box.width, box.height)


def points_form(points: tuple[Point, ...]) -> PointsForm:
    """Points, to a tenth of a pixel."""
    return tuple((place(x), place(y)) for x, y in points)


def place(pixels: float) -> float:
    """A place or a length in pixels, to a tenth."""
    return round(pixels, _PLACE_DECIMALS)


def rounded(number: float) -> float:
    """A probability or a time in seconds, to four decimals."""
    return round(number, _DECIMALS)


def valid_text(text: str) -> str:
    """Text that UTF-8 can hold: file names in Python may carry bytes that it cannot."""
    return text.encode("utf-8", "backslashreplace").decode()
