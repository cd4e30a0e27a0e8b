"""What the command line names, as frames: one bad file never stops the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from inkwatch.errors import InputError
from inkwatch.frames.decode import show_name
from inkwatch.frames.files import FileSource, files_matching, is_pattern, pictures_in
from inkwatch.frames.frame import Frame, FrameSource
from inkwatch.frames.stdin import STDIN_NAME, StdinSource
from inkwatch.frames.video import DEFAULT_EVERY_S, VideoSource, is_video


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A source and its name, or the reason why there is none.

    `many` says that more than one frame may come of it.
    """

    name: str
    source: FrameSource | InputError
    many: bool = False

    def frames(self) -> Iterator[Frame | InputError]:
        """Yield the source's frames; where it fails, the error as the last thing."""
        if isinstance(self.source, InputError):
            yield self.source
            return
        try:
            yield from self.source.frames()
        except InputError as error:
            yield error


def find_sources(
    paths: Sequence[str], *, every_s: float = DEFAULT_EVERY_S, stdin: BinaryIO | None = None
) -> list[NamedSource]:
    """Tell what each path names; nothing is decoded yet.

    A path may be a picture, a folder (its pictures in natural order), a video (a frame every
    `every_s` seconds), a pattern such as `scans/*.png`, or `-` for a picture on standard input.

    Args:
        paths: as given on the command line.
        every_s: seconds between a video's frames.
        stdin: stands in for standard input.

    Returns:
        At least one entry for each path, in order.
    """
    found: list[NamedSource] = []
    for path in paths:
        try:
            found.extend(_sources_of(path, every_s, stdin))
        except InputError as error:
            found.append(NamedSource(show_name(path), error))
    return found


def open_paths(
    paths: Sequence[str], *, every_s: float = DEFAULT_EVERY_S, stdin: BinaryIO | None = None
) -> Iterator[tuple[str, Frame | InputError]]:
    """Yield each path's frames with their names; for what cannot be read, its error instead.

    See `find_sources` for what a path may be.
    """
    for named in find_sources(paths, every_s=every_s, stdin=stdin):
        for frame in named.frames():
            yield (frame.source if isinstance(frame, Frame) else named.name), frame


def _sources_of(path: str, every_s: float, stdin: BinaryIO | None) -> list[NamedSource]:
    if not path:  # Path("") would be the current folder
        raise InputError("a path is empty. Name a picture or a folder.")
    if path == STDIN_NAME:
        return [NamedSource(STDIN_NAME, StdinSource(stdin))]
    if _is_folder(Path(path)):
        files = pictures_in(Path(path))
    elif is_pattern(path) and not _exists(Path(path)):
        files = files_matching(path)
    else:
        files = [Path(path)]
    return [_file_source(file, every_s) for file in files]


def _file_source(path: Path, every_s: float) -> NamedSource:
    if is_video(path):
        return NamedSource(show_name(path), VideoSource(path, every_s), many=True)
    return NamedSource(show_name(path), FileSource(path))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
