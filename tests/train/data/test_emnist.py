import string
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inkwatch.errors import DataError
from inkwatch_train.data.emnist import EmnistSource, EmnistSplit, read_mapping

MERGED = "cijklmopsuvwxyz"
CLASSES_47 = string.digits + string.ascii_uppercase + "abdefghnqrt"


def put_mapping(folder: Path, split: str, characters: str) -> Path:
    path = folder / f"emnist-{split}-mapping.txt"
    path.write_text("".join(f"{i} {ord(character)}\n" for i, character in enumerate(characters)))
    return path


def put(folder: Path, write_idx: Any, split: str, numbers: list[int]) -> None:
    """An upright L, stored transposed as EMNIST does, once for each label's number."""
    upright = np.zeros((28, 28), np.uint8)
    upright[4:24, 8] = 255
    upright[23, 8:18] = 255
    for part in ("train", "test"):
        stem = f"emnist-{split}-{part}"
        pictures = np.stack([upright.T] * len(numbers))
        write_idx(folder / f"{stem}-images-idx3-ubyte.gz", pictures)
        write_idx(folder / f"{stem}-labels-idx1-ubyte.gz", np.array(numbers, np.uint8))


def test_pictures_stand_upright_and_dark(tmp_path: Path, write_idx: Any) -> None:
    put_mapping(tmp_path, "byclass", string.digits + string.ascii_letters)
    put(tmp_path, write_idx, "byclass", [0, 10, 61])
    source = EmnistSource(tmp_path, "byclass")
    samples = list(source.samples())
    assert source.name == "emnist_byclass"
    assert [sample.label for sample in samples] == ["0", "a", "Z"] * 2
    assert [sample.split == "test" for sample in samples] == [False] * 3 + [True] * 3
    image = samples[0].image
    assert image[0, 0] == 255
    assert (image[4:24, 8] == 0).all()
    assert (image[23, 8:18] == 0).all()
    assert image[5, 15] == 255
    assert image.flags.c_contiguous


@pytest.mark.parametrize("split", ["bymerge", "balanced"])
def test_merged_letters_are_folded(tmp_path: Path, split: str) -> None:
    meanings = read_mapping(put_mapping(tmp_path, split, CLASSES_47))
    folded = "".join(meaning.character for meaning in meanings.values() if meaning.folded)
    assert folded == MERGED
    assert meanings[10].character == "A"
    assert meanings[36].character == "a"
    assert meanings[12].character == "c"


def test_letters_names_both_cases(tmp_path: Path, write_idx: Any) -> None:
    (tmp_path / "emnist-letters-mapping.txt").write_text(
        "".join(f"{i} {64 + i} {96 + i}\n" for i in range(1, 27))
    )
    put(tmp_path, write_idx, "letters", [1, 26])
    samples = list(EmnistSource(tmp_path, "letters").samples())
    assert [(sample.label, sample.folded) for sample in samples[:2]] == [("a", True), ("z", True)]


def test_digits_and_exact_letters_are_not_folded(tmp_path: Path) -> None:
    for split, characters in (("digits", string.digits), ("byclass", string.ascii_letters)):
        meanings = read_mapping(put_mapping(tmp_path, split, characters))
        assert not any(meaning.folded for meaning in meanings.values())
        assert "".join(meaning.character for meaning in meanings.values()) == characters


@pytest.mark.parametrize(
    "content", ["", "\n\n", "0\n", "0 48 49 50\n", "0 x\n", "0 7\n", "0 1114113\n", "\xff\xfe\n"]
)
def test_a_damaged_mapping(tmp_path: Path, content: str) -> None:
    path = tmp_path / "emnist-digits-mapping.txt"
    path.write_text(content, encoding="latin-1")
    with pytest.raises(DataError, match="emnist-digits-mapping"):
        read_mapping(path)


def test_a_label_that_the_mapping_lacks(tmp_path: Path, write_idx: Any) -> None:
    put_mapping(tmp_path, "digits", "0123")
    put(tmp_path, write_idx, "digits", [4])
    with pytest.raises(DataError, match="no line for label 4"):
        list(EmnistSource(tmp_path, "digits").samples())


@pytest.mark.parametrize("split", ["digits", "letters"])
def test_missing_files_tell_how_to_get_them(tmp_path: Path, split: EmnistSplit) -> None:
    with pytest.raises(DataError, match="mapping file"):
        list(EmnistSource(tmp_path, split).samples())
    put_mapping(tmp_path, split, string.digits)
    with pytest.raises(DataError, match="data fetch emnist"):
        list(EmnistSource(tmp_path, split).samples())


def test_unzipped_files_serve_too(tmp_path: Path, write_idx: Any) -> None:
    put_mapping(tmp_path, "mnist", string.digits)
    for part in ("train", "test"):
        stem = f"emnist-mnist-{part}"
        write_idx(tmp_path / f"{stem}-images-idx3-ubyte", np.zeros((1, 28, 28), np.uint8))
        write_idx(tmp_path / f"{stem}-labels-idx1-ubyte", np.array([7], np.uint8))
    assert [sample.label for sample in EmnistSource(tmp_path, "mnist").samples()] == ["7", "7"]
