"""Events between reading and broker: on disk, in order, bounded, whatever the disk does."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from inkwatch.health import QueueHealth
from inkwatch.publish.mqtt.queue_file import (
    FileLock,
    QueueHeldError,
    salvage_counters,
    set_aside,
)
from inkwatch.publish.mqtt.spare import Spare
from inkwatch.publish.mqtt.store import DamagedError, Message, Store, is_damage

MEMORY_BYTES = 4 * 1024 * 1024
"""What is kept in memory at the most while the disk takes nothing."""

LATE_PLACE = 2**50
"""Places from here are given while it is not known what waits on the disk."""

_RETRY_S = 10.0
_BATCH = 16
_SEQUENCE, _DROPPED = "sequence", "dropped"

_log = logging.getLogger("inkwatch")


def boot_id() -> str:
    """Which boot this is: monotonic times of two boots cannot be compared. '' where not known."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


class Queue:
    """Takes events, gives them in order until each is acknowledged. For use by several threads.

    A file that is damaged is set aside and a new one begun. While the disk is full or may not be
    written, events are kept in memory, up to `MEMORY_BYTES`, and go to the disk once it takes them
    again. Beyond the bound the oldest is dropped and counted. No method raises for the disk's
    faults; `problem` tells them.
    """

    def __init__(
        self,
        path: Path,
        max_bytes: int,
        *,
        boot: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the queue, or begin one.

        Args:
            path: the file; its folder is made where it is missing.
            max_bytes: how much may wait.
            boot: which boot this is; asked of the kernel where left out.
            clock: monotonic seconds.

        Raises:
            QueueHeldError: another process uses it.
        """
        self._path = path
        self._max_bytes = max_bytes
        self._boot = boot_id() if boot is None else boot
        self._clock = clock
        self._mutex = threading.RLock()
        self._lock: FileLock | None = None
        self._store: Store | None = None
        self._spare = Spare(min(MEMORY_BYTES, max_bytes))
        self._gone: set[int] = set()
        self._waiting = 0
        self._bytes = 0
        self._dropped = 0
        self._sequence = 0
        self._next_place = 1
        self._disk_fault = ""
        self._aside = ""
        self._told_full = False
        self._told_fault = False
        self._retry_at_s = clock()
        self._closed = False
        self._open()
        if self._disk_fault:
            # What may wait on the disk is older than all that comes now.
            self._next_place = LATE_PLACE

    @property
    def boot(self) -> str:
        """Which boot this is."""
        return self._boot

    @property
    def last_sequence(self) -> int:
        """The highest sequence number that was ever put."""
        with self._mutex:
            return self._sequence

    @property
    def health(self) -> QueueHealth:
        """What waits, and what was ever dropped."""
        with self._mutex:
            return QueueHealth(self._waiting, self._bytes, self._dropped)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the disk now, and what was set aside since the start."""
        with self._mutex:
            return tuple(words for words in (self._disk_fault, self._aside) if words)

    def put(self, event_id: str, sequence: int, payload: bytes, taken_s: float) -> None:
        """Keep an event; when this returns it is on the disk, unless `problems` tells otherwise.

        Args:
            event_id: tells doubles; one that waits already is not taken twice.
            sequence: the device's number for it, remembered.
            payload: what is to be sent.
            taken_s: the monotonic time of its picture.
        """
        with self._mutex:
            message = Message(self._next_place, event_id, payload, self._boot, taken_s)
            self._next_place += 1
            self._sequence = max(self._sequence, sequence)
            if self._waits(event_id):
                return
            if message.cost > self._max_bytes:
                self._dropped += 1
                _log.warning("A message of %d bytes is larger than the queue.", message.cost)
                return
            if self._disk_fault:
                self._try_again()
            self._make_room(message.cost)
            new = None if self._disk_fault else self._write([message])
            if new is None:
                self._keep_in_memory(message)
            elif new:
                self._waiting += 1
                self._bytes += message.cost

    def peek(self, after: int, limit: int) -> list[Message]:
        """The oldest events whose place is above `after`, in order; they stay."""
        with self._mutex:
            if not self._waiting:
                return []
            found = self._read_disk(after, limit)
            found += self._spare.after(after)
            return found[:limit]

    def newest(self) -> Message | None:
        """The event that was put last, if it still waits."""
        with self._mutex:
            if (kept := self._spare.newest) is not None:
                return kept
            if self._store is None or not self._waiting:
                return None
            try:
                newest = self._store.newest()
                while newest is not None and newest.place in self._gone:
                    newest = self._store.newest(before=newest.place)
            except sqlite3.Error as error:
                self._disk_failed(error)
                return None
            return newest

    def acknowledge(self, places: list[int]) -> None:
        """Forget events that were delivered."""
        with self._mutex:
            self._forget(places)

    def discard(self, place: int) -> None:
        """Drop an event that can never be delivered, and count it."""
        with self._mutex:
            self._dropped += 1
            self._forget([place])

    def tend(self) -> None:
        """Try the disk again where it failed; to be called now and then. Cheap when all is well."""
        with self._mutex:
            if self._disk_fault and not self._closed:
                self._try_again()

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        with self._mutex:
            if self._spare and not self._closed:
                self._retry_at_s = self._clock()
                self._try_again()
            self._closed = True
            if self._store is not None:
                self._store.close()
                self._store = None
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    @property
    def _counters(self) -> dict[str, int]:
        return {_SEQUENCE: self._sequence, _DROPPED: self._dropped}

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
            self._waiting, self._bytes = store.totals()
        except (OSError, sqlite3.Error, DamagedError) as error:
            if self._store is not None:
                self._store.close()
                self._store = None
            self._disk_failed(error)
            return False
        self._sequence = max(self._sequence, counters.get(_SEQUENCE, 0))
        self._dropped = max(self._dropped, counters.get(_DROPPED, 0))
        self._next_place = max(self._next_place, 1 + (newest.place if newest else 0))
        self._disk_fault = ""
        self._told_fault = False
        return True

    def _begin_anew(self, error: Exception) -> None:
        """Set the damaged file aside and open a new one, which goes on counting."""
        if self._store is not None:
            self._store.close()
            self._store = None
        saved = salvage_counters(self._path)
        aside = set_aside(self._path)
        self._sequence = max(self._sequence, saved.get(_SEQUENCE, 0))
        self._dropped = max(self._dropped, saved.get(_DROPPED, 0))
        self._aside = (
            f"The queue's file was damaged ({error}); it was set aside as {aside}. What waited in "
            "it is lost. Look at the disk: SD cards wear out."
        )
        _log.warning("%s", self._aside)
        self._gone.clear()
        self._store = Store(self._path)
        self._store.add([], self._counters)
        self._waiting, self._bytes = len(self._spare), self._spare.cost

    def _write(self, messages: list[Message]) -> list[Message] | None:
        """Put messages on the disk; gives those that were new, None where it takes none."""
        for _ in range(2):
            if self._store is None:
                return None
            try:
                return self._store.add(messages, self._counters)
            except sqlite3.Error as error:
                if not self._mended(error):
                    return None
        return None

    def _read_disk(self, after: int, limit: int) -> list[Message]:
        if self._store is None:
            return []
        found: list[Message] = []
        try:
            while len(found) < limit:
                rows = self._store.after(after, limit)
                found += [row for row in rows if row.place not in self._gone]
                if len(rows) < limit:
                    break
                after = rows[-1].place
        except sqlite3.Error as error:
            self._mended(error)
        return found[:limit]

    def _forget(self, places: list[int]) -> None:
        self._count_out(self._spare.remove(set(places)))
        if self._store is None:
            return
        if not self._disk_fault:
            try:
                count, size = self._store.remove(places, self._gone, self._counters)
            except sqlite3.Error as error:
                if self._mended(error):
                    return
            else:
                self._gone.clear()
                self._waiting -= count
                self._bytes -= size
                return
        self._hide(places)

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
        self._waiting -= len(costs)
        self._bytes -= sum(costs.values())

    def _waits(self, event_id: str) -> bool:
        if self._spare.has(event_id):
            return True
        if self._store is None:
            return False
        try:
            return self._store.has(event_id)
        except sqlite3.Error as error:
            self._mended(error)
            return False

    def _make_room(self, cost: int) -> None:
        before = self._dropped
        while self._waiting and self._bytes + cost > self._max_bytes:
            oldest = self.peek(0, 32)
            if not oldest:
                break
            places, freed = [], 0
            for message in oldest:
                if self._bytes + cost - freed <= self._max_bytes:
                    break
                places.append(message.place)
                freed += message.cost
            self._dropped += len(places)
            self._forget(places)
        if self._dropped > before and not self._told_full:
            self._told_full = True
            _log.warning(
                "The queue to the broker is full (%d bytes): the oldest readings are dropped.",
                self._max_bytes,
            )
        elif self._bytes < self._max_bytes // 2:
            self._told_full = False

    def _keep_in_memory(self, message: Message) -> None:
        self._waiting += 1
        self._bytes += message.cost
        dropped = self._spare.put(message)
        self._dropped += len(dropped)
        self._count_out(dropped)

    def _count_out(self, messages: Sequence[Message]) -> None:
        self._waiting -= len(messages)
        self._bytes -= sum(message.cost for message in messages)

    def _mended(self, error: sqlite3.Error) -> bool:
        """Begin anew where the file is damaged; else note that the disk takes nothing."""
        if is_damage(error):
            try:
                self._begin_anew(error)
            except (OSError, sqlite3.Error, DamagedError) as worse:
                self._disk_failed(worse)
                return False
            return True
        self._disk_failed(error)
        return False

    def _disk_failed(self, error: Exception) -> None:
        words = (
            f"The queue {self._path} cannot be written ({error}): readings are kept in memory and "
            "lost at a restart. Make room on the disk, or check its rights."
        )
        if not self._disk_fault:
            self._retry_at_s = self._clock() + _RETRY_S
        if not self._told_fault:
            self._told_fault = True
            _log.warning("%s", words)
        self._disk_fault = words

    def _try_again(self) -> None:
        """Go back to the disk where it takes what is in memory, a few at a time."""
        if self._clock() < self._retry_at_s:
            return
        self._retry_at_s = self._clock() + _RETRY_S
        if self._store is None:
            try:
                opened = self._open()
            except QueueHeldError as error:
                self._disk_failed(error)
                return
            if not opened:
                return
            self._waiting += len(self._spare)
            self._bytes += self._spare.cost
        self._disk_fault = ""
        if self._store is not None:
            self._store.reclaim()
        # What was delivered goes first: it makes room.
        self._forget([])
        while self._spare and not self._disk_fault:
            batch = self._spare.oldest(_BATCH)
            new = self._write(batch)
            if new is not None:
                self._spare.remove({message.place for message in batch})
                self._count_out([double for double in batch if double not in new])
        if not self._disk_fault:
            self._told_fault = False
            _log.info("The queue is on the disk again.")
