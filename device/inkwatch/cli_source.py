"""One source of pictures, read: what the command line does here, or has done by other processes."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.errors import InputError
from inkwatch.page_reader import HowToRead, MakeReader, PageReader, ReaderChoice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from inkwatch.frames.frame import Frame
    from inkwatch.frames.sources import NamedSource
    from inkwatch.reading import Reading
    from inkwatch.trace import Trace


@dataclass(frozen=True, slots=True)
class Task:
    """A source to read, and where its overlay and its strip go; None for none.

    Of a source of many frames these are the folders, of others the files.
    """

    source: "NamedSource"
    overlay: Path | None = None
    strip: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """What is written beside the reading."""
        return tuple(path for path in (self.overlay, self.strip) if path is not None)


class SourceReader:
    """Reads the frames of sources. The model is opened with the first picture that can be read.

    Args:
        choice: which reader is wanted.
        how: how it is to read each picture.
        make_reader: opens it.
        names: names of overlays and strips given out before, for sources of many frames.
    """

    def __init__(
        self,
        choice: ReaderChoice,
        how: HowToRead,
        make_reader: MakeReader,
        names: Iterable[str] = (),
    ) -> None:
        self._choice = choice
        self._how = how
        self._make_reader = make_reader
        self._names = set(names)
        self._reader: PageReader | None = None

    def read(self, task: Task) -> "Iterator[Reading | InputError]":
        """Yield each frame's reading, or the error in its place; then write its overlay and strip.

        Raises:
            BundleError: the model cannot be used.
            MissingPackageError: no runtime for it is installed.
            OutputError: the overlay or the strip cannot be written.
        """
        for frame in task.source.frames():
            if isinstance(frame, InputError):
                yield frame
                continue
            if self._reader is None:
                self._reader = self._make_reader(self._choice)
            trace: Trace | None = None
            try:
                if task.strip is None:
                    reading = self._read(self._reader, frame)
                else:
                    trace = self._trace(self._reader, frame)
                    reading = trace.reading
            except InputError as error:
                yield InputError(f"{frame.source}: {error}")
                continue
            yield reading
            if task.overlay is not None:
                from inkwatch.publish.overlay import overlay_name, save_overlay

                path = task.overlay
                if task.source.many:
                    path = path / overlay_name(frame.source, self._names)
                save_overlay(frame.image, reading, path)
            if task.strip is not None and trace is not None:
                from inkwatch.publish.strip import save_strip, strip_name

                path = task.strip
                if task.source.many:
                    path = path / strip_name(frame.source, self._names)
                save_strip(frame.image, trace, path)

    def _read(self, reader: PageReader, frame: "Frame") -> "Reading":
        how = self._how
        return reader.read(
            frame.image,
            frame.source,
            quarter_turns=how.quarter_turns,
            region=how.region,
            min_confidence=how.min_confidence,
        )

    def _trace(self, reader: PageReader, frame: "Frame") -> "Trace":
        how = self._how
        return reader.trace(
            frame.image,
            frame.source,
            quarter_turns=how.quarter_turns,
            region=how.region,
            min_confidence=how.min_confidence,
        )
