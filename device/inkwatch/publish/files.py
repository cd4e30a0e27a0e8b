"""Files of results: their names, and writing them so that none is ever seen half-written."""

import contextlib
import os
import tempfile
from collections.abc import Container
from pathlib import Path

_MAX_STEM_BYTES = 180


def free_name(source: str, ending: str, used: set[str], taken: Container[str] = frozenset()) -> str:
    """Name a file after a picture: `NAME` and the ending, or `NAME-2` and so on where it is used.

    Args:
        source: the picture, such as `scans/page.jpg`; of `clip.mp4#12` the name is `clip-12`.
        ending: what the name ends in, such as `.json`.
        used: names given out before; the new one is added.
        taken: names that are not to be given out either.
    """
    # A video's frame keeps its number.
    file, mark, frame = source.rpartition("#")
    if not (mark and frame.isdecimal()):
        file, frame = source, ""
    stem = Path(file.replace("\0", "")).stem
    stem = "page" if stem in ("", "-") else stem
    stem = stem.encode("utf-8", "backslashreplace")[:_MAX_STEM_BYTES].decode("utf-8", "ignore")
    stem = f"{stem}-{frame}" if frame else stem
    name = f"{stem}{ending}"
    number = 1
    while name in used or name in taken:
        number += 1
        name = f"{stem}-{number}{ending}"
    used.add(name)
    return name


def replace_file(path: Path, data: bytes) -> None:
    """Write a file, or put it in the place of another, in one step.

    Raises:
        OSError: it cannot be written; what was there before is there still.
    """
    handle, temporary = tempfile.mkstemp(prefix=".inkwatch-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            # mkstemp lets only the owner read; a result is as open as any other file.
            os.fchmod(handle, 0o666 & ~_umask())
            stream.write(data)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
