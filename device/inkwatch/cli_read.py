"""`inkwatch read`, and `inkwatch` alone: pictures in, text out."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.cli_console import Console, printable
from inkwatch.cli_reader import MakeReader, PageReader, ReaderChoice
from inkwatch.cli_words import NO_LANGUAGE, program_name, read_pattern
from inkwatch.errors import ExitCode, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inkwatch.frames.frame import Frame
    from inkwatch.frames.sources import NamedSource
    from inkwatch.reading import Reading

OVERLAY_FOLDER = "inkwatch-overlays"
SURE_FROM = 0.8
"""A page of which the reader is less sure than this may not be what it is made for: it says so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make of each page.

    `form` is `text`, `json`, `tsv` or `hocr`. `overlay` is the folder for overlays, None for none.
    `confidence` puts a percentage before each line of text; `titles` each page's name above it.
    """

    form: str = "text"
    overlay: Path | None = None
    confidence: bool = False
    titles: bool = False


def run_read(args: argparse.Namespace, console: Console, make_reader: MakeReader) -> ExitCode:
    """Read what the command line names.

    Raises:
        UsageError: overlays would go into a folder whose pictures are read, and would be read as
            pages the next time.
        InkwatchError: what `PageJob.run` raises.
    """
    from inkwatch.frames.sources import find_sources

    if args.overlay is not None and any(_same_folder(path, args.overlay) for path in args.paths):
        raise UsageError(
            f"{args.overlay}: the pictures in this folder are read; name another for the overlays, "
            "or they would be read as pages the next time."
        )
    sources = find_sources(args.paths, every_s=args.every)
    wanted = Wanted(
        form=args.format,
        overlay=args.overlay,
        confidence=args.confidence,
        titles=len(sources) > 1 or any(source.many for source in sources),
    )
    return PageJob(wanted, _choice(args), console, make_reader).run(sources)


def run_main_job(args: argparse.Namespace, console: Console, make_reader: MakeReader) -> ExitCode:
    """Read the sample pages, until there is a camera to read from."""
    from inkwatch.frames.samples import SampleSource
    from inkwatch.frames.sources import NamedSource

    console.note(
        "This version reads no camera yet. Here are the sample pages that ship with Inkwatch; "
        f"to read your own: {program_name()} read PICTURE"
    )
    folder = Path(OVERLAY_FOLDER) if args.overlay is None else args.overlay
    wanted = Wanted(overlay=folder, confidence=True, titles=True)
    source = NamedSource("sample pages", SampleSource(), many=True)
    return PageJob(wanted, _choice(args), console, make_reader).run([source])


class PageJob:
    """Reads pages one after the other and publishes each before the next."""

    def __init__(
        self, wanted: Wanted, choice: ReaderChoice, console: Console, make_reader: MakeReader
    ) -> None:
        self._wanted = wanted
        self._choice = choice
        self._console = console
        self._make_reader = make_reader
        self._reader: PageReader | None = None
        self._overlay_names: set[str] = set()
        self._pages = 0

    def run(self, sources: "Sequence[NamedSource]") -> ExitCode:
        """Read all sources.

        Returns:
            OK, or INPUT where some could not be read.

        Raises:
            BundleError: the model cannot be used.
            MissingPackageError: no runtime for it is installed.
            OutputError: a result cannot be written.
        """
        if self._wanted.overlay is not None:
            from inkwatch.publish.overlay import check_folder

            check_folder(self._wanted.overlay)
        try:
            exit_code = self._read_all(sources)
        finally:
            # What was read until something stopped the run is a whole document all the same.
            if self._wanted.form == "hocr":
                from inkwatch.publish.hocr import FOOTER, HEADER

                self._console.data(FOOTER if self._pages else HEADER + FOOTER)
        if self._wanted.overlay is not None and self._overlay_names:
            count = len(self._overlay_names)
            pages = "1 page" if count == 1 else f"{count} pages"
            self._console.note(f"Overlays of {pages} are in {self._wanted.overlay.absolute()}")
        return exit_code

    def _read_all(self, sources: "Sequence[NamedSource]") -> ExitCode:
        exit_code = ExitCode.OK
        for number, source in enumerate(sources):
            self._console.progress(number, len(sources), source.name)
            for frame in source.frames():
                if isinstance(frame, InputError):
                    self._console.error(str(frame))
                    exit_code = ExitCode.INPUT
                else:
                    self._page(frame)
        self._console.done()
        return exit_code

    def _page(self, frame: "Frame") -> None:
        if self._reader is None:
            self._reader = self._make_reader(self._choice)
        reading = self._reader.read(frame.image, frame.source)
        self._console.data(self._formatted(reading))
        self._pages += 1
        self._warn(reading)
        if self._wanted.overlay is not None:
            from inkwatch.publish.overlay import write_overlay

            write_overlay(frame.image, reading, self._wanted.overlay, used=self._overlay_names)

    def _warn(self, reading: "Reading") -> None:
        from inkwatch.publish.text import percent

        if not reading.lines:
            self._console.error(f"{reading.source}: no writing found.")
        elif reading.confidence < SURE_FROM:
            self._console.error(
                f"{reading.source}: only {percent(reading.confidence).strip()} sure of this page. "
                "Letters should stand apart, dark on light, at least 20 pixels tall."
            )

    def _formatted(self, reading: "Reading") -> str:
        from inkwatch.publish.hocr import HEADER, format_hocr
        from inkwatch.publish.json_form import format_json
        from inkwatch.publish.text import format_text
        from inkwatch.publish.tsv import format_tsv, tsv_header

        match self._wanted.form:
            case "json":
                return format_json(reading) + "\n"
            case "tsv":
                return ("" if self._pages else tsv_header()) + format_tsv(reading)
            case "hocr":
                return ("" if self._pages else HEADER) + format_hocr(reading, self._pages + 1)
            case _:
                gap = "\n" if self._pages else ""
                title = f"{gap}==> {printable(reading.source)} <==\n" if self._wanted.titles else ""
                return title + format_text(reading, confidence=self._wanted.confidence)


def _same_folder(path: str, folder: Path) -> bool:
    try:
        return Path(path).is_dir() and folder.samefile(path)
    except (OSError, ValueError):
        return False


def _choice(args: argparse.Namespace) -> ReaderChoice:
    language = None if args.language == NO_LANGUAGE else args.language
    return ReaderChoice(args.model, language, read_pattern(args.pattern))
