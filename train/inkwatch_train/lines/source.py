"""Where lines come from: each source gives a labelled line image, another one every time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt

from inkwatch_train.fonts.draw import FONT_LICENCE
from inkwatch_train.fonts.fetch import FontFace
from inkwatch_train.lines.alphabet import STEP_PX, steps_needed
from inkwatch_train.lines.bend import Bending, bend_line
from inkwatch_train.lines.font_line import can_write, write_line
from inkwatch_train.lines.glyph_strokes import Strokes
from inkwatch_train.lines.hand import Hand
from inkwatch_train.lines.pen_line import pen_line
from inkwatch_train.lines.texts import line_text
from inkwatch_train.lines.wear import see_line

Grey = npt.NDArray[np.uint8]
Rng = np.random.Generator

_TRIES = 40
_ROOM = 1.15
"""So many steps for each that CTC needs, at least: with fewer, letters cannot be read."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledLine:
    """`pixels` as of a `LineImage`, `(48, W)` uint8 with bright ink, and what is written there."""

    pixels: Grey
    text: str


class LineSource(Protocol):
    """Something that lines can be drawn from."""

    name: str
    licence: str
    images: int
    """Fonts, or lines, that it draws from."""

    def draw(self, rng: Rng) -> LabelledLine:
        """Give a line; all chance comes from `rng`."""
        ...


class FontLines:
    """Lines set in handwriting fonts, then bent as hands bend them."""

    def __init__(self, name: str, faces: Sequence[FontFace], strays: float = 0.12) -> None:
        """Take faces.

        Args:
            name: the source's name.
            faces: at least one font.
            strays: share of the lines in which pieces of a neighbouring line stand.
        """
        self.name = name
        self.licence = FONT_LICENCE
        self.images = len(faces)
        self._faces = faces
        self._strays = strays

    def draw(self, rng: Rng) -> LabelledLine:
        """Write a line. See `LineSource.draw`."""
        while True:
            face = self._faces[int(rng.integers(len(self._faces)))]
            text = _text(partial(can_write, face), rng)
            drawn = write_line(text, face, rng)
            bent = bend_line(drawn, Bending(), rng)
            strays = None
            if rng.random() < self._strays:
                other = _text(partial(can_write, face), rng)
                strays = write_line(other, face, rng).ink
            seen = see_line(bent, drawn.baseline, rng, strays=strays)
            if fits(seen.pixels, text):
                return LabelledLine(seen.pixels, text)


class PenLines:
    """Lines written with a pen, by hands that are made up."""

    def __init__(
        self,
        name: str,
        styles: Sequence[Strokes],
        strays: float = 0.12,
        licence: str = FONT_LICENCE,
    ) -> None:
        """Take the strokes of characters.

        Args:
            name: the source's name.
            styles: at least one set of strokes for all characters.
            strays: as in `FontLines`.
            licence: what the strokes came under.
        """
        self.name = name
        self.licence = licence
        self.images = len(styles)
        self._styles = styles
        self._strays = strays

    def draw(self, rng: Rng) -> LabelledLine:
        """Write a line. See `LineSource.draw`."""
        while True:
            strokes = self._styles[int(rng.integers(len(self._styles)))]
            hand = Hand.drawn(rng, joined=strokes.joined)
            text = _text(strokes.can_write, rng)
            drawn = pen_line(text, strokes, hand, rng)
            strays = None
            if rng.random() < self._strays:
                strays = pen_line(_text(strokes.can_write, rng), strokes, hand, rng).ink
            seen = see_line(drawn.ink, drawn.baseline, rng, strays=strays)
            if fits(seen.pixels, text):
                return LabelledLine(seen.pixels, text)


def _text(can_write: Callable[[str], bool], rng: Rng) -> str:
    """Make up a line that can be written."""
    for _ in range(_TRIES):
        text = line_text(rng)
        if can_write(text):
            return text
    return "x"


def fits(pixels: Grey, text: str) -> bool:
    """Whether a line has enough columns for its text to be learned from it."""
    return bool(pixels.shape[1] // STEP_PX >= _ROOM * steps_needed(text) + 2)
