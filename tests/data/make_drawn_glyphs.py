"""Make `tests/data/drawn_glyphs.npz`: letters, digits and wrong cuts that no model was trained on.

They are drawn in the font families that are held out of all training, bent a little and passed
through the camera path, so that a fall of the shipped model shows where no data set is at hand.
Run it in the checkout's root on a host that has the fonts:
`python tests/data/make_drawn_glyphs.py`.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from inkwatch_train.alphabet import ALPHANUMERIC
from inkwatch_train.augment.canvas import to_canvas
from inkwatch_train.augment.pipeline import photograph_glyph
from inkwatch_train.augment.settings import Augment, Camera
from inkwatch_train.data.sample import Sample
from inkwatch_train.data.write_pack import write_pack
from inkwatch_train.data.wrong_cuts import wrong_cut_samples
from inkwatch_train.fonts.draw import draw_character, open_font
from inkwatch_train.fonts.fetch import installed_fonts

TO = Path(__file__).parent / "drawn_glyphs.npz"

_DRAW_SIZE_PX = 72
_WRONG_CUTS = 200
_CAMERA = Augment(camera=Camera(height_px=(14, 30)))
"""Small pictures only, to keep the file small."""


def held_out_glyphs() -> list[Sample]:
    """Draw every letter and digit in each held-out family, clean."""
    faces = [face for face in installed_fonts() if face.held_out]
    drawn = []
    for face in faces:
        font = open_font(face.path, _DRAW_SIZE_PX)
        for character in ALPHANUMERIC:
            image = draw_character(font, character)
            # Four families of each character, not the same for all.
            if image is not None and zlib.crc32(f"{face.name}{character}".encode()) % 9 < 4:
                drawn.append(Sample(image, character, face.name, "test"))
    return drawn


def photographed(samples: list[Sample]) -> Iterator[Sample]:
    """Pass clean glyphs through pens and cameras, as training does."""
    rng = np.random.default_rng(62)
    canvases = [to_canvas(sample.image) for sample in samples]
    for sample, canvas in zip(samples, canvases, strict=True):
        if canvas is not None:
            picture = photograph_glyph(canvas, canvas, rng, _CAMERA)
            yield Sample(picture, sample.label, sample.writer, "test")


if __name__ == "__main__":
    clean = held_out_glyphs()
    cuts = wrong_cut_samples(clean, _WRONG_CUTS, np.random.default_rng(63), _CAMERA, split="test")
    write_pack(
        TO,
        [*photographed(clean), *cuts],
        licence="drawn by this project in fonts under the SIL Open Font Licence",
        source="make_drawn_glyphs.py",
    )
