from pathlib import Path

import pytest

from inkwatch.errors import DataError
from inkwatch_train.fonts.caseless import ALIKE_FROM, has_true_lower_case, likeness


def test_a_font_with_small_letters_has_them(plain_font: Path) -> None:
    assert has_true_lower_case(plain_font)


def test_a_font_with_capitals_in_both_places_is_found(capitals_font: Path) -> None:
    assert not has_true_lower_case(capitals_font)


def test_likeness_tells_shapes_of_their_own_from_shrunk_ones(plain_font: Path) -> None:
    assert likeness(plain_font, "g") < ALIKE_FROM < likeness(plain_font, "o")


def test_one_shape_under_two_letters_is_fully_alike(capitals_font: Path) -> None:
    assert likeness(capitals_font, "g") == pytest.approx(1.0)


def test_a_file_that_is_no_font_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.ttf"
    path.write_text("no font")
    with pytest.raises(DataError, match="fonts fetch"):
        has_true_lower_case(path)
