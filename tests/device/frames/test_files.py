from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.errors import InputError
from inkwatch.frames.files import (
    FileSource,
    FolderSource,
    files_matching,
    is_pattern,
    natural_key,
    pictures_in,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures 1, 2 and 10 of growing height, among things that are no pictures."""
    for number, height in ((10, 30), (2, 20), (1, 10)):
        cv2.imwrite(str(tmp_path / f"page{number}.png"), np.full((height, 15), 200, np.uint8))
    (tmp_path / ".hidden.png").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("not a picture", encoding="utf-8")
    (tmp_path / "inner.png").mkdir()
    return tmp_path


def test_a_file_gives_one_frame_with_its_origin(folder: Path) -> None:
    path = folder / "page1.png"
    (frame,) = FileSource(path).frames()
    assert frame.source == str(path)
    assert frame.image.shape == (10, 15)
    assert frame.wall_time.tzinfo is not None
    assert frame.monotonic_s > 0


def test_a_folder_gives_its_pictures_in_natural_order(folder: Path) -> None:
    frames = list(FolderSource(folder).frames())
    assert [Path(frame.source).name for frame in frames] == ["page1.png", "page2.png", "page10.png"]
    assert [frame.image.shape[0] for frame in frames] == [10, 20, 30]


def test_suffixes_in_capitals_count(tmp_path: Path) -> None:
    (tmp_path / "SCAN.JPG").write_bytes(b"x")
    assert pictures_in(tmp_path) == [tmp_path / "SCAN.JPG"]


def test_a_folder_without_pictures_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no pictures\. Give one with"):
        pictures_in(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        pictures_in(tmp_path / "none")


def test_a_folder_with_pictures_only_further_in_says_that_those_are_not_searched(
    tmp_path: Path,
) -> None:
    for name in ("b10", "b2", ".hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.png").write_bytes(b"x")
    with pytest.raises(InputError) as raised:
        pictures_in(tmp_path)
    assert "folders inside it are not searched" in str(raised.value)
    assert str(raised.value).endswith(f"such as {tmp_path}/b2")


def test_a_pattern_gives_files_in_natural_order_and_no_folders(folder: Path) -> None:
    assert [path.name for path in files_matching(f"{folder}/*.png")] == [
        "page1.png",
        "page2.png",
        "page10.png",
    ]
    assert [path.name for path in files_matching(f"{folder}/page?.png")] == [
        "page1.png",
        "page2.png",
    ]


def test_two_stars_reach_into_folders(folder: Path) -> None:
    deep = folder / "inner.png" / "deep.png"
    deep.write_bytes(b"x")
    assert deep in files_matching(f"{folder}/**/*.png")


def test_a_pattern_that_matches_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\*\.gif: no file matches"):
        files_matching(f"{tmp_path}/*.gif")


def test_only_wildcards_make_a_pattern() -> None:
    assert is_pattern("a*.png")
    assert is_pattern("a[12].png")
    assert not is_pattern("a.png")


@given(st.lists(st.integers(0, 10**6), min_size=2, unique=True))
def test_numbers_sort_as_numbers(numbers: list[int]) -> None:
    paths = [Path(f"p{number}.png") for number in numbers]
    assert sorted(paths, key=natural_key) == [Path(f"p{number}.png") for number in sorted(numbers)]


@given(st.lists(st.text(alphabet="aB1²9 .é٣-", min_size=1), min_size=2))
def test_any_names_have_one_order(names: list[str]) -> None:
    paths = [Path(name) for name in names]
    backwards = paths[::-1]
    assert sorted(paths, key=natural_key) == sorted(backwards, key=natural_key)
