"""Views from the camera's process to its keeper through memory that both see.

The memory is an unnamed file (`memfd`): nothing lies in `/dev/shm`, and it is gone when the last of
the two has ended, however it ended. There are two slots; the writer fills the one that is not the
newest. Each slot is guarded by a lock of the kernel on one byte of the file: a copy that is torn
cannot be made, the locks order memory between processors, as numbers in shared memory alone would
not on ARM, and the lock of a killed process is released by the kernel.

Only pages that were written take memory, so room for colour costs nothing while pictures are grey.
"""

import contextlib
import fcntl
import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from inkwatch.camera.view import View
from inkwatch.frames.frame import Frame, Image

_SLOTS = 2
_PAGE_BYTES = 4096
_HEAD = struct.Struct("=QQdqB3IIIH")
_MAX_SOURCE_BYTES = _PAGE_BYTES - _HEAD.size
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Numbers at the start of the memory, 8 bytes each, so that each is stored at once.
_PUBLISHED, _TAKEN = 0, 1
_ALIVE = 2


class SharedFrames:
    """The newest view, and signs of life; one process writes, one reads.

    `max_pixels` is how many pixels a picture may have. The keeper makes the memory, its process
    opens the same by the descriptor `fd` that it inherited.
    """

    def __init__(self, max_pixels: int, fd: int | None = None) -> None:
        self.max_pixels = max_pixels
        whole_pages = -(-max_pixels // _PAGE_BYTES) * _PAGE_BYTES
        # A page of numbers, three bytes for each pixel, and the small picture at its largest.
        self._small_at = _PAGE_BYTES + 3 * whole_pages
        self._slot_bytes = self._small_at + whole_pages
        size = _PAGE_BYTES + _SLOTS * self._slot_bytes
        self.fd = os.memfd_create("inkwatch-views", os.MFD_CLOEXEC) if fd is None else fd
        if fd is None:
            os.ftruncate(self.fd, size)
        self._memory = mmap.mmap(self.fd, size)
        self._bytes: npt.NDArray[np.uint8] = np.frombuffer(self._memory, np.uint8)
        self._counts: npt.NDArray[np.uint64] = self._bytes[:64].view(np.uint64)
        self._times: npt.NDArray[np.float64] = self._bytes[:64].view(np.float64)
        self._given = 0

    # What the camera's process does.

    def publish(self, view: View) -> bool:
        """Hand a view over; it becomes the newest.

        Returns:
            False where the reader was still busy with the older slot: then this view is dropped.

        Raises:
            ValueError: the picture has more pixels than there is room for.
        """
        height, width = view.frame.image.shape[:2]
        if height * width > self.max_pixels or view.small.size > self.max_pixels:
            raise ValueError(f"{width} x {height} pixels are more than {self.max_pixels}")
        count = int(self._counts[_PUBLISHED]) + 1
        slot = count % _SLOTS
        if not self._lock(slot, fcntl.LOCK_EX):
            return False
        self._store(slot, count, view)
        self._unlock(slot)
        self._counts[_PUBLISHED] = count
        return True

    def touch(self) -> None:
        """Leave a sign of life."""
        self._times[_ALIVE] = time.monotonic()

    def taken(self) -> int:
        """How many views the reader has taken."""
        return int(self._counts[_TAKEN])

    # What the keeper does.

    def alive_s(self) -> float:
        """When the last sign of life was left, on the monotonic clock; 0 where none was."""
        return float(self._times[_ALIVE])

    def newest(self) -> View | None:
        """A copy of the newest view, or None where it was given before."""
        while (count := int(self._counts[_PUBLISHED])) > self._given:
            slot = count % _SLOTS
            # The lock is only ever held where a newer view was published meanwhile: then that one.
            if self._lock(slot, fcntl.LOCK_SH):
                self._given, view = self._load(slot)
                self._unlock(slot)
                self._counts[_TAKEN] += np.uint64(1)
                return view
            time.sleep(0.001)
            if count == int(self._counts[_PUBLISHED]):
                return None  # the writer died or stands still in the middle of it
        return None

    def close(self) -> None:
        """Let the memory go; may be called twice."""
        if self.fd < 0:
            return
        del self._bytes, self._counts, self._times
        with contextlib.suppress(BufferError):
            self._memory.close()
        os.close(self.fd)
        self.fd = -1

    def _store(self, slot: int, count: int, view: View) -> None:
        frame = view.frame
        source = frame.source.encode("utf-8", "backslashreplace")[:_MAX_SOURCE_BYTES]
        wall_us = (frame.wall_time - _EPOCH) // _MICROSECOND
        channels = 1 if frame.image.ndim == 2 else 3
        sizes = (*frame.image.shape[:2], channels, *view.small.shape)
        at = self._slot_at(slot)
        _HEAD.pack_into(
            self._memory,
            at,
            *(count, view.number, frame.monotonic_s, wall_us, frame.time_synced),
            *(*sizes, len(source)),
        )
        self._memory[at + _HEAD.size : at + _HEAD.size + len(source)] = source
        # Copied through arrays: a picture may be a part of a larger one, with gaps between rows.
        self._pixels(at + _PAGE_BYTES, frame.image.shape)[...] = frame.image
        self._pixels(at + self._small_at, view.small.shape)[...] = view.small

    def _load(self, slot: int) -> tuple[int, View]:
        at = self._slot_at(slot)
        count, number, monotonic_s, wall_us, synced, *sizes, source_bytes = _HEAD.unpack_from(
            self._memory, at
        )
        height, width, channels, small_height, small_width = sizes
        source = self._memory[at + _HEAD.size : at + _HEAD.size + source_bytes]
        shape = (height, width) if channels == 1 else (height, width, channels)
        frame = Frame(
            image=self._pixels(at + _PAGE_BYTES, shape).copy(),
            source=source.decode("utf-8", "replace"),
            monotonic_s=monotonic_s,
            wall_time=_EPOCH + wall_us * _MICROSECOND,
            time_synced=bool(synced),
        )
        small = self._pixels(at + self._small_at, (small_height, small_width)).copy()
        return count, View(frame, small, number)

    def _slot_at(self, slot: int) -> int:
        return _PAGE_BYTES + slot * self._slot_bytes

    def _pixels(self, at: int, shape: tuple[int, ...]) -> Image:
        return self._bytes[at : at + int(np.prod(shape))].reshape(shape)

    def _lock(self, slot: int, how: int) -> bool:
        try:
            fcntl.lockf(self.fd, how | fcntl.LOCK_NB, 1, slot)
        except OSError:
            return False
        return True

    def _unlock(self, slot: int) -> None:
        fcntl.lockf(self.fd, fcntl.LOCK_UN, 1, slot)
