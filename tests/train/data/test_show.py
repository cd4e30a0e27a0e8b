from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inkwatch.recognise.crop import crop_glyph
from inkwatch_train.data.sample import Grey, Sample, Split, Terms
from inkwatch_train.data.show import contact_sheet, look_at, table


def picture(height: int = 30, width: int = 20) -> Grey:
    image = np.full((height, width), 240, np.uint8)
    image[height // 4 : height // 2, width // 4 : width // 2] = 10
    return image


@dataclass(frozen=True)
class FakeSource:
    content: tuple[tuple[str, Split, bool], ...]
    image: Grey
    name: str = "fake"
    licence: str = "CC0"
    terms: Terms = "open"

    def samples(self) -> Iterator[Sample]:
        for label, split, folded in self.content:
            yield Sample(self.image, label, "", split, folded)


CONTENT: tuple[tuple[str, Split, bool], ...] = (
    ("b", "train", True),
    ("b", "train", True),
    ("b", "val", True),
    ("A", "test", False),
)


def test_counts() -> None:
    overview = look_at(FakeSource(CONTENT, picture()), examples=2)
    assert overview.labels == ["A", "b"]
    assert overview.counts["b", "train"] == 2
    assert overview.folded == {"b"}
    assert [len(overview.examples[label]) for label in "Ab"] == [1, 2]


def test_table() -> None:
    lines = table(look_at(FakeSource(CONTENT, picture()))).splitlines()
    assert lines[0] == "fake (open; CC0)"
    assert [line.split() for line in lines[1:]] == [
        ["class", "train", "val", "test", "all"],
        ["A", "0", "0", "1", "1"],
        ["b/B", "2", "1", "0", "3"],
        ["all", "2", "1", "1", "4"],
    ]
    assert len({len(line) for line in lines[1:]}) == 1


def test_the_sheet_shows_each_picture_beside_its_crop() -> None:
    image = picture(60, 60)
    sheet = contact_sheet([look_at(FakeSource((("A", "train", False),), image))])
    crop = np.kron(crop_glyph(image), np.ones((2, 2), np.uint8))
    windows = np.lib.stride_tricks.sliding_window_view(sheet, (64, 64))
    places = np.argwhere((windows[::2, ::2] == crop).all(axis=(2, 3)))
    assert len(places) == 1
    top, left = places[0] * 2
    raw = sheet[top : top + 64, left - 64 : left]
    assert (raw[2:62, 2:62] == image).all()


def test_sheets_of_several_sources_and_odd_pictures() -> None:
    content: tuple[tuple[str, Split, bool], ...] = tuple(
        (label, "train", False) for label in "abcdefgé"
    )
    wide = FakeSource(content, picture(3, 900))
    dot = FakeSource(CONTENT, np.zeros((1, 1), np.uint8), name="dot")
    none = FakeSource((), picture(), name="none")
    sheets = [contact_sheet([look_at(source)]) for source in (wide, dot, none)]
    together = contact_sheet([look_at(source) for source in (wide, dot, none)])
    assert together.shape[0] == sum(sheet.shape[0] for sheet in sheets)
    assert together.shape[1] == max(sheet.shape[1] for sheet in sheets)
    assert together.dtype == np.uint8
    assert table(look_at(none)).splitlines()[-1].split() == ["all", "0", "0", "0", "0"]
