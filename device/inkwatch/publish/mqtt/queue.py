"""Events between reading and broker: in order, bounded, in memory while the disk fails."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from inkwatch.health import QueueHealth
from inkwatch.publish.mqtt.counters import Counters
from inkwatch.publish.mqtt.queue_disk import LATE_PLACE, QueueDisk
from inkwatch.publish.mqtt.spare import Spare
from inkwatch.publish.mqtt.store import Message

MEMORY_BYTES = 4 * 1024 * 1024
"""What is kept in memory at the most while the disk takes nothing."""

_BATCH = 16

_log = logging.getLogger("inkwatch")


def boot_id() -> str:
    """Which boot this is: monotonic times of two boots cannot be compared. '' where not known."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


class Queue:
    """Takes events, gives them in order until each is acknowledged. For use by several threads.

    While the disk is full or may not be written, events are kept in memory, up to `MEMORY_BYTES`,
    and go to the disk once it takes them again. Beyond the bound the oldest is dropped and counted.
    No method raises for the disk's faults; `problems` tells them.
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
        self._max_bytes = max_bytes
        self._boot = boot_id() if boot is None else boot
        self._mutex = threading.RLock()
        self._counters = Counters()
        self._spare = Spare(min(MEMORY_BYTES, max_bytes))
        self._told_full = False
        self._closed = False
        self._disk = QueueDisk(path, self._counters, clock)
        # What may wait on a disk that failed is older than all that comes now.
        self._next_place = LATE_PLACE if self._disk.fault else self._disk.last_place + 1

    @property
    def boot(self) -> str:
        """Which boot this is."""
        return self._boot

    @property
    def last_sequence(self) -> int:
        """The highest sequence number that was ever put."""
        with self._mutex:
            return self._counters.sequence

    @property
    def health(self) -> QueueHealth:
        """What waits, and what was ever dropped."""
        with self._mutex:
            return QueueHealth(self._waiting, self._bytes, self._counters.dropped)

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with the disk now, and what was set aside since the start."""
        with self._mutex:
            return tuple(words for words in (self._disk.fault, self._disk.aside) if words)

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
            self._counters.sequence = max(self._counters.sequence, sequence)
            if self._spare.has(event_id) or self._disk.has(event_id):
                return
            if message.cost > self._max_bytes:
                self._counters.dropped += 1
                _log.warning("A message of %d bytes is larger than the queue.", message.cost)
                return
            if self._disk.fault:
                self._try_again()
            self._make_room(message.cost)
            if self._disk.fault or self._disk.add([message]) is None:
                self._counters.dropped += len(self._spare.put(message))

    def peek(self, after: int, limit: int) -> list[Message]:
        """The oldest events whose place is above `after`, in order; they stay."""
        with self._mutex:
            if not self._waiting:
                return []
            found = self._disk.after(after, limit)
            found += self._spare.after(after)
            return found[:limit]

    def newest(self) -> Message | None:
        """The event that was put last, if it still waits."""
        with self._mutex:
            if (kept := self._spare.newest) is not None:
                return kept
            return self._disk.newest() if self._waiting else None

    def acknowledge(self, places: list[int]) -> None:
        """Forget events that were delivered."""
        with self._mutex:
            self._forget(places)

    def discard(self, place: int) -> None:
        """Drop an event that can never be delivered, and count it."""
        with self._mutex:
            self._counters.dropped += 1
            self._forget([place])

    def tend(self) -> None:
        """Try the disk again where it failed; to be called now and then. Cheap when all is well."""
        with self._mutex:
            if self._disk.fault and not self._closed:
                self._try_again()

    def close(self) -> None:
        """Close the file; what waits stays in it."""
        with self._mutex:
            if self._spare and not self._closed:
                self._try_again(at_once=True)
            self._closed = True
            self._disk.close()

    @property
    def _waiting(self) -> int:
        return self._disk.waiting + len(self._spare)

    @property
    def _bytes(self) -> int:
        return self._disk.cost + self._spare.cost

    def _forget(self, places: list[int]) -> None:
        self._spare.remove(set(places))
        self._disk.forget(places)

    def _make_room(self, cost: int) -> None:
        before = self._counters.dropped
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
            self._counters.dropped += len(places)
            self._forget(places)
        if self._counters.dropped > before and not self._told_full:
            self._told_full = True
            _log.warning(
                "The queue to the broker is full (%d bytes): the oldest readings are dropped.",
                self._max_bytes,
            )
        elif self._bytes < self._max_bytes // 2:
            self._told_full = False

    def _try_again(self, *, at_once: bool = False) -> None:
        """Go back to the disk where it takes what is in memory, a few at a time."""
        if not self._disk.try_again(at_once=at_once):
            return
        self._next_place = max(self._next_place, self._disk.last_place + 1)
        while self._spare and not self._disk.fault:
            batch = self._spare.oldest(_BATCH)
            if self._disk.add(batch) is not None:
                self._spare.remove({message.place for message in batch})
        if not self._disk.fault:
            self._disk.tell_well()
