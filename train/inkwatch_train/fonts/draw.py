"""Characters drawn from handwriting fonts, as one more source of labelled pictures."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from inkwatch.errors import DataError
from inkwatch_train.data.sample import Grey, Sample, Split
from inkwatch_train.fonts.fetch import FontFace

FONT_LICENCE = "SIL Open Font Licence 1.1, a few Apache-2.0"

_DRAW_SIZE_PX = 72
_MARGIN_PX = 6
_VAL_SHARE = 0.08


@dataclass(frozen=True, slots=True)
class FontSource:
    """Every character of `alphabet` in every one of `faces`; a face is a writer.

    A fixed part of the faces, chosen by a hash of the name, is the `val` split. Held-out faces
    are left out altogether.
    """

    name: str
    faces: Sequence[FontFace]
    alphabet: str

    @property
    def licence(self) -> str:
        """All the families in the list came under one of these."""
        return FONT_LICENCE

    @property
    def terms(self) -> Literal["open", "research"]:
        """Drawing with an OFL font leaves what is drawn free."""
        return "open"

    def samples(self) -> Iterator[Sample]:
        """Yield each character of each face that has it. See `Source.samples`."""
        for face in self.faces:
            if face.held_out:
                continue
            font = open_font(face.path, _DRAW_SIZE_PX)
            split: Split = "val" if is_val_face(face.name) else "train"
            missing = draw_character(font, "\uffff")
            for character in self.alphabet:
                image = draw_character(font, character)
                if image is None or (missing is not None and np.array_equal(image, missing)):
                    continue  # the font lacks it and would show a box
                yield Sample(image, character, face.name, split)


def open_font(path: Path, size_px: int) -> ImageFont.FreeTypeFont:
    """Open a TrueType file at a nominal size in pixels.

    Raises:
        DataError: the file is missing or no font.
    """
    try:
        return ImageFont.truetype(str(path), size_px, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise DataError(
            f"{path} is no font that can be opened: {error}. Fetch the fonts again: "
            "inkwatch-train fonts fetch"
        ) from error


def draw_character(font: ImageFont.FreeTypeFont, character: str) -> Grey | None:
    """Draw one character black on white, cut to its ink with a small margin.

    Returns:
        `(H, W)` uint8, or None where the font draws nothing for it.
    """
    left, top, right, bottom = font.getbbox(character)
    width, height = int(right - left), int(bottom - top)
    if width < 1 or height < 1:
        return None
    canvas = Image.new("L", (width + 2 * _MARGIN_PX, height + 2 * _MARGIN_PX), 255)
    ImageDraw.Draw(canvas).text((_MARGIN_PX - left, _MARGIN_PX - top), character, fill=0, font=font)
    image = np.asarray(canvas, np.uint8)
    return image if int(image.min()) < 128 else None


def is_val_face(name: str) -> bool:
    """Whether a family belongs to the `val` split, as a hash of its name says."""
    return zlib.crc32(name.encode()) % 1000 < _VAL_SHARE * 1000
