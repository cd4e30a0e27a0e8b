"""A folder as a camera: its pictures one after the other, then whatever is dropped into it."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.still import again, view_of
from inkwatch.camera.view import View
from inkwatch.errors import InputError
from inkwatch.frames.decode import NotAPictureError, read_picture, show_name
from inkwatch.frames.files import PICTURE_SUFFIXES, natural_key

_LEAST_TAKEN = 6
_LOOK_S = 0.5
_RESCAN_S = 5.0
"""A file that is written over in its place does not change the folder's own time."""
_STEADY_S = 1.0
_GIVE_UP_S = 10.0

Stamp = tuple[int, int, int]
"""A file's inode, size and time of change: other where it is another file by the same name."""


@dataclass(slots=True)
class _Coming:
    """A file that is new: as it looked last, and since when it has looked so."""

    stamp: Stamp
    since_s: float
    shown: bool = False


class FolderCamera:
    """Shows each picture until it was looked at for long enough, and the last one on and on.

    Pictures that are there come in natural order, later ones in the order in which they were whole.
    A new file is opened when it has not changed for a second; one that is cut short or damaged is
    waited for until it has not changed for ten. What is no picture then, or begins as none does, is
    told to `note` and passed over until it changes.
    `taken` counts views that were looked at: while nobody looks, because a page is being read, no
    picture goes by. `hold_s` is how long each must be looked at, at the least.
    """

    live = False

    def __init__(
        self,
        folder: Path,
        max_pixels: int,
        hold_s: float,
        taken: Callable[[], int],
        note: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._max_pixels = max_pixels
        self._hold_s = hold_s
        self._taken = taken
        self._note = note
        self._files: dict[Path, _Coming] = {}
        self._ready: deque[Path] = deque()
        self._view: View | None = None
        self._number = -1
        self._folder_time: int | None = None
        self._looked_s = self._scanned_s = float("-inf")
        self._taken_before = 0
        self._first_taken_s: float | None = None

    @property
    def name(self) -> str:
        """The path."""
        return show_name(self._folder)

    def open(self) -> None:
        """Find the pictures that are there.

        Raises:
            CameraError: the folder cannot be read.
        """
        self._scan(time.monotonic(), at_start=True)

    def capture(self, timeout_s: float) -> View | None:
        """Give the picture that is shown now; None while there is none.

        Raises:
            CameraError: the folder can no longer be read.
        """
        now_s = time.monotonic()
        if now_s - self._looked_s >= _LOOK_S:
            self._look(now_s)
        if self._view is None or self._was_looked_at(now_s):
            self._show_next(now_s)
        if self._view is not None:
            self._view = again(self._view)
            self._number = self._view.number
        return self._view

    def close(self) -> None:
        """Let the picture go."""
        self._view = None

    def _look(self, now_s: float) -> None:
        self._looked_s = now_s
        try:
            folder_time = self._folder.stat().st_mtime_ns
        except OSError as error:
            raise self._gone(error) from error
        if folder_time != self._folder_time or now_s - self._scanned_s >= _RESCAN_S:
            self._scan(now_s)
        for path, file in self._files.items():
            if not file.shown:
                self._follow(path, file, now_s)

    def _scan(self, now_s: float, *, at_start: bool = False) -> None:
        self._scanned_s = now_s
        try:
            self._folder_time = self._folder.stat().st_mtime_ns
            paths = sorted(
                (p for p in self._folder.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES),
                key=natural_key,
            )
        except OSError as error:
            raise self._gone(error) from error
        found: dict[Path, _Coming] = {}
        for path in paths:
            stamp = _stamp(path)
            if path.name.startswith(".") or stamp is None:
                continue
            known = self._files.get(path)
            if known is None or known.stamp != stamp:
                # What lay here before is whole, unless somebody is writing it this very moment.
                quiet = at_start and time.time_ns() - stamp[2] > 2 * _STEADY_S * 1e9
                known = _Coming(stamp, now_s - (_GIVE_UP_S if quiet else 0.0))
            found[path] = known
        # Only files that are there are remembered, so that years of them take no memory.
        self._files = found

    def _follow(self, path: Path, file: _Coming, now_s: float) -> None:
        stamp = _stamp(path)
        if stamp != file.stamp and stamp is not None:
            file.stamp, file.since_s = stamp, now_s
        elif now_s - file.since_s >= _STEADY_S and path not in self._ready:
            self._ready.append(path)

    def _was_looked_at(self, now_s: float) -> bool:
        """Whether the picture that is shown was looked at often and long enough."""
        taken = self._taken() - self._taken_before
        if taken > 0 and self._first_taken_s is None:
            self._first_taken_s = now_s
        first_s = self._first_taken_s
        return taken >= _LEAST_TAKEN and first_s is not None and now_s - first_s >= self._hold_s

    def _show_next(self, now_s: float) -> None:
        while self._ready:
            path = self._ready.popleft()
            file = self._files.get(path)
            if file is None or file.shown:
                continue
            try:
                image = read_picture(path)
            except InputError as error:
                hopeless = isinstance(error, NotAPictureError)
                if hopeless or now_s - file.since_s >= _GIVE_UP_S:
                    file.shown = True
                    self._note(f"{error} It is passed over until it changes.")
                continue
            file.shown = True
            self._view = view_of(image, show_name(path), self._max_pixels, self._number)
            self._taken_before = self._taken()
            self._first_taken_s = None
            return

    def _gone(self, error: OSError) -> CameraError:
        if isinstance(error, PermissionError):
            return CameraError(
                FaultKind.NO_PERMISSION,
                f"{self.name}: this folder may not be read.",
                mend=f"sudo chmod o+rx '{self.name}'",
                permanent=True,
            )
        why = error.strerror or str(error)
        return CameraError(
            FaultKind.NO_CAMERA,
            f"{self.name}: this folder cannot be read: {why}.",
            mend="Check the path: `--source`, or `camera.source` in the config.",
            permanent=True,
        )


def _stamp(path: Path) -> Stamp | None:
    """None for what is no file, or is gone again."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if path.is_file() else None
