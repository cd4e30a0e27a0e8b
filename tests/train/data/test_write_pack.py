from pathlib import Path

import numpy as np
import pytest

from inkwatch.errors import DataError, OutputError
from inkwatch_train.data.packs import PackSource
from inkwatch_train.data.sample import Sample
from inkwatch_train.data.write_pack import write_pack


def sample(label: str, height: int, *, folded: bool = False) -> Sample:
    image = np.arange(height * 7, dtype=np.uint8).reshape(height, 7)
    return Sample(image, label, f"w{height}", "val" if height % 2 else "train", folded)


@pytest.mark.parametrize("folded", [True, False])
def test_what_is_written_is_read_again(tmp_path: Path, folded: bool) -> None:
    given = [sample("a", 5, folded=folded), sample("b", 8, folded=folded), sample("7", 3)]
    path = tmp_path / "deep" / "mine.npz"
    assert write_pack(path, given, licence="mine", source="here") == 3
    pack = PackSource(path)
    assert pack.licence == "mine"
    for ours, theirs in zip(given, pack.samples(), strict=True):
        assert np.array_equal(ours.image, theirs.image)
        assert (ours.label, ours.writer, ours.split) == (theirs.label, theirs.writer, theirs.split)
        assert ours.folded == theirs.folded
    assert [file.name for file in path.parent.iterdir()] == ["mine.npz"]


def test_nothing_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no samples"):
        write_pack(tmp_path / "mine.npz", [], licence="", source="")


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        write_pack(tmp_path / "file" / "mine.npz", [sample("a", 3)], licence="", source="")
