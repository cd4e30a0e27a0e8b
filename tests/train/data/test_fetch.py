import hashlib
import io
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inkwatch.errors import DownloadError, OutputError
from inkwatch_train.data import fetch
from inkwatch_train.data.download import Patience, RemoteFile, download
from inkwatch_train.data.emnist import EmnistSource
from inkwatch_train.data.fetch import EMNIST, emnist_dir, extract, fetch_emnist

FILES = [
    "emnist-digits-mapping.txt",
    "emnist-digits-test-images-idx3-ubyte.gz",
    "emnist-digits-test-labels-idx1-ubyte.gz",
    "emnist-digits-train-images-idx3-ubyte.gz",
    "emnist-digits-train-labels-idx1-ubyte.gz",
]

impatient = partial(download, patience=Patience(failures=2, pause_s=0))


def remote_of(web: Any) -> RemoteFile:
    return RemoteFile(web.url, hashlib.sha256(web.content).hexdigest(), len(web.content))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def zip_of(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_fetches_unpacks_and_reads(web: Any, emnist_zip: bytes, tmp_path: Path) -> None:
    web.content = emnist_zip
    folder = tmp_path / "emnist"
    paths = fetch_emnist(folder, remote_of(web))
    assert [path.name for path in paths] == FILES
    assert names(folder) == [*FILES, "fetched.json"]
    samples = list(EmnistSource(folder, "digits").samples())
    assert [sample.label for sample in samples] == list("01234501")


def test_a_second_run_fetches_nothing(web: Any, emnist_zip: bytes, tmp_path: Path) -> None:
    web.content = emnist_zip
    first = fetch_emnist(tmp_path / "e", remote_of(web))
    web.requests.clear()
    assert fetch_emnist(tmp_path / "e", remote_of(web)) == first
    assert web.requests == []


@pytest.mark.parametrize("harm", ["missing", "short", "manifest"])
def test_what_has_gone_is_fetched_again(
    web: Any, emnist_zip: bytes, tmp_path: Path, harm: str
) -> None:
    web.content = emnist_zip
    first = fetch_emnist(tmp_path / "e", remote_of(web))
    if harm == "missing":
        first[1].unlink()
    elif harm == "short":
        first[1].write_bytes(b"")
    else:
        (tmp_path / "e" / "fetched.json").write_text('{"files": []}')
    assert fetch_emnist(tmp_path / "e", remote_of(web)) == first
    assert all(path.stat().st_size for path in first)


def test_cut_short_then_gone_on_with(web: Any, emnist_zip: bytes, tmp_path: Path) -> None:
    web.content = emnist_zip
    half = len(emnist_zip) // 2
    web.cuts = [half, 0, 0]
    with pytest.raises(DownloadError, match="run it again to go on"):
        fetch_emnist(tmp_path / "e", remote_of(web), fetch=impatient)
    assert names(tmp_path / "e") == ["gzip.zip.part", "gzip.zip.part.json"]
    web.cuts = []
    web.sent_bytes = 0
    assert len(fetch_emnist(tmp_path / "e", remote_of(web))) == len(FILES)
    assert web.sent_bytes == len(emnist_zip) - half


def test_another_archive_than_the_official_one(web: Any, emnist_zip: bytes, tmp_path: Path) -> None:
    web.content = emnist_zip
    with pytest.raises(DownloadError, match=r"SHA-256.*gzip\.zip\.bad"):
        fetch_emnist(tmp_path / "e", RemoteFile(web.url, EMNIST.sha256))
    assert names(tmp_path / "e") == ["gzip.zip.bad"]


@pytest.mark.parametrize("harm", ["start", "middle", "end", "empty"])
def test_a_broken_archive_is_moved_aside(
    web: Any, emnist_zip: bytes, tmp_path: Path, harm: str
) -> None:
    # The checksum is that of the broken archive: unpacking itself has to notice.
    middle = len(emnist_zip) // 3
    web.content = {
        "start": b"\0" * 40 + emnist_zip[40:],
        "middle": emnist_zip[:middle] + b"\xff" * 30 + emnist_zip[middle + 30 :],
        "end": emnist_zip[:-60],
        "empty": b"no archive at all",
    }[harm]
    with pytest.raises(DownloadError, match="is broken") as told:
        fetch_emnist(tmp_path / "e", remote_of(web))
    assert "gzip.zip.bad" in str(told.value)
    assert "again" in str(told.value)
    assert names(tmp_path / "e") == ["gzip.zip.bad"]


@pytest.mark.parametrize(
    "member",
    [
        "../emnist-digits-mapping.txt",
        "gzip/../../emnist-digits-mapping.txt",
        "/etc/emnist-digits-mapping.txt",
        "..\\emnist-digits-mapping.txt",
        "C:/emnist-digits-mapping.txt",
    ],
)
def test_paths_outside_are_refused(tmp_path: Path, member: str) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    archive = folder / "gzip.zip"
    archive.write_bytes(zip_of({member: b"0 48\n"}))
    with pytest.raises(DownloadError, match="outside"):
        extract(archive, folder)
    assert names(folder) == ["gzip.zip.bad"]
    assert names(folder.parent) == ["b"]


def test_absurd_sizes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "_MAX_MEMBER_BYTES", 1000)
    archive = tmp_path / "gzip.zip"
    archive.write_bytes(zip_of({"gzip/emnist-digits-mapping.txt": bytes(1001)}))
    with pytest.raises(DownloadError, match="larger than anything"):
        extract(archive, tmp_path)
    archive.write_bytes(zip_of({"gzip/emnist-digits-mapping.txt": bytes(1000)}))
    assert [path.stat().st_size for path in extract(archive, tmp_path)] == [1000]


