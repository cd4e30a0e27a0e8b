from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")

from inkwatch_train.lines import glyph_strokes
from inkwatch_train.lines.glyph_strokes import SPACING, evenly, strokes_of_fonts, trace_font

pytestmark = pytest.mark.train


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(glyph_strokes, "fonts_dir", lambda: tmp_path / "fonts")
    return tmp_path / "strokes"


def test_letters_stand_on_the_baseline_one_x_height_tall(faces: Sequence[Any]) -> None:
    for face in faces:
        glyph = trace_font(face.path)["x"]
        points = np.concatenate(glyph.paths)
        assert np.ptp(points[:, 1]) == pytest.approx(0.9, abs=0.35)
        assert points[:, 1].max() == pytest.approx(0.0, abs=0.4)
        assert 0.3 < glyph.advance < 2.5


def test_an_i_has_a_dot_of_its_own(faces: Sequence[Any]) -> None:
    dotted = 0
    for face in faces:
        tops = sorted(float(path[:, 1].max()) for path in trace_font(face.path)["i"].paths)
        dotted += tops[0] < -0.8 and tops[-1] > -0.4
    assert dotted >= 0.8 * len(faces)


def test_what_was_traced_is_kept_and_read_again(
    faces: Sequence[Any], own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = strokes_of_fonts(faces[:1])
    monkeypatch.setattr(glyph_strokes, "trace_font", lambda path: pytest.fail("traced again"))
    (again,) = strokes_of_fonts(faces[:1])
    assert again.glyphs.keys() == first.glyphs.keys()
    for character, glyph in first.glyphs.items():
        kept = again.glyphs[character]
        assert kept.advance == pytest.approx(glyph.advance)
        assert len(kept.paths) == len(glyph.paths)
        assert all(map(np.array_equal, kept.paths, glyph.paths))
    assert len(list(own_cache.iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"PK no archive"])
def test_damaged_strokes_are_traced_anew(
    faces: Sequence[Any], own_cache: Path, damage: bytes
) -> None:
    (first,) = strokes_of_fonts(faces[:1])
    (kept,) = own_cache.iterdir()
    kept.write_bytes(damage)
    (again,) = strokes_of_fonts(faces[:1])
    assert again.glyphs.keys() == first.glyphs.keys()


def test_a_text_can_be_written_where_all_its_letters_are_there(faces: Sequence[Any]) -> None:
    (strokes,) = strokes_of_fonts(faces[:1])
    assert strokes.can_write("see me")
    del strokes.glyphs["m"]
    assert not strokes.can_write("see me")
    assert strokes.can_write("see")


def test_points_are_even_and_ends_stay() -> None:
    path = np.array([[0.0, 0.0], [0.01, 0.0], [2.0, 0.0], [2.0, 1.0]], np.float32)
    even = evenly(path)
    assert np.array_equal(even[[0, -1]], path[[0, -1]])
    assert np.hypot(*np.diff(even, axis=0).T) == pytest.approx(SPACING, rel=0.35)
    assert len(evenly(np.full((3, 2), 0.5, np.float32))) == 1
