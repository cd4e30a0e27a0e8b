"""The queue on a real disk: order, bounds, damage, a disk that takes nothing."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from inkwatch.publish.mqtt import queue as queue_module
from inkwatch.publish.mqtt import queue_disk as queue_disk_module
from inkwatch.publish.mqtt import queue_file
from inkwatch.publish.mqtt.queue import Queue
from inkwatch.publish.mqtt.queue_disk import LATE_PLACE
from inkwatch.publish.mqtt.queue_file import QueueHeldError
from inkwatch.publish.mqtt.store import ROW_OVERHEAD_BYTES, Store

LARGE = 1_000_000


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def fill(queue: Queue, numbers: range, size: int = 10) -> None:
    for number in numbers:
        queue.put(f"id{number}", number, b"x" * size, float(number))


def ids(queue: Queue) -> list[str]:
    return [message.id for message in queue.peek(0, 10_000)]


def names(numbers: range) -> list[str]:
    return [f"id{number}" for number in numbers]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "queue.db"


def test_what_was_put_is_there_in_order_after_reopening(path: Path) -> None:
    queue = Queue(path, LARGE, boot="a")
    fill(queue, range(1, 8))
    queue.acknowledge([message.place for message in queue.peek(0, 2)])
    queue.close()
    again = Queue(path, LARGE, boot="b")
    assert ids(again) == names(range(3, 8))
    assert again.last_sequence == 7
    first = again.peek(0, 1)[0]
    assert (first.payload, first.boot, first.taken_s) == (b"x" * 10, "a", 3.0)
    newest = again.newest()
    assert newest is not None
    assert newest.id == "id7"
    assert again.health.waiting == 5
    assert again.health.waiting_bytes == 5 * (10 + ROW_OVERHEAD_BYTES)
    again.close()


def test_peek_goes_on_behind_a_place(path: Path) -> None:
    queue = Queue(path, LARGE)
    fill(queue, range(5))
    second = queue.peek(0, 2)[-1]
    assert [m.id for m in queue.peek(second.place, 2)] == ["id2", "id3"]
    queue.close()


def test_one_id_is_kept_once(path: Path) -> None:
    queue = Queue(path, LARGE)
    fill(queue, range(3))
    fill(queue, range(3))
    assert ids(queue) == names(range(3))
    assert queue.health.waiting == 3
    queue.close()


def test_the_oldest_is_dropped_and_counted_over_restarts(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cost = 1000 + ROW_OVERHEAD_BYTES
    queue = Queue(path, 5 * cost)
    fill(queue, range(1, 13), size=1000)
    assert ids(queue) == names(range(8, 13))
    assert queue.health.dropped == 7
    assert queue.health.waiting_bytes == 5 * cost
    assert caplog.text.count("full") == 1
    queue.close()
    again = Queue(path, 5 * cost)
    assert again.health.dropped == 7
    again.put("giant", 13, b"x" * (6 * cost), 0.0)
    assert again.health.dropped == 8
    assert ids(again) == names(range(8, 13))
    again.close()


def test_an_id_that_waits_already_takes_no_room(path: Path) -> None:
    queue = Queue(path, 3 * (1000 + ROW_OVERHEAD_BYTES))
    fill(queue, range(3), size=1000)
    queue.put("id2", 2, b"x" * 1000, 0.0)
    assert ids(queue) == names(range(3))
    assert queue.health.dropped == 0
    queue.close()


def test_what_can_never_be_sent_counts_as_dropped(path: Path) -> None:
    queue = Queue(path, LARGE)
    fill(queue, range(3))
    queue.discard(queue.peek(0, 1)[0].place)
    assert ids(queue) == ["id1", "id2"]
    assert queue.health.dropped == 1
    queue.close()


def test_only_the_owner_may_read_it(path: Path) -> None:
    old = os.umask(0)
    try:
        queue = Queue(path, LARGE)
        fill(queue, range(3))
    finally:
        os.umask(old)
    files = list(path.parent.iterdir())
    assert {file.name for file in files} >= {"queue.db", "queue.db-wal"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    queue.close()


def test_nothing_is_written_while_nothing_waits(path: Path) -> None:
    queue = Queue(path, LARGE)
    fill(queue, range(3))
    queue.acknowledge([message.place for message in queue.peek(0, 9)])

    def written() -> dict[str, tuple[int, int]]:
        return {f.name: (f.stat().st_mtime_ns, f.stat().st_size) for f in path.parent.iterdir()}

    before = written()
    for _ in range(50):
        assert queue.peek(0, 10) == []
        assert queue.newest() is None
        queue.tend()
        assert queue.health.waiting == 0
    assert written() == before
    queue.close()


@pytest.mark.parametrize(
    "junk", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 9000]
)
def test_a_damaged_file_is_set_aside(path: Path, junk: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(junk)
    queue = Queue(path, LARGE)
    assert "damaged-1" in queue.problems[0]
    assert path.with_name("queue.db.damaged-1").read_bytes() == junk
    fill(queue, range(4))
    queue.close()
    assert ids(Queue(path, LARGE)) == names(range(4))


def test_few_damaged_files_are_kept(path: Path) -> None:
    for _ in range(5):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"junk" * 500)
        Queue(path, LARGE).close()
    aside = sorted(file.name for file in path.parent.glob("*damaged*"))
    assert aside == [f"queue.db.damaged-{number}" for number in (3, 4, 5)]


def test_damage_while_in_use_loses_no_count(path: Path) -> None:
    queue = Queue(path, LARGE)
    fill(queue, range(1, 200), size=2000)
    queue.discard(1)
    # All pages but the first, behind the back of who has it open.
    queue._disk._store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    queue._disk._store._connection.execute("PRAGMA cache_size=0")  # type: ignore[union-attr]
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    queue.peek(0, 10)
    fill(queue, range(200, 203))
    assert ids(queue) == names(range(200, 203))
    assert (queue.last_sequence, queue.health.dropped) == (202, 1)
    assert any("damaged-1" in words for words in queue.problems)
    queue.close()
    assert Queue(path, LARGE).last_sequence == 202


def test_a_queue_of_another_version_is_set_aside(path: Path) -> None:
    Queue(path, LARGE).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=9")
    queue = Queue(path, LARGE)
    assert "version is 9" in queue.problems[0]
    queue.close()


def test_a_second_holder_gets_a_clear_error(path: Path) -> None:
    queue = Queue(path, LARGE)
    with pytest.raises(QueueHeldError, match="this process"):
        Queue(path, LARGE)
    program = (
        "import sys; from pathlib import Path; from inkwatch.publish.mqtt.queue import Queue\n"
        "Queue(Path(sys.argv[1]), 99999)"
    )
    command = [sys.executable, "-c", program, str(path)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert "another inkwatch uses this queue" in second.stderr
    queue.close()
    subprocess.run(command, check=True, timeout=60)


class FullDisk:
    """Makes every write to the file fail, as a full disk does, until it is freed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = False
        add, remove = Store.add, Store.remove

        def guarded_add(store: Store, *args: object) -> object:
            self.check()
            return add(store, *args)  # type: ignore[arg-type]

        def guarded_remove(store: Store, *args: object) -> object:
            self.check()
            return remove(store, *args)  # type: ignore[arg-type]

        monkeypatch.setattr(Store, "add", guarded_add)
        monkeypatch.setattr(Store, "remove", guarded_remove)

    def check(self) -> None:
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")


