import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inkwatch.errors import DataError
from inkwatch_train.data.az_csv import AzCsvSource
from inkwatch_train.data.catalog import data_root, list_sources, open_source
from inkwatch_train.data.emnist import EMNIST_SPLITS, EmnistSource
from inkwatch_train.data.folder import FolderSource
from inkwatch_train.data.idx import IdxSource


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("INKWATCH_DATA", raising=False)
    monkeypatch.setenv("INKWATCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for terms in ("open", "research"):
        (folder / terms).mkdir(parents=True)
    for path in (folder / "open" / "digits.npz", folder / "research" / "capitals.npz"):
        np.savez(
            path,
            pixels=np.zeros(4, np.uint8),
            shapes=np.array([[2, 2]], np.int32),
            labels=np.array(["1"]),
            writers=np.array([""]),
            splits=np.array(["train"]),
            meta=np.array("{}"),
        )
    for name, item in (
        ("pens", {"label": "a", "strokes": [[[0, 0]]]}),
        ("lines", {"text": "a b", "strokes": [[[0, 0]]]}),
    ):
        path = folder / "research" / f"{name}.jsonl.gz"
        path.write_bytes(gzip.compress(json.dumps(item).encode()))
    (folder / "README.md").write_text("about")
    return folder


def test_data_root(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match=r"--data DIR.*INKWATCH_DATA"):
        data_root(None)
    monkeypatch.setenv("INKWATCH_DATA", str(root))
    assert data_root(None) == root
    assert data_root(tmp_path) == tmp_path
    with pytest.raises(DataError, match=r"none \(--data\) is not there"):
        data_root(tmp_path / "none")
    monkeypatch.setenv("INKWATCH_DATA", str(tmp_path / "gone"))
    with pytest.raises(DataError, match=r"gone \(INKWATCH_DATA\) is not there"):
        data_root(None)


def test_list_sources(root: Path, tmp_path: Path) -> None:
    listed = [(source.name, source.terms) for source in list_sources(root)]
    assert listed == [("digits", "open"), ("capitals", "research"), ("pens", "research")]
    with pytest.raises(DataError, match="no data sets"):
        list_sources(tmp_path / "data" / "open")


def test_every_listed_name_opens(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKWATCH_DATA", str(root))
    for source in list_sources(root):
        assert open_source(source.name) == source
        assert open_source(source.name, root, terms="open").terms == source.terms
        assert len(list(open_source(source.name).samples())) == 1


def test_unknown_names(root: Path) -> None:
    with pytest.raises(DataError, match="Did you mean 'digits'"):
        open_source("digit", root)
    with pytest.raises(DataError, match="data show"):
        open_source("xyz", root)
    for spec in ("xyz:abc", "folder:", "emnist:", ":"):
        with pytest.raises(DataError, match="names no data set"):
            open_source(spec, root)
    with pytest.raises(DataError, match="INKWATCH_DATA"):
        open_source("digits")
    with pytest.raises(DataError, match="lines of text"):
        list(open_source("lines", root).samples())


def test_data_of_ones_own_is_for_research_unless_stated(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert open_source(f"folder:{path}") == FolderSource(path, "research")
    assert open_source(f"folder:{path}", terms="open") == FolderSource(path, "open")
    assert open_source(f"idx:{path}") == IdxSource(path, "research")
    assert open_source(f"az-csv:{path}") == AzCsvSource(path, "open")
    assert open_source(f"az-csv:{path}", terms="research").terms == "research"


def test_a_colon_in_a_path(tmp_path: Path) -> None:
    assert open_source("folder:a:b") == FolderSource(Path("a:b"))


def test_emnist_is_looked_for_in_the_data_and_in_the_cache(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached = tmp_path / "cache" / "emnist"
    for split in EMNIST_SPLITS:
        assert open_source(f"emnist:{split}") == EmnistSource(cached, split)
    assert open_source("emnist:digits", root) == EmnistSource(cached, "digits")
    (root / "emnist").mkdir()
    assert open_source("emnist:digits", root) == EmnistSource(root / "emnist", "digits")
    monkeypatch.setenv("INKWATCH_DATA", str(root))
    assert open_source("emnist:digits") == EmnistSource(root / "emnist", "digits")
    with pytest.raises(DataError, match="byclass, bymerge, balanced"):
        open_source("emnist:everything")


@pytest.mark.data
def test_the_real_data(data_folder: Path) -> None:
    sources: dict[str, Any] = {source.name: source for source in list_sources(data_folder)}
    assert sources["paper62"].terms == "open"
    assert sources["crohme_strokes"].terms == "research"
    assert "iam_ondb_lines" not in sources
