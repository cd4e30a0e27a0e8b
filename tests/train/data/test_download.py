import fcntl
import hashlib
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from inkwatch.errors import DownloadError, OutputError, UsageError
from inkwatch_train.data.download import Patience, RemoteFile, download, file_sha256

CONTENT = bytes(range(256)) * 4000
PATIENCE = Patience(failures=3, pause_s=1.0, timeout_s=5.0)


class Pauses(list[float]):
    """Stands in for `time.sleep` and remembers how long it should have waited."""

    def __call__(self, pause_s: float) -> None:
        self.append(pause_s)


def remote_of(web: Any, content: bytes = CONTENT, size: bool = True) -> RemoteFile:
    return RemoteFile(web.url, hashlib.sha256(content).hexdigest(), len(content) if size else None)


def fetch(web: Any, to: Path, pauses: Pauses | None = None, **more: Any) -> Path:
    sleep = pauses if pauses is not None else Pauses()
    return download(remote_of(web, **more), to, patience=PATIENCE, sleep=sleep)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_brings_the_file_and_leaves_nothing_else(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    seen: list[tuple[int, int]] = []
    to = download(
        remote_of(web), tmp_path / "new" / "a.zip", progress=lambda *args: seen.append(args)
    )
    assert to.read_bytes() == CONTENT
    assert names(to.parent) == ["a.zip"]
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [here for here, _ in seen] == sorted(here for here, _ in seen)


def test_a_file_that_is_there_is_not_fetched_again(web: Any, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(CONTENT)
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT
    assert web.requests == []


def test_a_cut_transfer_goes_on_where_it_ended(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.cuts = [300_000, 300_000]
    pauses = Pauses()
    assert fetch(web, tmp_path / "a.zip", pauses).read_bytes() == CONTENT
    assert [request.get("Range") for request in web.requests] == [
        None,
        "bytes=300000-",
        "bytes=600000-",
    ]
    assert web.requests[1]["If-Range"] == '"first"'
    assert web.sent_bytes == len(CONTENT)
    assert len(pauses) == 2


def test_gives_up_after_growing_pauses_and_a_later_run_goes_on(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.cuts = [500_000, 0, 0, 0, 0]
    pauses = Pauses()
    with pytest.raises(DownloadError, match="run it again to go on") as told:
        fetch(web, tmp_path / "a.zip", pauses)
    assert "500000 bytes are in" in str(told.value)
    assert pauses == [1.0, 1.0, 2.0]
    assert (tmp_path / "a.zip.part").stat().st_size == 500_000

    web.cuts = []
    web.sent_bytes = 0
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT
    assert web.sent_bytes == len(CONTENT) - 500_000
    assert names(tmp_path) == ["a.zip"]


def test_a_date_serves_where_there_is_no_etag(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.etag = ""
    web.last_modified = "Mon, 02 Nov 2026 10:00:00 GMT"
    web.cuts = [400_000]
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT
    assert web.requests[1]["If-Range"] == web.last_modified
    assert web.sent_bytes == len(CONTENT)


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_without_a_strong_mark_the_file_starts_anew(web: Any, tmp_path: Path, etag: str) -> None:
    web.content = CONTENT
    web.etag = etag
    web.cuts = [400_000]
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT
    assert "Range" not in web.requests[1]


def test_a_changed_file_starts_anew(web: Any, tmp_path: Path) -> None:
    web.content = bytes(len(CONTENT))
    web.cuts = [400_000, 0, 0, 0]
    with pytest.raises(DownloadError):
        fetch(web, tmp_path / "a.zip")
    web.content = CONTENT
    web.etag = '"second"'
    web.cuts = []
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT
    assert web.requests[-1]["If-Range"] == '"first"'


def test_a_server_without_ranges_sends_all_again(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.ranges = False
    web.cuts = [700_000]
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT
    assert web.sent_bytes == 700_000 + len(CONTENT)


def test_a_server_without_ranges_that_always_fails_is_not_asked_for_ever(
    web: Any, tmp_path: Path
) -> None:
    web.content = CONTENT
    web.ranges = False
    web.cuts = [700_000] * 20
    with pytest.raises(DownloadError, match="run it again"):
        fetch(web, tmp_path / "a.zip")
    assert len(web.requests) == 1 + PATIENCE.failures


def test_a_cut_is_seen_without_an_announced_length(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.announce_length = False
    web.cuts = [700_000]
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT


def test_a_whole_part_is_not_fetched_again(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.cuts = [0] * 4
    with pytest.raises(DownloadError):
        fetch(web, tmp_path / "a.zip", size=False)
    # As if the run had been killed between the last byte and the renaming.
    (tmp_path / "a.zip.part").write_bytes(CONTENT)
    web.requests.clear()
    assert fetch(web, tmp_path / "a.zip", size=False).read_bytes() == CONTENT
    assert web.requests == []


def test_a_part_that_is_too_long_starts_anew(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.cuts = [0] * 4
    with pytest.raises(DownloadError):
        fetch(web, tmp_path / "a.zip")
    (tmp_path / "a.zip.part").write_bytes(CONTENT + b"more")
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT


def test_the_wrong_file_is_moved_aside(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT[:-1] + b"!"
    with pytest.raises(DownloadError, match="SHA-256") as told:
        fetch(web, tmp_path / "a.zip")
    assert str(tmp_path / "a.zip") in str(told.value)
    assert names(tmp_path) == ["a.zip.bad"]
    web.content = CONTENT
    assert fetch(web, tmp_path / "a.zip").read_bytes() == CONTENT


def test_another_size_is_refused_before_the_part_is_touched(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.cuts = [400_000, 0, 0, 0]
    with pytest.raises(DownloadError):
        fetch(web, tmp_path / "a.zip")
    web.content = b"<html>Please log in</html>"
    web.etag = '"page"'
    web.cuts = []
    with pytest.raises(DownloadError, match="offers 26 bytes"):
        fetch(web, tmp_path / "a.zip")
    assert (tmp_path / "a.zip.part").stat().st_size == 400_000


def test_a_missing_file_is_told_at_once(web: Any, tmp_path: Path) -> None:
    web.statuses = [404]
    pauses = Pauses()
    with pytest.raises(DownloadError, match=r"404.*--url"):
        fetch(web, tmp_path / "a.zip", pauses)
    assert pauses == []


def test_a_busy_server_is_asked_again(web: Any, tmp_path: Path) -> None:
    web.content = CONTENT
    web.statuses = [503, 429]
    pauses = Pauses()
    assert fetch(web, tmp_path / "a.zip", pauses).read_bytes() == CONTENT
    assert pauses == [1.0, 2.0]


def test_nobody_listening(web: Any, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    remote = RemoteFile(f"http://127.0.0.1:{port}/a.zip", "0" * 64)
    with pytest.raises(DownloadError, match="the connection failed"):
        download(remote, tmp_path / "a.zip", patience=PATIENCE, sleep=Pauses())


def test_a_silent_server_does_not_hold_it_for_ever(tmp_path: Path, web: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        remote = RemoteFile(f"http://127.0.0.1:{silent.getsockname()[1]}/a.zip", "0" * 64)
        patience = Patience(failures=2, pause_s=0, timeout_s=0.1)
        with pytest.raises(DownloadError, match="timed out"):
            download(remote, tmp_path / "a.zip", patience=patience)


def test_only_the_web(tmp_path: Path) -> None:
    (tmp_path / "here").write_bytes(b"x")
    with pytest.raises(UsageError, match="https://"):
        download(RemoteFile((tmp_path / "here").as_uri(), "0" * 64), tmp_path / "a.zip")


def test_a_folder_that_cannot_be_made(web: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="--to"):
        fetch(web, tmp_path / "file" / "a.zip")


def test_a_second_run_at_the_same_time_is_refused(web: Any, tmp_path: Path) -> None:
    other = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(DownloadError, match="another run"):
            fetch(web, tmp_path / "a.zip")
    finally:
        os.close(other)
    assert web.requests == []


def test_file_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_sha256(tmp_path / "a").startswith("ba7816bf8f01cfea")
