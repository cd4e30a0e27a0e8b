"""Cuts of drawn pages as training pictures: `cuts-print`, `cuts-joined`, `cuts-real`."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from inkwatch.errors import UsageError
from inkwatch_train.data.sample import Sample, Source, Split, Terms
from inkwatch_train.fonts.draw import is_val_face
from inkwatch_train.fonts.fetch import FontFace
from inkwatch_train.pages.codes import code_page
from inkwatch_train.pages.cut_crops import cut_crops
from inkwatch_train.pages.fit import MakePen, write_fitted
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.hands import choose_hands, real_hands
from inkwatch_train.pages.layout import Hand, SheetSize
from inkwatch_train.pages.real_pen import real_pen_maker
from inkwatch_train.pages.texts import text_page

_SHEET = SheetSize(width=1500, height=900, left=90, first_baseline=120, right_margin=60)
_CODES_SHARE = 0.3
_PAGES_A_FONT = 2
_PAGES_OF_HANDS = 160
_LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class CutSource:
    """Cuts of pages written in fonts, or with the characters of other sources.

    Letters stand close, touch, and in joined families run into each other. The same on every
    machine: chance comes from a fixed seed.
    """

    name: str
    faces: Sequence[FontFace]
    hands: Sequence[Source] = ()
    joined: bool = False
    seed: int = 40

    @property
    def licence(self) -> str:
        """That of the fonts and of the sources whose characters are used."""
        fonts = "SIL Open Font Licence 1.1, a few Apache-2.0"
        return "; ".join(dict.fromkeys([fonts, *(source.licence for source in self.hands)]))

    @property
    def terms(self) -> Terms:
        """Those of the strictest of its sources."""
        return "research" if any(s.terms == "research" for s in self.hands) else "open"

    def samples(self) -> Iterator[Sample]:
        """Yield the cuts. See `Source.samples`."""
        faces = [face for face in self.faces if not face.held_out]
        if self.hands:
            yield from self._of_hands(faces)
            return
        for face in faces:
            split: Split = "val" if is_val_face(face.name) else "train"
            for number in range(_PAGES_A_FONT):
                rng = self._rng(f"{face.name}/{number}")
                extra_px = float(rng.uniform(0.0, 2.0))
                make_pen = partial(Pen, face.path, extra_stroke_px=extra_px)
                yield from self._page(make_pen, rng, face.name, split)

    def _of_hands(self, faces: Sequence[FontFace]) -> Iterator[Sample]:
        splits: tuple[Split, ...] = ("train", "val")
        for split in splits:
            hands = real_hands(self.hands, (split,), _LETTERS_AND_DIGITS)
            count = _PAGES_OF_HANDS if split == "train" else _PAGES_OF_HANDS // 20
            for number in range(count):
                rng = self._rng(f"{split}/{number}")
                chosen = choose_hands(hands, _LETTERS_AND_DIGITS, rng)
                marks = faces[int(rng.integers(len(faces)))].path
                yield from self._page(real_pen_maker(chosen, marks, rng), rng, "", split)

    def _rng(self, what: str) -> np.random.Generator:
        return np.random.default_rng([self.seed, zlib.crc32(f"{self.name}/{what}".encode())])

    def _page(
        self, make_pen: MakePen, rng: np.random.Generator, writer: str, split: Split
    ) -> Iterator[Sample]:
        codes = not self.joined and rng.random() < _CODES_SHARE
        parts = code_page(rng).rows if codes else text_page(rng)
        hand = Hand(
            x_height_px=rng.uniform(22.0, 32.0),
            line_pitch=rng.uniform(3.0, 3.6),
            letter_gap=rng.uniform(-0.03, 0.08) if not self.joined else 0.0,
            apart=rng.uniform(0.0, 0.06) if not self.joined else 0.0,
            touching=1.0 if self.joined else rng.uniform(0.0, 0.7),
            slope_deg=rng.normal(0.0, 0.3),
            slant_deg=rng.normal(0.0, 2.0),
        )
        try:
            sheet = write_fitted(parts, make_pen, hand, _SHEET, int(rng.integers(1 << 32)))
        except UsageError:
            return  # the font lacks one of the text's characters
        for picture, label in cut_crops(sheet, rng):
            yield Sample(picture, label, writer, split)
