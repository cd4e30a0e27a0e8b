"""Results in a folder, one file for each picture, and a journal by which a later run goes on.

The journal has a line of JSON for each result, written just before the result itself, with the
result's checksum: whatever stops a run, a result either stands as the journal has it or is made
again. Results and journal are each replaced or added to in one step.
"""

import contextlib
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from inkwatch.errors import OutputError
from inkwatch.publish.files import free_name, replace_file

JOURNAL = "inkwatch-journal.jsonl"


class Entry(msgspec.Struct, frozen=True):
    """A result: of which picture, as it was then, made how, and what the file holds."""

    picture: str
    size_bytes: int
    modified_ns: int
    settings: str
    result: str
    crc32: int


@dataclass(frozen=True, slots=True)
class PictureState:
    """A picture file as it is: its path, and what changes when it is written anew."""

    path: str
    size_bytes: int
    modified_ns: int

    @staticmethod
    def of(path: Path) -> "PictureState | None":
        """Look at a file; None where there is none to look at."""
        try:
            found = path.stat()
        except (OSError, ValueError):
            return None
        name = os.fsencode(path.absolute()).decode("utf-8", "backslashreplace")
        return PictureState(name, found.st_size, found.st_mtime_ns)


class ResultFolder:
    """Where results go. One run at a time writes to it; use it in a `with` block.

    Args:
        folder: made where it is missing.
        suffix: what the results' names end in, such as `.json`.
        settings: all that a result depends on beside its picture, as text.

    Raises:
        OutputError: the folder cannot be written to, or another run writes to it.
    """

    def __init__(self, folder: Path, suffix: str, settings: str) -> None:
        self._folder = folder
        self._suffix = suffix
        self._settings = f"{zlib.crc32(settings.encode('utf-8', 'surrogateescape')):08x}"
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._entries = {entry.picture: entry for entry in _entries(folder / JOURNAL)}
            self._journal = _open_alone(folder / JOURNAL)
            self._others = {path.name for path in folder.iterdir()}
        ours = [entry.result for entry in self._entries.values()]
        self._used = set(ours)
        self._others -= self._used

    def __enter__(self) -> "ResultFolder":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._journal.close()

    def has(self, picture: PictureState) -> bool:
        """Whether the result for a picture stands, and the picture and settings are as then."""
        entry = self._entries.get(picture.path)
        if entry is None or entry != self._entry(picture, entry.result, entry.crc32):
            return False
        try:
            data = (self._folder / entry.result).read_bytes()
        except OSError:
            return False
        return zlib.crc32(data) == entry.crc32

    def write(self, picture: PictureState, result: str) -> None:
        """Write a picture's result, in the place of an earlier one.

        Args:
            picture: as it was before it was read.
            result: what the file is to hold.

        Raises:
            OutputError: it cannot be written.
        """
        known = self._entries.get(picture.path)
        if known is not None and known.result.endswith(self._suffix):
            name = known.result
        else:
            name = free_name(picture.path, self._suffix, self._used, self._others)
        data = result.encode("utf-8", "backslashreplace")
        entry = self._entry(picture, name, zlib.crc32(data))
        with _told(self._folder):
            self._journal.write(msgspec.json.encode(entry) + b"\n")
            self._journal.flush()
            replace_file(self._folder / name, data)
        self._entries[picture.path] = entry

    def _entry(self, picture: PictureState, result: str, crc32: int) -> Entry:
        state = (picture.path, picture.size_bytes, picture.modified_ns)
        return Entry(*state, self._settings, result, crc32)


def _entries(journal: Path) -> Iterator[Entry]:
    """The journal's lines; a last one that was cut off, or any that is damaged, is passed over."""
    try:
        rows = journal.read_bytes().splitlines()
    except FileNotFoundError:
        return
    for row in rows:
        with contextlib.suppress(msgspec.DecodeError):
            yield msgspec.json.decode(row, type=Entry)


def _open_alone(journal: Path) -> IO[bytes]:
    import fcntl

    stream = journal.open("ab")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        stream.close()
        raise OutputError(
            f"{journal.parent}: another run writes its results here. Wait for it, or name another "
            "folder."
        ) from error
    # What a killed run left of a line must not be joined with the next.
    if stream.tell() and not journal.read_bytes().endswith(b"\n"):
        stream.write(b"\n")
    return stream


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{folder}: the results cannot be written: {error.strerror or error}. "
            "Name a folder that you may write to and that has room."
        ) from error
