"""The queue's file: SQLite with a write-ahead log."""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROW_OVERHEAD_BYTES = 128
"""Counted for each message beside its payload: its id, keys and the index."""

_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    place INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    payload BLOB NOT NULL,
    boot TEXT NOT NULL,
    taken_s REAL NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


class DamagedError(Exception):
    """The file is no queue, or is damaged."""


@dataclass(frozen=True, slots=True)
class Message:
    """What waits: `place` rises from message to message, `id` is the event's.

    `taken_s` is the monotonic time of the picture in the boot named by `boot`.
    """

    place: int
    id: str
    payload: bytes
    boot: str
    taken_s: float

    @property
    def cost(self) -> int:
        """Bytes it counts for."""
        return len(self.payload) + ROW_OVERHEAD_BYTES


class Store:
    """An open file. Every method but `close` may raise `sqlite3.Error`; one thread at a time.

    A message counts as kept once `add` returns: the log is synced to the disk (`synchronous=FULL`),
    so that a power cut does not take it. Removing is not worth that: after a power cut some
    messages may be sent twice, and ids tell doubles.
    """

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            DamagedError: it is no queue, or damaged.
            sqlite3.Error: it cannot be opened or written.
        """
        if not path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        self._connection = sqlite3.connect(
            path, timeout=2.0, isolation_level=None, check_same_thread=False, cached_statements=32
        )
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def _prepare(self) -> None:
        run = self._connection.execute
        try:
            run("PRAGMA journal_mode=WAL")
            run("PRAGMA wal_autocheckpoint=256")
            run("PRAGMA journal_size_limit=1048576")
            if run("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise DamagedError("its pages do not fit together")
            version = int(run("PRAGMA user_version").fetchone()[0])
            if version not in {0, _VERSION}:
                raise DamagedError(f"its version is {version}, {_VERSION} is known")
            if version == 0:
                self._connection.executescript(_SCHEMA)
                run(f"PRAGMA user_version={_VERSION}")
            run("SELECT place, id, payload, boot, taken_s FROM message LIMIT 1").fetchone()
            run("SELECT name, value FROM counter LIMIT 1").fetchone()
        except sqlite3.DatabaseError as error:
            if is_damage(error):
                raise DamagedError(str(error)) from error
            raise

    def totals(self) -> tuple[int, int]:
        """How many messages wait, and what they cost in bytes."""
        count, size = self._connection.execute(
            "SELECT count(*), coalesce(sum(length(payload)), 0) FROM message"
        ).fetchone()
        return int(count), int(size) + int(count) * ROW_OVERHEAD_BYTES

    def counters(self) -> dict[str, int]:
        """All counters by name."""
        rows = self._connection.execute("SELECT name, value FROM counter")
        return {str(name): int(value) for name, value in rows}

    def has(self, event_id: str) -> bool:
        """Whether a message with that id waits."""
        found = self._connection.execute("SELECT 1 FROM message WHERE id = ?", (event_id,))
        return found.fetchone() is not None

    def add(self, messages: list[Message], counters: dict[str, int]) -> list[Message]:
        """Keep messages and set counters, all or nothing.

        Returns:
            Those that were new; an id that waits already is not kept twice.
        """
        new = []
        with self._transaction(durable=True):
            for message in messages:
                done = self._connection.execute(
                    "INSERT INTO message VALUES (?,?,?,?,?) ON CONFLICT (id) DO NOTHING",
                    (message.place, message.id, message.payload, message.boot, message.taken_s),
                )
                if done.rowcount:
                    new.append(message)
            self._count(counters)
        return new

    def close_gap(self, start: int) -> None:
        """Move messages with places from `start` on down, to right behind the others.

        Writes only where there are any. Nobody may know a place before this.
        """
        run = self._connection.execute
        (highest,) = run("SELECT max(place) FROM message").fetchone()
        if highest is not None and highest >= start:
            (last,) = run("SELECT max(place) FROM message WHERE place < ?", (start,)).fetchone()
            (first,) = run("SELECT min(place) FROM message WHERE place >= ?", (start,)).fetchone()
            with self._transaction(durable=False):
                run(
                    "UPDATE message SET place = place - ? WHERE place >= ?",
                    (first - (last or 0) - 1, start),
                )

    def after(self, place: int, limit: int) -> list[Message]:
        """The oldest messages behind a place."""
        rows = self._connection.execute(
            "SELECT place, id, payload, boot, taken_s FROM message WHERE place > ? "
            "ORDER BY place LIMIT ?",
            (place, limit),
        )
        return [Message(*row) for row in rows]

    def newest(self, before: int = 2**62) -> Message | None:
        """The message put last, of those with a lower place than `before`."""
        row = self._connection.execute(
            "SELECT place, id, payload, boot, taken_s FROM message WHERE place < ? "
            "ORDER BY place DESC LIMIT 1",
            (before,),
        ).fetchone()
        return None if row is None else Message(*row)

    def costs(self, places: list[int]) -> dict[int, int]:
        """What messages cost in bytes, by place; those that are not there are left out."""
        found = {}
        for place in places:
            row = self._connection.execute(
                "SELECT length(payload) FROM message WHERE place = ?", (place,)
            ).fetchone()
            if row is not None:
                found[place] = int(row[0]) + ROW_OVERHEAD_BYTES
        return found

    def remove(
        self, places: list[int], uncounted: Iterable[int], counters: dict[str, int]
    ) -> tuple[int, int]:
        """Forget messages, and set counters.

        Returns:
            How many of `places` were there, and their cost in bytes; `uncounted` are left out.
        """
        with self._transaction(durable=False):
            for place in uncounted:
                self._connection.execute("DELETE FROM message WHERE place = ?", (place,))
            costs = self.costs(places)
            for place in costs:
                self._connection.execute("DELETE FROM message WHERE place = ?", (place,))
            self._count(counters)
        return len(costs), sum(costs.values())

    def reclaim(self) -> None:
        """Give the log's room back, as far as the disk lets. Never raises."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Close the file. Never raises."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _count(self, counters: dict[str, int]) -> None:
        for name, value in counters.items():
            self._connection.execute(
                "INSERT INTO counter VALUES (?, ?) "
                "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name, value),
            )

    @contextlib.contextmanager
    def _transaction(self, *, durable: bool) -> Iterator[None]:
        run = self._connection.execute
        run(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        run("BEGIN IMMEDIATE")
        try:
            yield
            run("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                run("ROLLBACK")
            raise


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault, and not the disk or its rights."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or (
        # A file of another program that happens to be SQLite has other tables.
        name == "SQLITE_ERROR" and "no such" in str(error)
    )
