"""Picture files: one, all of a folder's, or those that a pattern matches."""

import glob
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inkwatch.errors import InputError
from inkwatch.frames._clock import stamp
from inkwatch.frames.decode import cannot_open, read_picture, show_name
from inkwatch.frames.frame import Frame

PICTURE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".gif", ".bmp", ".dib", ".webp", ".tif", ".tiff"}
    | {".pbm", ".pgm", ".ppm", ".pnm"}
)
"""What counts as a picture in a folder. A file that is named itself may have any suffix."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """One picture file as a source of one frame."""

    path: Path

    def frames(self) -> Iterator[Frame]:
        """Yield the picture.

        Raises:
            InputError: it cannot be read or is no picture.
        """
        yield stamp(read_picture(self.path), show_name(self.path))


@dataclass(frozen=True, slots=True)
class FolderSource:
    """All pictures of a folder, in natural order, folders inside it left out."""

    folder: Path

    def frames(self) -> Iterator[Frame]:
        """Yield the pictures.

        Raises:
            InputError: the folder cannot be read, holds no pictures, or one of them is bad.
        """
        for path in pictures_in(self.folder):
            yield from FileSource(path).frames()


def pictures_in(folder: Path) -> list[Path]:
    """List a folder's pictures in natural order: `page2` before `page10`.

    Hidden files, folders, and files without a picture's suffix are left out.

    Raises:
        InputError: the folder is missing or may not be read, or holds no pictures.
    """
    name = show_name(folder)
    try:
        shown = [path for path in folder.iterdir() if not path.name.startswith(".")]
        found = [p for p in shown if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file()]
        inner = [path for path in shown if path.is_dir()] if not found else []
    except OSError as error:
        raise cannot_open(name, error) from error
    if inner:
        raise InputError(
            f"{name}: the folder itself holds no pictures, and folders inside it are not searched. "
            f"Name one of those, such as {show_name(min(inner, key=natural_key))}"
        )
    if not found:
        raise InputError(
            f"{name}: the folder holds no pictures. "
            f"Give one with files that end in {', '.join(sorted(PICTURE_SUFFIXES))}."
        )
    return sorted(found, key=natural_key)


def is_pattern(path: str) -> bool:
    """Whether `path` has one of the shell's wildcards: `*`, `?` or `[...]`."""
    return glob.has_magic(path)


def files_matching(pattern: str) -> list[Path]:
    """List the files that a pattern matches, in natural order; `**` reaches into folders.

    Raises:
        InputError: there are none.
    """
    # pathlib's glob takes no absolute patterns, and shows hidden files, which a shell does not.
    found = [Path(match) for match in glob.iglob(pattern, recursive=True)]  # noqa: PTH207
    files = [path for path in found if path.is_file()]
    if not files:
        raise InputError(f"{show_name(pattern)}: no file matches. Check the pattern.")
    return sorted(files, key=natural_key)


def natural_key(path: Path) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """A sort key in which runs of digits count as numbers and case does not matter."""
    text = show_name(path)
    parts = tuple(
        (0, int(part), "") if part.isdecimal() and part.isascii() else (1, 0, part.lower())
        for part in re.split(r"([0-9]+)", text)
        if part
    )
    return parts, text
