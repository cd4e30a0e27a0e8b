import io
from collections.abc import Callable
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from PIL import ImageFont

pytest.importorskip("sklearn", reason="needs pip install 'inkwatch[train]'")

from inkwatch.errors import DataError
from inkwatch_train import sources
from inkwatch_train.fonts.draw import FontSource
from inkwatch_train.fonts.fetch import FontFace
from inkwatch_train.pages.cut_source import CutSource
from inkwatch_train.recipe import Recipe
from inkwatch_train.sources import open_sources

Faces = Callable[[Path], list[FontFace]]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("INKWATCH_DATA", raising=False)
    monkeypatch.setenv("INKWATCH_CACHE", str(tmp_path / "cache"))


def recipe(*names: str, alphabet: str = "abcAB12") -> Recipe:
    data = [{"source": name, "weight": 2.0} for name in names]
    return msgspec.convert({"name": "mine", "alphabet": alphabet, "data": data}, Recipe)


def a_pack(folder: Path, part: str, name: str) -> None:
    """A pack of one picture in a data folder."""
    picture = np.full((12, 10), 230, np.uint8)
    picture[2:10, 4:6] = 10
    (folder / part).mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / part / f"{name}.npz",
        pixels=picture.ravel(),
        shapes=np.array([picture.shape], np.int32),
        labels=np.array(["a"]),
        writers=np.array(["w"]),
        splits=np.array(["train"]),
        meta=np.array('{"ink": "dark", "licence": "CC0", "case": "as written"}'),
    )


def test_the_stroke_fonts_need_nothing() -> None:
    ((item, source),) = open_sources(recipe("hershey"))
    assert item.weight == 2.0
    assert source.name == "hershey"
    assert source.terms == "open"
    assert {sample.label for sample in source.samples()} == set("abcAB12")


def test_names_are_looked_for_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_pack(tmp_path, "open", "mine")
    a_pack(tmp_path, "research", "theirs")
    opened = open_sources(recipe("mine", "theirs"), tmp_path)
    assert [(item.source, s.name, s.terms) for item, s in opened] == [
        ("mine", "mine", "open"),
        ("theirs", "theirs", "research"),
    ]
    monkeypatch.setenv("INKWATCH_DATA", str(tmp_path))
    assert open_sources(recipe("mine"))[0][1].name == "mine"


def test_a_folder_of_pictures_needs_no_data_folder(tmp_path: Path) -> None:
    (tmp_path / "cards" / "a").mkdir(parents=True)
    assert cv2.imwrite(str(tmp_path / "cards/a/1.png"), np.full((9, 9), 200, np.uint8))
    ((_, source),) = open_sources(recipe(f"folder:{tmp_path / 'cards'}"))
    assert [sample.label for sample in source.samples()] == ["a"]


def test_without_a_data_folder_the_error_says_how_to_name_one() -> None:
    with pytest.raises(DataError, match=r"--data DIR.*INKWATCH_DATA"):
        open_sources(recipe("paper62"))


def test_a_data_folder_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="--data"):
        open_sources(recipe("paper62"), tmp_path / "none")
    monkeypatch.setenv("INKWATCH_DATA", str(tmp_path / "none"))
    with pytest.raises(DataError, match="INKWATCH_DATA"):
        open_sources(recipe("paper62"))


@pytest.mark.parametrize("name", ["papper62", "what:ever", "folder:", "hershey2"])
def test_an_unknown_name_is_told(tmp_path: Path, name: str) -> None:
    a_pack(tmp_path, "open", "paper62")
    with pytest.raises(DataError, match=name):
        open_sources(recipe(name), tmp_path)


def test_fonts_that_are_not_fetched_are_told_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"inkwatch-train fonts fetch$"):
        open_sources(recipe("fonts-print"))
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(DataError, match=f"inkwatch-train fonts fetch --to {elsewhere}"):
        open_sources(recipe("fonts-joined"), fonts=elsewhere)


@pytest.mark.parametrize("name", ["fonts-drawn", "fonts-", "fonts-Print"])
def test_a_kind_of_font_that_there_is_not_is_told_before_any_are_fetched(name: str) -> None:
    with pytest.raises(DataError, match=rf"'{name}'.*fonts-joined or fonts-other or"):
        open_sources(recipe(name))


def test_fonts_are_parted_by_kind_and_need_small_letters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedded = ImageFont.load_default(20)
    assert isinstance(embedded, ImageFont.FreeTypeFont)
    assert isinstance(embedded.path, io.BytesIO)
    path = tmp_path / "plain.ttf"
    path.write_bytes(embedded.path.getvalue())
    capitals = tmp_path / "capitals.ttf"
    faces = [
        FontFace("one", path, "print", "1.0.0", held_out=False),
        FontFace("two", path, "joined", "1.0.0", held_out=False),
        FontFace("three", capitals, "print", "1.0.0", held_out=False),
    ]
    asked: list[Path] = []

    def installed(folder: Path) -> list[FontFace]:
        asked.append(folder)
        return faces

    monkeypatch.setattr(sources, "installed_fonts", installed)
    monkeypatch.setattr(sources, "has_true_lower_case", lambda file: file != capitals)
    opened = open_sources(recipe("fonts-print", "fonts-joined"), fonts=tmp_path)
    assert [source.name for _, source in opened] == ["fonts-print", "fonts-joined"]
    assert [
        [face.name for face in source.faces]
        for _, source in opened
        if isinstance(source, FontSource)
    ] == [["one"], ["two"]]
    assert asked == [tmp_path, tmp_path]


@pytest.mark.parametrize("name", ["cuts-drawn", "cuts-", "cuts-Print"])
def test_a_kind_of_cuts_that_there_is_not_is_told(name: str) -> None:
    with pytest.raises(DataError, match=rf"'{name}'.*cuts-print, cuts-joined or cuts-real"):
        open_sources(recipe(name))


def test_cuts_without_fonts_say_the_command() -> None:
    with pytest.raises(DataError, match=r"inkwatch-train fonts fetch$"):
        open_sources(recipe("cuts-print"))


def test_cuts_are_written_in_fonts_of_their_kind_and_with_real_hands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = [
        FontFace("one", tmp_path, "print", "1.0.0", held_out=False),
        FontFace("two", tmp_path, "joined", "1.0.0", held_out=False),
    ]
    monkeypatch.setattr(sources, "installed_fonts", lambda _: faces)
    monkeypatch.setattr(sources, "has_true_lower_case", lambda _: True)
    monkeypatch.setattr(sources, "_REAL_HANDS", ("mine",))
    a_pack(tmp_path, "open", "mine")
    opened = open_sources(recipe("cuts-print", "cuts-joined", "cuts-real"), tmp_path)
    cuts = [source for _, source in opened if isinstance(source, CutSource)]
    assert [
        (cut.name, cut.joined, [face.name for face in cut.faces], [hand.name for hand in cut.hands])
        for cut in cuts
    ] == [
        ("cuts-print", False, ["one"], []),
        ("cuts-joined", True, ["two"], []),
        ("cuts-real", False, ["one"], ["mine"]),
    ]