def test_absurd_sums_and_counts_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "gzip.zip"
    members = {f"gzip/emnist-{split}-mapping.txt": bytes(600) for split in ("digits", "letters")}
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "_MAX_ALL_BYTES", 1000)
        archive.write_bytes(zip_of(members))
        with pytest.raises(DownloadError, match="larger than anything"):
            extract(archive, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(fetch, "_MAX_MEMBERS", 1)
        archive.write_bytes(zip_of(members))
        with pytest.raises(DownloadError, match="2 members"):
            extract(archive, tmp_path)


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "gzip.zip"
    name = "emnist-digits-mapping.txt"
    archive.write_bytes(zip_of({f"a/{name}": b"0 48\n", f"b/{name}": b"0 49\n"}))
    with pytest.raises(DownloadError, match="twice"):
        extract(archive, tmp_path)


def test_an_archive_of_other_things_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "gzip.zip"
    archive.write_bytes(zip_of({"gzip/readme.txt": b"hello"}))
    with pytest.raises(DownloadError, match="no files of EMNIST"):
        extract(archive, tmp_path)


def test_a_folder_that_cannot_be_written(web: Any, emnist_zip: bytes, tmp_path: Path) -> None:
    web.content = emnist_zip
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="--to"):
        fetch_emnist(tmp_path / "file" / "e", remote_of(web))


def test_a_failed_unpacking_keeps_the_archive(
    web: Any, emnist_zip: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    web.content = emnist_zip
    with monkeypatch.context() as patch:
        patch.setattr("shutil.move", full_disk)
        with pytest.raises(OutputError, match="No space"):
            fetch_emnist(tmp_path / "e", remote_of(web))
    assert names(tmp_path / "e") == ["gzip.zip"]
    web.requests.clear()
    assert len(fetch_emnist(tmp_path / "e", remote_of(web))) == len(FILES)
    assert web.requests == []


def test_emnist_dir_follows_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INKWATCH_CACHE", str(tmp_path))
    assert emnist_dir() == tmp_path / "emnist"
    monkeypatch.delenv("INKWATCH_CACHE")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert emnist_dir() == tmp_path / ".cache" / "inkwatch" / "emnist"
