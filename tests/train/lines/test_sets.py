from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import pytest

pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")

from inkwatch.errors import DataError
from inkwatch_train.fonts.draw import is_val_face
from inkwatch_train.lines import sets
from inkwatch_train.lines.recipe import LineItem, LineRecipe
from inkwatch_train.lines.source import FontLines

pytestmark = pytest.mark.train


def test_sources_come_in_the_recipes_order_and_train_on_no_validating_font(
    tiny_lines: LineRecipe,
) -> None:
    sources = sets.open_line_sources(tiny_lines)
    assert [source.name for source in sources] == ["fonts-joined", "fonts-print"]
    for source, kind in zip(sources, ("joined", "print"), strict=True):
        faces: Sequence[Any] = vars(source)["_faces"]
        assert source.images == len(faces) > 0
        assert {face.kind for face in faces} == {kind}
        assert not any(face.held_out or is_val_face(face.name) for face in faces)


@pytest.mark.parametrize("name", ["fonts-carved", "pens-iam", "print", "iam"])
def test_an_unknown_source_is_told(tiny_lines: LineRecipe, name: str) -> None:
    recipe = msgspec.structs.replace(tiny_lines, data=[LineItem(source=name)])
    with pytest.raises(DataError, match=f"no source of lines named '{name}'"):
        sets.open_line_sources(recipe)


def test_validation_is_always_the_same(
    tiny_lines: LineRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []

    class Noting(FontLines):
        def __init__(self, name: str, faces: Sequence[Any], strays: float = 0.12) -> None:
            used.extend(face.name for face in faces)
            super().__init__(name, faces, strays)

    monkeypatch.setattr(sets, "FontLines", Noting)
    first, second = sets.drawn_lines(3), sets.drawn_lines(3)
    assert len(first) == 3
    for one, other in zip(first, second, strict=True):
        assert one.text == other.text
        assert np.array_equal(one.pixels, other.pixels)
    assert used
    assert all(is_val_face(name) for name in used)


def test_pens_write_with_the_fonts_of_their_kind(tiny_lines: LineRecipe) -> None:
    recipe = msgspec.structs.replace(tiny_lines, data=[LineItem(source="pens-joined")])
    (source,) = sets.open_line_sources(recipe)
    assert source.name == "pens-joined"
    fonts: Sequence[Any] = vars(source)["_styles"]
    assert source.images == len(fonts) > 0
    assert all(font.joined and not is_val_face(font.name) for font in fonts)
