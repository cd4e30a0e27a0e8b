from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from inkwatch.errors import DataError
from inkwatch_train.fonts.draw import FontSource, draw_character, open_font
from inkwatch_train.fonts.fetch import FontFace


def face(name: str, path: Path, *, held_out: bool = False) -> FontFace:
    return FontFace(name, path, "print", "1.0.0", held_out)


@pytest.fixture(scope="session")
def font(plain_font: Path) -> ImageFont.FreeTypeFont:
    return open_font(plain_font, 72)


def test_a_character_is_black_on_white_with_a_margin_all_round(
    font: ImageFont.FreeTypeFont,
) -> None:
    for character in "Aj.|Q":
        image = draw_character(font, character)
        assert image is not None
        assert image.dtype == np.uint8
        rows, columns = np.nonzero(image < 128)
        assert image.min() == 0
        assert image[0].min() == image[-1].min() == 255
        assert rows.min() >= 5
        assert columns.min() >= 5
        assert image.shape[0] - rows.max() >= 6
        assert image.shape[1] - columns.max() >= 6
        # Cut to its ink; beside a letter the font itself leaves room.
        assert image.shape[0] <= np.ptp(rows) + 16


def test_a_space_draws_nothing(font: ImageFont.FreeTypeFont) -> None:
    assert draw_character(font, " ") is None


def test_characters_that_a_font_lacks_are_left_out(plain_font: Path) -> None:
    source = FontSource("fonts-print", [face("one", plain_font)], "aZ\u4e2d ")
    assert [sample.label for sample in source.samples()] == ["a", "Z"]


def test_a_face_is_a_writer_and_stands_on_one_side(plain_font: Path) -> None:
    faces = [face(f"family-{number}", plain_font) for number in range(200)]
    sides: dict[str, set[str]] = {}
    for sample in FontSource("fonts-print", faces, "ab").samples():
        sides.setdefault(sample.writer, set()).add(sample.split)
    assert len(sides) == 200
    assert all(len(splits) == 1 for splits in sides.values())
    validating = sum(splits == {"val"} for splits in sides.values())
    assert 6 <= validating <= 28  # 8 % of 200 are 16
    assert all(splits <= {"train", "val"} for splits in sides.values())


def test_the_side_hangs_on_the_name_alone(plain_font: Path) -> None:
    faces = [face(f"family-{number}", plain_font) for number in range(30)]
    alone = {
        sample.writer: sample.split
        for one in faces
        for sample in FontSource("fonts-joined", [one], "a").samples()
    }
    together = {
        sample.writer: sample.split
        for sample in FontSource("fonts-print", faces[::-1], "a").samples()
    }
    assert alone == together


def test_held_out_faces_are_never_drawn(plain_font: Path) -> None:
    faces = [face("kept", plain_font), face("held", plain_font, held_out=True)]
    source = FontSource("fonts-print", faces, "abc")
    assert {sample.writer for sample in source.samples()} == {"kept"}
    assert source.terms == "open"


def test_a_font_that_cannot_be_opened_says_what_to_type(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    for path in (broken, tmp_path / "missing.ttf"):
        with pytest.raises(DataError, match="inkwatch-train fonts fetch") as told:
            open_font(path, 72)
        assert str(path) in str(told.value)
