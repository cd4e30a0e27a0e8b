"""The queue's part on the disk, whatever the disk does: full, read-only, worn out or damaged."""

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from inkwatch.publish.mqtt.counters import Counters
from inkwatch.publish.mqtt.queue_file import (
    FileLock,
    QueueHeldError,
    salvage_counters,
    set_aside,
)
from inkwatch.publish.mqtt.store import DamagedError, Message, Store, is_damage

LATE_PLACE = 2**50
"""Places from here are given while it is not known what waits on the disk."""

_RETRY_S = 10.0

_log = logging.getLogger("inkwatch")


class QueueDisk:
    """Keeps messages in the queue's file. One thread at a time; no method raises for its faults.

    A file that is damaged is set aside and a new one begun. What is delivered while nothing can be
    removed is hidden until it can.

    Attributes:
        fault: why the disk takes nothing, in words for people; '' while it does.
        aside: what became of a damaged file since the start, in words; '' where none was.
        waiting: how many messages wait on the disk and are not hidden.
        cost: bytes that these count for.
        last_place: the highest place that the file held when it was opened.
    """

    def __init__(self, path: Path, counters: Counters, clock: Callable[[], float]) -> None:
        """Open the file, or begin one.

        Raises:
            QueueHeldError: another process uses it.
        """
        self._path = path
        self._counters = counters
        self._clock = clock
        self._lock: FileLock | None = None
        self._store: Store | None = None
        self._gone: set[int] = set()
        self._told_fault = False
        self._retry_at_s = clock()
        self.fault = ""
        self.aside = ""
        self.waiting = 0
        self.cost = 0
        self.last_place = 0
        self._open()

    def has(self, event_id: str) -> bool:
        """Whether a message with that id waits."""
        if self._store is None:
            return False
        try:
            return self._store.has(event_id)
        except sqlite3.Error as error:
            self._mended(error)
            return False

    def add(self, messages: list[Message]) -> list[Message] | None:
        """Keep messages; gives those that were new, None where the disk takes none."""
        for _ in range(2):
            if self._store is None:
                return None
            try:
                new = self._store.add(messages, self._counters.rows)
            except sqlite3.Error as error:
                if not self._mended(error):
                    return None
            else:
                self.waiting += len(new)
                self.cost += sum(message.cost for message in new)
                return new
        return None

    def after(self, place: int, limit: int) -> list[Message]:
        """The oldest messages behind a place."""
        if self._store is None:
            return []
        found: list[Message] = []
        try:
            while len(found) < limit:
                rows = self._store.after(place, limit)
                found += [row for row in rows if row.place not in self._gone]
                if len(rows) < limit:
                    break
                place = rows[-1].place
        except sqlite3.Error as error:
            self._mended(error)
        return found[:limit]

    def newest(self) -> Message | None:
        """The message that was put last."""
        if self._store is None:
            return None
        try:
            newest = self._store.newest()
            while newest is not None and newest.place in self._gone:
                newest = self._store.newest(before=newest.place)
        except sqlite3.Error as error:
            self._failed(error)
            return None
        return newest

    def forget(self, places: list[int]) -> None:
        """Remove messages, with those that could not be removed before, or hide them."""
        if self._store is None:
            return
        if not self.fault:
            try:
                count, size = self._store.remove(places, self._gone, self._counters.rows)
            except sqlite3.Error as error:
                if self._mended(error):
                    return
            else:
                self._gone.clear()
                self.waiting -= count
                self.cost -= size
                return
        self._hide(places)

    def try_again(self, *, at_once: bool = False) -> bool:
        """Take up a disk that failed, if its time has come; whether it may be written to now."""
        if not at_once and self._clock() < self._retry_at_s:
            return False
        self._retry_at_s = self._clock() + _RETRY_S
        if self._store is None:
            try:
                opened = self._open()
            except QueueHeldError as error:
                self._failed(error)
                return False
            if not opened:
                return False
        self.fault = ""
        if self._store is not None:
            self._store.reclaim()
        # What was delivered goes first: it makes room.
        self.forget([])
        return True

    def tell_well(self) -> None:
        """Say that the disk takes everything again."""
        self._told_fault = False
        _log.info("The queue is on the disk again.")

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        if self._store is not None:
            self._store.close()
            self._store = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _open(self) -> bool:
        """Lock and open the file, setting a damaged one aside; False, and noted, if that fails."""
        try:
            if self._lock is None:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._lock = FileLock(self._path.with_name(self._path.name + ".lock"))
            try:
                self._store = Store(self._path)
            except DamagedError as error:
                self._begin_anew(error)
            store = self._store
            assert store is not None  # noqa: S101 - for the type checker
            counters = store.counters()
            store.close_gap(LATE_PLACE)
            newest = store.newest()
            self.waiting, self.cost = store.totals()
        except (OSError, sqlite3.Error, DamagedError) as error:
            if self._store is not None:
                self._store.close()
                self._store = None
            self._failed(error)
            return False
        self._counters.raise_to(counters)
        self.last_place = newest.place if newest else 0
        self.fault = ""
        self._told_fault = False
        return True

    def _begin_anew(self, error: Exception) -> None:
        """Set the damaged file aside and open a new one, which goes on counting."""
        if self._store is not None:
            self._store.close()
            self._store = None
        saved = salvage_counters(self._path)
        aside = set_aside(self._path)
        self._counters.raise_to(saved)
        self.aside = (
            f"The queue's file was damaged ({error}); it was set aside as {aside}. What waited in "
            "it is lost. Look at the disk: SD cards wear out."
        )
        _log.warning("%s", self.aside)
        self._gone.clear()
        self._store = Store(self._path)
        self._store.add([], self._counters.rows)
        self.waiting = self.cost = 0

    def _hide(self, places: list[int]) -> None:
        """Leave out of what is given what cannot be removed from the disk yet."""
        if self._store is None:
            return
        try:
            costs = self._store.costs([place for place in places if place not in self._gone])
        except sqlite3.Error as error:
            self._mended(error)
            return
        self._gone.update(costs)
        self.waiting -= len(costs)
        self.cost -= sum(costs.values())

    def _mended(self, error: sqlite3.Error) -> bool:
        """Begin anew where the file is damaged; else note that the disk takes nothing."""
        if is_damage(error):
            try:
                self._begin_anew(error)
            except (OSError, sqlite3.Error, DamagedError) as worse:
                self._failed(worse)
                return False
            return True
        self._failed(error)
        return False

    def _failed(self, error: Exception) -> None:
        words = (
            f"The queue {self._path} cannot be written ({error}): readings are kept in memory and "
            "lost at a restart. Make room on the disk, or check its rights."
        )
        if not self.fault:
            self._retry_at_s = self._clock() + _RETRY_S
        if not self._told_fault:
            self._told_fault = True
            _log.warning("%s", words)
        self.fault = words
