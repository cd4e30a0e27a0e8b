import io
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inkwatch.errors import DataError
from inkwatch_train.data.packs import PackSource


def arrays(**changes: Any) -> dict[str, Any]:
    images = [np.arange(6, dtype=np.uint8).reshape(2, 3), np.full((4, 1), 9, np.uint8)]
    meta = {"ink": "dark", "case": "exact", "licence": "CC0", "source": "made here"}
    whole: dict[str, Any] = {
        "pixels": np.concatenate([image.ravel() for image in images]),
        "shapes": np.array([image.shape for image in images], np.int32),
        "labels": np.array(["A", "7"]),
        "writers": np.array(["ann", ""]),
        "splits": np.array(["train", "test"]),
        "meta": np.array(json.dumps(meta | changes.pop("meta", {}))),
    }
    return whole | changes


def put(path: Path, content: dict[str, Any]) -> PackSource:
    np.savez_compressed(path, **content)
    return PackSource(path)


def test_every_picture_comes_back(tmp_path: Path) -> None:
    source = put(tmp_path / "mine.npz", arrays())
    first, second = source.samples()
    assert (source.name, source.licence, source.terms) == ("mine", "CC0", "open")
    assert first.image.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert (first.label, first.writer, first.split, first.folded) == ("A", "ann", "train", False)
    assert second.image.tolist() == [[9]] * 4
    assert (second.label, second.writer, second.split) == ("7", "", "test")


def test_bright_ink_is_turned_dark(tmp_path: Path) -> None:
    first, _ = put(tmp_path / "a.npz", arrays(meta={"ink": "bright"})).samples()
    assert first.image.tolist() == [[255, 254, 253], [252, 251, 250]]


def test_only_letters_are_folded(tmp_path: Path) -> None:
    meta = {"case": "folded: lower case whatever the shape"}
    source = put(tmp_path / "a.npz", arrays(meta=meta, labels=np.array(["a", "7"])))
    assert [sample.folded for sample in source.samples()] == [True, False]


def test_an_empty_pack_has_no_samples(tmp_path: Path) -> None:
    none = np.array([], dtype="<U1")
    source = put(
        tmp_path / "a.npz",
        arrays(
            pixels=np.zeros(0, np.uint8),
            shapes=np.zeros((0, 2), np.int32),
            labels=none,
            writers=none,
            splits=none,
        ),
    )
    assert list(source.samples()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"pixels": np.zeros(9, np.uint8)},
        {"pixels": np.zeros(10, np.int64)},
        {"pixels": np.zeros((1, 10), np.uint8)},
        {"shapes": np.array([2, 3], np.int32)},
        {"shapes": np.array([[2, 3], [-4, -1]], np.int32)},
        {"shapes": np.array([[2.0, 3.0], [4.0, 1.0]])},
        {"labels": np.array(["A"])},
        {"labels": np.array(["A", "77"])},
        {"writers": np.array("ann")},
        {"splits": np.array(["train", "exam"])},
        {"meta": np.array("no JSON")},
        {"meta": np.array("[1]")},
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    content = arrays() | changes
    with pytest.raises(DataError, match=r"odd\.npz"):
        list(put(tmp_path / "odd.npz", content).samples())


def test_missing_array_file_and_pickles(tmp_path: Path) -> None:
    content = arrays()
    del content["writers"]
    with pytest.raises(DataError, match="writers"):
        list(put(tmp_path / "a.npz", content).samples())
    with pytest.raises(DataError, match="INKWATCH_DATA"):
        list(PackSource(tmp_path / "none.npz").samples())
    objects = np.array([{"a": 1}, None], dtype=object)
    with pytest.raises(DataError, match="Object arrays"):
        list(put(tmp_path / "b.npz", arrays(labels=objects)).samples())


def test_a_lone_array_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "a.npz").open("wb") as file:
        np.save(file, np.zeros(3))
    with pytest.raises(DataError, match=r"a\.npz"):
        list(PackSource(tmp_path / "a.npz").samples())


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_damage_never_gives_another_error(data: st.DataObject, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays())
    content = bytearray(buffer.getvalue())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged.npz"
    path.write_bytes(content)
    try:
        samples = list(PackSource(path).samples())
    except DataError as told:
        assert "damaged.npz" in str(told)  # noqa: PT017 - some damage does no harm
    else:
        assert len(samples) == 2


@pytest.mark.data
def test_the_real_packs(data_folder: Path) -> None:
    paths = sorted(data_folder.glob("*/*.npz"))
    assert paths
    for path in paths:
        # Paper takes up more of a picture than ink: dark on light means a bright median.
        samples = itertools.islice(PackSource(path).samples(), 200)
        medians = [np.median(sample.image) for sample in samples]
        assert np.mean(medians) > 110, path
