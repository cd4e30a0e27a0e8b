"""Lines of people, from databases in the form of IAM's."""

import gzip
import json
import zipfile
from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from inkwatch.errors import DataError
from inkwatch.recognise.line_image import LINE_HEIGHT
from inkwatch_train.fonts.fetch import fonts_dir
from inkwatch_train.lines.real_lines import RealLines, cut_line, read_lines_file, write_lines
from inkwatch_train.lines.recipe import LineRecipe
from inkwatch_train.lines.research import IAM, ONDB, draw_line, research_lines
from inkwatch_train.lines.sets import open_line_sources
from inkwatch_train.lines.source import LabelledLine, fits

Grey = npt.NDArray[np.uint8]


def picture(text: str) -> Grey:
    image = np.full((90, 60 + 34 * len(text)), 255, np.uint8)
    cv2.putText(image, text, (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 0, 3, cv2.LINE_AA)
    return image


@pytest.fixture
def fonts() -> Path:
    """Where they lie before the cache is another one."""
    return fonts_dir()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one line to train on and one to validate, in both forms."""
    monkeypatch.setenv("INKWATCH_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "data" / "research"
    folder.mkdir(parents=True)
    texts = {"a-00": ("train", "bake|a|loaf|."), "a-01": ("val", "old|house"), "a-02": ("val", "#")}
    rows = [f"{name}\t0\t{split}\tok\t{text}" for name, (split, text) in texts.items()]
    table = "line_id\twriter\tsplit\tsegmentation\ttext\n" + "\n".join(rows) + "\n"
    (folder / "iam_lines.tsv").write_text(table)
    with zipfile.ZipFile(folder / "iam_lines.zip", "w") as pictures:
        for name, (_, text) in texts.items():
            _, data = cv2.imencode(".png", picture(text.replace("|", " ")))
            pictures.writestr(f"lines/{name}.png", data.tobytes())
    zigzag = [[[40 * k, 100 * (k % 2)] for k in range(20)]]
    with gzip.open(folder / "iam_ondb_lines.jsonl.gz", "wt") as file:
        for split in ("train", "val"):
            item = {"id": "b", "split": split, "text": "mmm", "strokes": zigzag}
            file.write(json.dumps(item) + "\n")
    return tmp_path / "data"


def test_each_part_has_its_own_lines_without_what_was_crossed_out(root: Path) -> None:
    assert [line.text for line in research_lines(IAM, "train", root)] == ["bake a loaf."]
    assert [line.text for line in research_lines(IAM, "val", root)] == ["old house"]
    (line,) = research_lines(ONDB, "train", root)
    assert line.text == "mmm"
    assert line.pixels.shape[0] == LINE_HEIGHT
    assert line.pixels.max() > 200


def test_lines_are_cut_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = research_lines(IAM, "train", root)
    monkeypatch.setattr("inkwatch_train.lines.research.cut_line", lambda *_: 1 / 0)
    (again,) = research_lines(IAM, "train", root)
    assert again.text == first.text
    assert np.array_equal(again.pixels, first.pixels)


def test_a_database_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"iam_lines\.tsv is not there.*--data"):
        research_lines(IAM, "train", tmp_path)


def test_pictures_that_are_lost_are_told(root: Path) -> None:
    (root / "research" / "iam_lines.zip").write_bytes(b"no zip")
    with pytest.raises(DataError, match="damaged"):
        research_lines(IAM, "train", root)


def test_an_open_recipe_may_not_take_them(tiny_lines: LineRecipe, fonts: Path, root: Path) -> None:
    values = msgspec.to_builtins(tiny_lines) | {"data": [{"source": IAM}]}
    with pytest.raises(DataError, match="research only"):
        open_line_sources(msgspec.convert(values, LineRecipe), root, fonts)
    (source,) = open_line_sources(
        msgspec.convert(values | {"terms": "research"}, LineRecipe), root, fonts
    )
    assert (source.name, source.images) == (IAM, 1)


def test_real_lines_are_bent_anew_and_the_same_by_the_same_chance() -> None:
    line = cut_line(picture("bake a loaf"), "bake a loaf")
    assert line is not None
    source = RealLines("mine", "mine", [line])
    one, other, again = (source.draw(np.random.default_rng(seed)) for seed in (1, 2, 1))
    assert np.array_equal(one.pixels, again.pixels)
    assert one.pixels.shape != other.pixels.shape or not np.array_equal(one.pixels, other.pixels)
    assert fits(one.pixels, one.text)
    assert one.text == "bake a loaf"


def test_no_lines_are_told() -> None:
    with pytest.raises(DataError, match="no lines in mine"):
        RealLines("mine", "mine", [])


def test_blank_paper_is_no_line() -> None:
    assert cut_line(np.full((90, 300), 255, np.uint8), "x") is None


def test_kept_lines_come_back(tmp_path: Path) -> None:
    lines = [
        LabelledLine(np.full((LINE_HEIGHT, width), width, np.uint8), text)
        for width, text in ((9, "a b"), (40, '"'))
    ]
    write_lines(tmp_path / "new" / "lines.npz", lines)
    back = read_lines_file(tmp_path / "new" / "lines.npz")
    assert [line.text for line in back] == ["a b", '"']
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(lines, back, strict=True))


def test_strokes_are_drawn_as_tall_as_they_are_to_be() -> None:
    drawn = draw_line([np.array([[0.0, 0.0], [500.0, 50.0]]), np.array([[10.0, 20.0]])])
    rows = np.flatnonzero((drawn < 128).any(axis=1))
    assert 108 <= rows[-1] - rows[0] + 1 <= 118
