from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")

from inkwatch.errors import DataError
from inkwatch_train.data.catalog import data_root
from inkwatch_train.data.sample import Grey, Sample
from inkwatch_train.data.write_pack import write_pack
from inkwatch_train.lines import glyph_strokes, people
from inkwatch_train.lines.glyph_strokes import Strokes, strokes_of_fonts
from inkwatch_train.lines.people import hands_of_people, people_licence, trace_picture

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def fonts(faces: Sequence[Any]) -> list[Strokes]:
    return strokes_of_fonts([face for face in faces if face.kind == "print"])


def picture(*strokes: list[tuple[int, int]], side: int = 40, pen: int = 3) -> Grey:
    paper = np.full((side, side), 230, np.uint8)
    for stroke in strokes:
        cv2.polylines(paper, [np.array(stroke, np.int32)], False, 30, pen, cv2.LINE_AA)
    return np.asarray(paper, np.uint8)


def test_a_character_is_traced_at_height_1_on_its_foot() -> None:
    glyph = trace_picture(picture([(10, 5), (10, 35), (28, 35)]))
    assert glyph is not None
    points = np.concatenate(glyph.paths)
    assert points.min(axis=0) == pytest.approx([0.0, -1.0], abs=1e-5)
    assert points[:, 1].max() == pytest.approx(0.0, abs=1e-5)
    assert glyph.advance == pytest.approx(0.6, abs=0.15)


def test_specks_are_left_out() -> None:
    clean = picture([(20, 5), (20, 35)])
    dusty = clean.copy()
    dusty[36, 4] = 0
    one, other = trace_picture(clean), trace_picture(dusty)
    assert one is not None
    assert other is not None
    assert len(one.paths) == len(other.paths) == 1


@pytest.mark.parametrize(
    "unclear",
    [
        np.full((40, 40), 200, np.uint8),
        np.zeros((3, 3), np.uint8),
        picture([(20, 20), (20, 21)], side=40, pen=2),
    ],
)
def test_what_shows_no_clear_strokes_is_left_out(unclear: Grey) -> None:
    assert trace_picture(unclear) is None


def test_hands_of_the_open_packs_write_all_characters(fonts: list[Strokes]) -> None:
    try:
        root = data_root()
    except DataError as error:
        pytest.skip(str(error))
    hands = hands_of_people(root, fonts)
    assert len(hands) == people.HANDS
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    for hand in hands[::50]:
        assert hand.can_write(letters)
        tall, low = (np.concatenate(hand.glyphs[kind].paths)[:, 1] for kind in "hx")
        assert np.ptp(tall) > 1.3 * np.ptp(low)
        deep = np.concatenate(hand.glyphs["g"].paths)[:, 1]
        assert deep.max() > 0.3
    first = {hand.glyphs["a"].paths[0].tobytes() for hand in hands}
    assert len(first) > 40
    assert "MIT" in people_licence(root)


def test_hands_of_tablets_write_as_large_as_others(fonts: list[Strokes]) -> None:
    try:
        root = data_root()
    except DataError as error:
        pytest.skip(str(error))
    for hand in hands_of_people(root, fonts, tablets=True)[::100]:
        assert hand.can_write("aZ09")
        low = np.concatenate(hand.glyphs["x"].paths)[:, 1]
        assert np.ptp(low) == pytest.approx(0.9, abs=0.3)
    assert "Chars74K" in people_licence(root, tablets=True)


def test_characters_are_traced_once(
    fonts: list[Strokes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glyph_strokes, "fonts_dir", lambda: tmp_path / "fonts")
    monkeypatch.setattr(people, "PACKS", ("own",))
    own = Sample(picture([(10, 5), (10, 35), (28, 35)]), "L", "", "train")
    write_pack(tmp_path / "open" / "own.npz", [own], licence="ours", source="drawn")
    first = hands_of_people(tmp_path, fonts)
    monkeypatch.setattr(people, "trace_picture", lambda image: pytest.fail("traced again"))
    again = hands_of_people(tmp_path, fonts)
    assert np.array_equal(first[0].glyphs["L"].paths[0], again[0].glyphs["L"].paths[0])
    assert not np.array_equal(first[0].glyphs["L"].paths[0], fonts[0].glyphs["L"].paths[0])
    assert first[0].glyphs["!"] is not None


def test_a_pack_that_is_not_there_is_told(
    fonts: list[Strokes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glyph_strokes, "fonts_dir", lambda: tmp_path / "fonts")
    with pytest.raises(DataError, match=r"paper62\.npz is not there"):
        hands_of_people(tmp_path, fonts)