def test_a_full_disk_is_told_and_left_in_order(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    disk, clock = FullDisk(monkeypatch), Clock()
    queue = Queue(path, LARGE, clock=clock)
    fill(queue, range(3))
    disk.full = True
    fill(queue, range(3, 6))
    assert ids(queue) == names(range(6))
    assert "full" in queue.problems[0]
    queue.acknowledge([queue.peek(0, 1)[0].place])
    assert ids(queue) == names(range(1, 6))
    for _ in range(5):
        clock.now_s += 11
        queue.tend()
    assert caplog.text.count("cannot be written") == 1
    disk.full = False
    clock.now_s += 11
    queue.tend()
    assert queue.problems == ()
    fill(queue, range(6, 8))
    assert ids(queue) == names(range(1, 8))
    assert queue.health.waiting == 7
    queue.close()
    assert ids(Queue(path, LARGE)) == names(range(1, 8))


def test_memory_is_bounded_while_the_disk_is_full(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_module, "MEMORY_BYTES", 3 * (100 + ROW_OVERHEAD_BYTES))
    disk = FullDisk(monkeypatch)
    queue = Queue(path, LARGE, clock=Clock())
    disk.full = True
    fill(queue, range(10), size=100)
    assert ids(queue) == names(range(7, 10))
    assert (queue.health.waiting, queue.health.dropped) == (3, 7)
    disk.full = False
    queue.close()
    again = Queue(path, LARGE)
    assert ids(again) == names(range(7, 10))
    assert again.health.dropped == 7


def test_a_disk_that_comes_late_is_taken_with_what_waits_on_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    queue = Queue(path, LARGE)
    fill(queue, range(3))
    queue.close()

    def read_only(*_: object) -> None:
        raise PermissionError("Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(queue_disk_module, "Store", read_only)
        late = Queue(path, LARGE, clock=clock)
        fill(late, range(3, 5))
        assert "Read-only" in late.problems[0]
        assert ids(late) == ["id3", "id4"]
    clock.now_s += 11
    late.tend()
    assert ids(late) == names(range(5))
    assert late.health.waiting == 5
    late.close()
    # At the next start places are small again, so that this can happen any number of times.
    again = Queue(path, LARGE)
    assert ids(again) == names(range(5))
    assert all(message.place < LATE_PLACE for message in again.peek(0, 9))
    again.close()


def test_a_disk_that_comes_late_and_is_anothers_is_left_to_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()

    def read_only(*_: object) -> None:
        raise PermissionError("Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(queue_disk_module, "FileLock", read_only)
        late = Queue(path, LARGE, clock=clock)
    other = Queue(path, LARGE)
    fill(other, range(2))
    clock.now_s += 11
    fill(late, range(2, 4))
    assert "uses the queue" in late.problems[0]
    assert ids(late) == ["id2", "id3"]
    other.close()
    clock.now_s += 11
    late.tend()
    assert ids(late) == names(range(4))
    late.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small file system")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(small)],
        capture_output=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        clock = Clock()
        queue = Queue(small / "queue.db", 100 * LARGE, clock=clock)
        filler = small / "filler"
        filler.write_bytes(b"x" * 200_000)
        fill(queue, range(200), size=3000)
        assert queue.problems
        assert ids(queue) == names(range(200))
        # Delivering makes room, and so does a file that goes.
        queue.acknowledge([m.place for m in queue.peek(0, 150)])
        filler.unlink()
        clock.now_s += 11
        queue.tend()
        assert queue.problems == ()
        queue.close()
        again = Queue(small / "queue.db", 100 * LARGE)
        assert ids(again) == names(range(150, 200))
        again.close()
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_what_a_closed_queue_is_asked_harms_nothing(path: Path) -> None:
    queue = Queue(path, LARGE)
    fill(queue, range(3))
    queue.close()
    queue.close()
    queue.tend()
    queue.acknowledge([1])
    assert queue.newest() is None
    assert not any(name.startswith(str(path)) for name in queue_file._held)
    assert ids(Queue(path, LARGE)) == names(range(3))
