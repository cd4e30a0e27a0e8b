"""What is truly on a page: every character with its box, in lines."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.reading import Box

Homography = npt.NDArray[np.float64]
"""`(3, 3)` float64: takes `(x, y, 1)` on the sheet to the picture, up to a factor."""


@dataclass(frozen=True, slots=True)
class TrueCharacter:
    """One character that was written; `box` is the smallest that holds its ink, in pixels."""

    character: str
    box: Box


@dataclass(frozen=True, slots=True)
class TrueLine:
    """One written line: its text with single spaces, and its characters without the spaces."""

    text: str
    characters: tuple[TrueCharacter, ...]

    @property
    def box(self) -> Box:
        """The smallest box around the line's characters."""
        return Box.around(character.box for character in self.characters)


@dataclass(frozen=True, slots=True)
class Truth:
    """All lines of a page, from top to bottom. Boxes are in pixels of one picture or sheet."""

    lines: tuple[TrueLine, ...]

    @property
    def text(self) -> str:
        """The whole text, lines joined by newlines."""
        return "\n".join(line.text for line in self.lines)

    @property
    def characters(self) -> tuple[TrueCharacter, ...]:
        """All characters in reading order."""
        return tuple(character for line in self.lines for character in line.characters)

    def moved(self, homography: Homography) -> "Truth":
        """Give the same truth with every box taken through a homography (`map_box`)."""
        return Truth(
            tuple(
                TrueLine(
                    line.text,
                    tuple(
                        TrueCharacter(each.character, map_box(each.box, homography))
                        for each in line.characters
                    ),
                )
                for line in self.lines
            )
        )


def map_box(box: Box, homography: Homography) -> Box:
    """Take a box through a homography: the smallest upright box around its four mapped corners.

    Args:
        box: in pixels of the sheet, its edges between pixels.
        homography: see `Homography`; it maps positions between pixel edges too.

    Returns:
        The box in pixels of the picture; parts of it may lie outside the picture.
    """
    corners = np.array(
        [(x, y, 1.0) for x in (box.left, box.right) for y in (box.top, box.bottom)], np.float64
    )
    mapped = corners @ homography.T
    points = mapped[:, :2] / mapped[:, 2:]
    left, top = (int(value) for value in np.floor(points.min(axis=0) + 1e-6))
    right, bottom = (int(value) for value in np.ceil(points.max(axis=0) - 1e-6))
    return Box(left, top, max(1, right - left), max(1, bottom - top))
