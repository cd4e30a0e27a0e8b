"""One source of pictures, read: what the command line does here, or has done by other processes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.cli_reader import HowToRead, MakeReader, PageReader, ReaderChoice
from inkwatch.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inkwatch.frames.sources import NamedSource
    from inkwatch.reading import Reading


@dataclass(frozen=True, slots=True)
class Task:
    """A source to read, and where its overlay goes; None for none.

    Of a source of many frames `overlay` is the folder, of others the file.
    """

    source: "NamedSource"
    overlay: Path | None = None


class SourceReader:
    """Reads the frames of sources. The model is opened with the first picture that can be read.

    Args:
        choice: which reader is wanted.
        how: how it is to read each picture.
        make_reader: opens it.
        overlay_names: names of overlays given out before, for sources of many frames.
    """

    def __init__(
        self,
        choice: ReaderChoice,
        how: HowToRead,
        make_reader: MakeReader,
        overlay_names: set[str] | None = None,
    ) -> None:
        self._choice = choice
        self._how = how
        self._make_reader = make_reader
        self._overlay_names = set() if overlay_names is None else overlay_names
        self._reader: PageReader | None = None

    def read(self, task: Task) -> "Iterator[Reading | InputError]":
        """Yield each frame's reading, or the error in its place; then its overlay is written.

        Raises:
            BundleError: the model cannot be used.
            MissingPackageError: no runtime for it is installed.
            OutputError: the overlay cannot be written.
        """
        for frame in task.source.frames():
            if isinstance(frame, InputError):
                yield frame
                continue
            if self._reader is None:
                self._reader = self._make_reader(self._choice)
            how = self._how
            try:
                reading = self._reader.read(
                    frame.image,
                    frame.source,
                    quarter_turns=how.quarter_turns,
                    region=how.region,
                    min_confidence=how.min_confidence,
                )
            except InputError as error:
                yield InputError(f"{frame.source}: {error}")
                continue
            yield reading
            if task.overlay is not None:
                from inkwatch.publish.overlay import overlay_name, save_overlay

                path = task.overlay
                if task.source.many:
                    path = path / overlay_name(frame.source, self._overlay_names)
                save_overlay(frame.image, reading, path)
