import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from inkwatch.errors import DataError
from inkwatch_train.data import idx
from inkwatch_train.data.idx import (
    IdxSource,
    iter_idx,
    iter_pairs,
    labels_beside,
    read_idx,
    read_shape,
    stated_split,
)

same_folder = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
values = arrays(np.uint8, array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6))


@same_folder
@given(array=values, zipped=st.booleans())
def test_round_trip(
    array: npt.NDArray[np.uint8], zipped: bool, tmp_path: Path, write_idx: Any
) -> None:
    path = write_idx(tmp_path / ("a-idx.gz" if zipped else "a-idx"), array)
    back = read_idx(path)
    assert back.dtype == np.uint8
    assert back.shape == array.shape == read_shape(path)
    assert (back == array).all()


@same_folder
@given(array=values, data=st.data())
def test_any_cut_is_seen(
    array: npt.NDArray[np.uint8], data: st.DataObject, tmp_path: Path, write_idx: Any
) -> None:
    content = write_idx(tmp_path / "a-idx", array).read_bytes()
    kept = data.draw(st.integers(0, len(content) - 1))
    for name, cut in (
        ("cut", content[:kept]),
        ("cut.gz", gzip.compress(content[:kept])),
    ):
        (tmp_path / name).write_bytes(cut)
        with pytest.raises(DataError, match=name):
            read_idx(tmp_path / name)


@same_folder
@given(content=st.binary(max_size=64))
def test_no_foreign_file_gives_another_error(content: bytes, tmp_path: Path) -> None:
    for name, start in (("plain", b""), ("idx", b"\0\0\x08"), ("zip", b"\x1f\x8b\x08\0")):
        (tmp_path / name).write_bytes(start + content)
        try:
            assert read_idx(tmp_path / name).dtype == np.uint8
        except DataError as told:
            assert name in str(told)  # noqa: PT017 - it may also be read


def test_blocks_are_small_and_whole(
    tmp_path: Path, write_idx: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idx, "_CHUNK_BYTES", 10)
    array = np.arange(7 * 4, dtype=np.uint8).reshape(7, 2, 2)
    blocks = list(iter_idx(write_idx(tmp_path / "a", array)))
    assert [len(block) for block in blocks] == [2, 2, 2, 1]
    assert (np.concatenate(blocks) == array).all()


def test_a_damaged_gzip(tmp_path: Path, write_idx: Any) -> None:
    rng = np.random.default_rng(1)
    path = write_idx(tmp_path / "a.gz", rng.integers(0, 256, (50, 9), np.uint8))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match="Get it again"):
        read_idx(path)
    path.write_bytes(bytes(content)[:-20])
    with pytest.raises(DataError, match="Get it again"):
        read_idx(path)


def test_too_long_and_absurd_files(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"\0\0\x08\x01" + struct.pack(">I", 2) + b"123")
    with pytest.raises(DataError, match="longer"):
        read_idx(path)
    path.write_bytes(b"\0\0\x08\x03" + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 2**32 - 1))
    with pytest.raises(DataError, match="damaged"):
        read_idx(path)
    path.write_bytes(b"\0\0\x08\x01" + struct.pack(">I", 2**32 - 1) + b"123")
    with pytest.raises(DataError, match="cut short"):
        read_idx(path)


def test_missing_and_other_types(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing is not there"):
        read_idx(tmp_path / "nothing")
    with pytest.raises(DataError, match="not there"):
        read_idx(tmp_path)
    (tmp_path / "floats").write_bytes(b"\0\0\x0d\x01" + struct.pack(">If", 1, 1.0))
    with pytest.raises(DataError, match="no IDX file of bytes"):
        read_idx(tmp_path / "floats")


def test_pairs_must_belong_together(tmp_path: Path, write_idx: Any) -> None:
    images = write_idx(tmp_path / "images", np.zeros((3, 2, 2), np.uint8))
    labels = write_idx(tmp_path / "labels", np.arange(2, dtype=np.uint8))
    with pytest.raises(DataError, match="does not fit"):
        list(iter_pairs(images, labels))
    with pytest.raises(DataError, match="no pictures"):
        list(iter_pairs(labels, labels))
    empty = write_idx(tmp_path / "empty", np.zeros((3, 0, 2), np.uint8))
    with pytest.raises(DataError, match="no pictures"):
        list(iter_pairs(empty, labels))


@pytest.mark.parametrize("other", ["train-labels-idx1-ubyte", "train-labels-idx1-ubyte.gz"])
def test_labels_are_found_zipped_or_not(tmp_path: Path, other: str) -> None:
    (tmp_path / other).touch()
    for name in ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz"):
        assert labels_beside(tmp_path / name) == tmp_path / other


def test_labels_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="labels-idx1"):
        labels_beside(tmp_path / "t10k-images-idx3-ubyte")
    with pytest.raises(DataError, match="no 'images'"):
        labels_beside(tmp_path / "mnist.idx")


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train-images-idx3-ubyte.gz", "train"),
        ("t10k-images.idx3-ubyte", "test"),
        ("emnist-digits-test-images-idx3-ubyte", "test"),
        ("images-idx3-ubyte", None),
    ],
)
def test_stated_split(name: str, split: str | None) -> None:
    assert stated_split(name) == split


@pytest.fixture
def mnist(tmp_path: Path, write_idx: Any) -> Path:
    rng = np.random.default_rng(5)
    folder = tmp_path / "mnist"
    folder.mkdir()
    for part, count, end in (("train", 200, ".gz"), ("t10k", 20, "")):
        pictures = np.zeros((count, 28, 28), np.uint8)
        pictures[:, 8:20, 12:16] = rng.integers(200, 256, (count, 12, 4))
        write_idx(folder / f"{part}-images-idx3-ubyte{end}", pictures)
        labels = np.arange(count, dtype=np.uint8) % 10
        write_idx(folder / f"{part}-labels-idx1-ubyte{end}", labels)
    return folder


def test_the_four_files_of_mnist(mnist: Path) -> None:
    source = IdxSource(mnist)
    samples = list(source.samples())
    assert (source.name, source.terms) == ("mnist", "research")
    tests = [sample for sample in samples if sample.split == "test"]
    assert [sample.label for sample in tests] == [str(i % 10) for i in range(20)]
    training = [sample for sample in samples if sample.split != "test"]
    assert [sample.label for sample in training] == [str(i % 10) for i in range(200)]
    assert 5 < sum(sample.split == "val" for sample in training) < 40
    for sample in samples:
        assert sample.image.shape == (28, 28)
        assert sample.image[0, 0] == 255
        assert sample.image[10, 13] <= 55
        assert not sample.folded


def test_one_images_file_and_the_order_is_stable(mnist: Path) -> None:
    source = IdxSource(mnist / "train-images-idx3-ubyte.gz")
    first = [(s.label, s.split, s.image.tobytes()) for s in source.samples()]
    assert len(first) == 200
    assert first == [(s.label, s.split, s.image.tobytes()) for s in source.samples()]
    assert source.name == "train-images-idx3-ubyte"


def test_a_label_that_is_no_digit(tmp_path: Path, write_idx: Any) -> None:
    write_idx(tmp_path / "images-idx3", np.zeros((1, 2, 2), np.uint8))
    write_idx(tmp_path / "labels-idx1", np.array([10], np.uint8))
    with pytest.raises(DataError, match="emnist:SPLIT"):
        list(IdxSource(tmp_path / "images-idx3").samples())


def test_a_folder_without_idx_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no IDX files"):
        list(IdxSource(tmp_path).samples())
