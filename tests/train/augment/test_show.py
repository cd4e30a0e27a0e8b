from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec
import numpy as np
import pytest

from inkwatch.errors import DataError
from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.settings import Augment
from inkwatch_train.augment.show import augment_sheet, pick_canvases
from inkwatch_train.data.sample import Sample, Split
from inkwatch_train.fonts.hershey import draw_text

Draw = Callable[[str], Grey]


@dataclass(frozen=True)
class Drawn:
    """A source of one character in many copies."""

    name: str
    character: str
    count: int = 50
    split: Split = "train"
    licence: str = "none needed"
    terms: Literal["open", "research"] = "open"

    def samples(self) -> Iterator[Sample]:
        for _ in range(self.count):
            yield Sample(draw_text(self.character), self.character, "", self.split)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 12])
def test_sources_share_the_sheet(count: int) -> None:
    sources = [Drawn("one", "I"), Drawn("two", "O")]
    picked = pick_canvases(sources, count, np.random.default_rng(0))
    assert len(picked) == count
    bars = sum(int(canvas.max(axis=0).astype(bool).sum()) < 20 for canvas in picked)
    assert abs(2 * bars - count) <= 1


def test_a_source_with_too_few_gives_what_it_has() -> None:
    sources = [Drawn("few", "I", count=2), Drawn("many", "O")]
    assert len(pick_canvases(sources, 12, np.random.default_rng(0))) == 12
    assert len(pick_canvases(sources[:1], 12, np.random.default_rng(0))) == 2


@pytest.mark.parametrize("source", [Drawn("val", "I", split="val"), Drawn("blank", " ")])
def test_there_must_be_a_training_glyph_with_ink(source: Drawn) -> None:
    with pytest.raises(DataError, match="no training glyph"):
        pick_canvases([source], 3, np.random.default_rng(0))


def test_a_row_for_each_glyph_and_a_pair_for_each_augmentation(canvas_of: Draw) -> None:
    canvases = [canvas_of("A"), canvas_of("b"), canvas_of("3")]
    sheet = augment_sheet(canvases, Augment(), np.random.default_rng(1), columns=5)
    cell = sheet.shape[1] // 6
    assert sheet.shape == (3 * 2 * cell, 6 * cell)
    assert sheet.dtype == np.uint8


def test_with_everything_off_each_photograph_is_the_glyph_itself(canvas_of: Draw) -> None:
    names = [field.name for field in msgspec.structs.fields(Augment)]
    off = msgspec.convert({name: {"probability": 0} for name in names}, Augment)
    sheet = augment_sheet([canvas_of("A")], off, np.random.default_rng(1), columns=3)
    cell = sheet.shape[1] // 4
    for column in (1, 2, 3):
        photo = sheet[:cell, column * cell : (column + 1) * cell]
        np.testing.assert_array_equal(photo, sheet[:cell, :cell])
    # The crop below is ink-bright: its corner is dark, the photograph's is light.
    assert sheet[0, cell] == 255
    assert sheet[cell, cell] == 0
