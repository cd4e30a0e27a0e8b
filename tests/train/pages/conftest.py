import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from inkwatch_train.data.sample import Sample, Split, Terms
from inkwatch_train.data.write_pack import write_pack
from inkwatch_train.fonts.hershey import draw_text


@pytest.fixture(scope="session")
def plain_font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real TrueType font with small letters, that comes with Pillow."""
    pytest.importorskip("fontTools.ttLib", reason="needs: pip install 'inkwatch[train]'")
    embedded = ImageFont.load_default(20)
    assert isinstance(embedded, ImageFont.FreeTypeFont)
    assert isinstance(embedded.path, io.BytesIO)
    path = tmp_path_factory.mktemp("fonts") / "plain.ttf"
    path.write_bytes(embedded.path.getvalue())
    return path


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@dataclass(frozen=True)
class DrawnSource:
    """A data set drawn with OpenCV's font: each writer wrote each character of `alphabet` once."""

    name: str = "drawn"
    alphabet: str = "abcipxAH0123456789"
    writers: tuple[str, ...] = ("",)
    split: Split = "val"
    folded: bool = False
    thickness: int = 6
    licence: str = "public domain"
    terms: Terms = "open"

    def samples(self) -> Iterator[Sample]:
        for writer in self.writers:
            for character in self.alphabet:
                image = draw_text(character, thickness=self.thickness)
                folded = self.folded and character.isalpha()
                yield Sample(image, character, writer, self.split, folded)


def write_drawn_pack(path: Path, alphabet: str) -> None:
    """Write a data set's file with one `val` picture of each character."""
    write_pack(path, DrawnSource(alphabet=alphabet).samples(), licence="none", source="drawn")
