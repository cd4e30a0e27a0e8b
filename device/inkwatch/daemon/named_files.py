"""Files that the config names: they may change while the config stays the same to the letter."""

from collections.abc import Iterator
from pathlib import Path

from inkwatch.config.model import Config
from inkwatch.errors import InkwatchError
from inkwatch.reading import NO_LANGUAGE

Marks = dict[str, tuple[tuple[int, ...], ...]]
"""By setting, what tells one state of its file from another; nothing for a file that is away."""


def file_marks(config: Config) -> Marks:
    """Look at every file that a setting names: which it is, its size, and when it changed.

    Nothing is read; a folder, as of a model, stands for the files in it.
    """
    return {
        key: tuple(mark for path in paths for mark in _marks_of(path))
        for key, paths in _named(config)
    }


def changed_files(before: Marks, now: Marks) -> tuple[str, ...]:
    """The settings that name a file which is another one now; both must name one."""
    return tuple(key for key, mark in now.items() if key in before and before[key] != mark)


def _named(config: Config) -> Iterator[tuple[str, list[Path]]]:
    reading, tls = config.reading, config.mqtt.tls
    pattern = reading.pattern.removeprefix("@") if reading.pattern.startswith("@") else ""
    for key, name in (
        ("reading.words_file", reading.words_file),
        ("reading.pattern", pattern),
        ("reading.model", reading.model if "/" in reading.model else ""),
        ("reading.lines_model", reading.lines_model if "/" in reading.lines_model else ""),
        ("mqtt.tls.ca_file", tls.ca_file),
        ("mqtt.tls.cert_file", tls.cert_file),
        ("mqtt.tls.key_file", tls.key_file),
    ):
        if name:
            yield key, [Path(name)]
    if reading.language != NO_LANGUAGE:
        from inkwatch.language.lexicon import find_lexicon

        try:
            yield "reading.language", [find_lexicon(reading.language)]
        except InkwatchError:
            yield "reading.language", []


def _marks_of(path: Path) -> Iterator[tuple[int, ...]]:
    try:
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        for file in files:
            found = file.stat()
            # The time of change cannot be set back, as that of writing can.
            yield found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    except (OSError, ValueError):
        return
