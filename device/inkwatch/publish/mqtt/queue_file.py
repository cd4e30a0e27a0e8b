"""The queue's file as a whole: who holds it, and what becomes of a damaged one."""

import contextlib
import fcntl
import os
import sqlite3
from pathlib import Path

from inkwatch.errors import OutputError

_DAMAGED_KEPT = 3

_held: set[str] = set()


class QueueHeldError(OutputError):
    """Another process, or another part of this one, holds the queue's file."""


class FileLock:
    """Holds a queue's file for this process until it is released or the process ends.

    A lock of the POSIX kind: it is not handed on to children, so that the camera's process, should
    it outlive this one, does not keep the next from starting.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock.

        Raises:
            QueueHeldError: somebody else has it.
            OSError: the lock's file cannot be made.
        """
        self._name = os.path.realpath(path)
        if self._name in _held:
            raise QueueHeldError(f"{path}: this process uses the queue already.")
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise QueueHeldError(
                f"{path}: another inkwatch uses this queue. Stop it (Ctrl-C; the service: "
                "sudo systemctl stop inkwatch), or set another mqtt.queue.path."
            ) from error
        _held.add(self._name)

    def release(self) -> None:
        """Let go; may be called twice."""
        if self._name in _held:
            _held.discard(self._name)
            os.close(self._descriptor)


def salvage_counters(path: Path) -> dict[str, int]:
    """What can still be read of a damaged file's counters; empty where nothing can."""
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=1.0)) as connection:
            rows = connection.execute("SELECT name, value FROM counter").fetchall()
    except sqlite3.Error:
        return {}
    return {
        name: value
        for name, value in rows
        if isinstance(name, str) and isinstance(value, int) and 0 <= value < 2**53
    }


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with what belongs to it, to `NAME.damaged-N`; few are kept.

    Raises:
        OSError: it cannot be renamed.
    """
    pattern = f"{path.name}.damaged-"
    numbers = sorted(
        int(number)
        for entry in path.parent.glob(f"{pattern}*")
        if (number := entry.name.removeprefix(pattern)).isdigit()
    )
    aside = path.with_name(f"{pattern}{numbers[-1] + 1 if numbers else 1}")
    path.rename(aside)
    for suffix in ("-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    for old in numbers[: max(0, len(numbers) + 1 - _DAMAGED_KEPT)]:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(f"{pattern}{old}{suffix}").unlink(missing_ok=True)
    return aside
