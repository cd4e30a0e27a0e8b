"""What of a picture's ink was left unread, and why."""

from dataclasses import dataclass
from enum import StrEnum

from inkwatch.places import Box, Polygon


class Reason(StrEnum):
    """Why ink was left unread. The values are part of the JSON form."""

    TOO_SMALL = "too-small"
    """Many specks close together, smaller than a dot of the page's pen: writing too small to read,
    or grain. Single specks are dust and are not told of."""
    STRAY_MARK = "stray-mark"
    """A mark that stands near no line."""
    NOT_WRITING = "not-writing"
    """A ruled line, or a large dark area such as the edge of a table."""
    TEXTURE = "texture"
    """The ground of the picture, such as wood or cloth, or writing far out of focus: nothing in it
    is like the strokes and letters of a pen."""
    TOO_MANY_PIECES = "too-many-pieces"
    """The picture has more pieces of ink than any page; the smallest were left out."""
    NO_CHARACTER = "no-character"
    """Rather no character than any: a scribble, half a letter, a cut in doubt. What it was taken
    for stands in its word all the same, with low confidence."""
    UNSURE = "unsure"
    """A word below the confidence that was asked for; it stands in no line."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A place with ink that was left unread.

    `text` is what it would have been read as, '' where nothing was tried. `polygon` are four
    corners in the picture's pixels; left out, it is the box's.
    """

    reason: Reason
    box: Box
    polygon: Polygon = ()
    text: str = ""

    def __post_init__(self) -> None:
        if not self.polygon:
            object.__setattr__(self, "polygon", self.box.corners)
