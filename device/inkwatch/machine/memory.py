"""How much memory a process holds, and giving back what it does not need."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROC = Path("/proc")

LARGE_BYTES = 1 << 20
"""From this size on memory counts as large."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_USUAL_TRIM_BYTES = 128 << 10
_AT_HAND_BYTES, _KEPT_BYTES = 32 << 20, 256 << 20
"""The largest piece that glibc takes from its heap, and more than a reading ever frees."""


def rss_bytes(pid: int | None = None, *, proc: Path = PROC) -> int:
    """Memory of a process that is in RAM, shared parts counted in full.

    Args:
        pid: which process; this one where left out.
        proc: where the kernel tells it.

    Returns:
        Bytes; 0 where the process is gone or the kernel does not tell.
    """
    try:
        pages = (proc / _name(pid) / "statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


def pss_bytes(pid: int | None = None, *, proc: Path = PROC) -> int:
    """Memory of a process where each shared page counts by its share; these can be summed.

    The kernel walks all of the process's pages for it: for now and then, not for every frame.

    Args:
        pid: which process; this one where left out.
        proc: where the kernel tells it.

    Returns:
        Bytes; 0 where the process is gone, another user's, or the kernel does not tell.
    """
    try:
        rows = (proc / _name(pid) / "smaps_rollup").read_text(encoding="utf-8").splitlines()
        return next(int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:"))
    except (OSError, ValueError, IndexError, StopIteration):
        return 0


def trim() -> bool:
    """Give freed memory back to the system, which glibc keeps otherwise (malloc_trim(3)).

    Returns:
        Whether anything was given back; False too where the C library has no such call.
    """
    try:
        return bool(ctypes.CDLL(None).malloc_trim(0))
    except (AttributeError, OSError):
        return False


def map_large(least_bytes: int) -> bool:
    """Have each piece of memory from a size on mapped for itself, and given back when freed.

    glibc raises that size to what was freed last, and so keeps a picture's memory in its heap for
    ever (mallopt(3), M_MMAP_THRESHOLD). Each use costs page faults: for processes that make few.

    Returns:
        Whether it holds; False where the C library has no such call.
    """
    return _set(_M_MMAP_THRESHOLD, least_bytes)


@contextmanager
def ample() -> Iterator[None]:
    """Keep freed memory at hand within, for what asks for it again and again; not behind.

    A reading takes a quarter longer where each of its pictures is mapped and given back; between
    readings a camera's last picture would stay in the heap.
    """
    _set(_M_MMAP_THRESHOLD, _AT_HAND_BYTES)
    _set(_M_TRIM_THRESHOLD, _KEPT_BYTES)
    try:
        yield
    finally:
        _set(_M_MMAP_THRESHOLD, LARGE_BYTES)
        _set(_M_TRIM_THRESHOLD, _USUAL_TRIM_BYTES)


def _set(option: int, value: int) -> bool:
    try:
        return bool(ctypes.CDLL(None).mallopt(option, value))
    except (AttributeError, OSError):
        return False


def _name(pid: int | None) -> str:
    return "self" if pid is None else str(pid)
