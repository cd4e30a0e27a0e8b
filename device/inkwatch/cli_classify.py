"""`inkwatch classify`: pictures of one character each."""

import argparse
from typing import TYPE_CHECKING

from inkwatch.cli_console import Console
from inkwatch.errors import ExitCode, InputError
from inkwatch.page_reader import MakeReader, PageReader, ReaderChoice

if TYPE_CHECKING:
    from inkwatch.frames.frame import Frame
    from inkwatch.reading import Candidate

_BATCH = 64
"""Pictures classified at once: enough for speed, few enough that a phone's photos fit in memory."""

_BATCH_PIXELS = 50_000_000


def run_classify(args: argparse.Namespace, console: Console, make_reader: MakeReader) -> ExitCode:
    """Classify each picture that the command line names, in order.

    Raises:
        BundleError: the model cannot be used.
        UsageError: the alphabet holds a character that the bundle does not know.
        OutputError: stdout cannot be written.
    """
    from inkwatch.frames.sources import find_sources

    job = _ClassifyJob(args, console, make_reader)
    sources = find_sources(args.paths)
    for number, source in enumerate(sources):
        console.progress(number, len(sources), source.name)
        for frame in source.frames():
            if isinstance(frame, InputError):
                job.failed(frame)
            else:
                job.add(frame)
    job.flush()
    console.done()
    return job.exit_code


class _ClassifyJob:
    def __init__(self, args: argparse.Namespace, console: Console, make_reader: MakeReader) -> None:
        self.exit_code = ExitCode.OK
        self._args = args
        self._console = console
        self._make_reader = make_reader
        self._reader: PageReader | None = None
        self._frames: list[Frame] = []

    def failed(self, error: InputError) -> None:
        self._console.error(str(error))
        self.exit_code = ExitCode.INPUT

    def add(self, frame: "Frame") -> None:
        from inkwatch.recognise.crop import crop_glyph
        from inkwatch.vision.ink import to_grey

        # A model names a character even for an empty page; only the crop tells that none is there.
        if not crop_glyph(to_grey(frame.image)).any():
            self.failed(
                InputError(
                    f"{frame.source}: no ink can be told from the paper. "
                    "Give dark ink on light paper."
                )
            )
            return
        self._frames.append(frame)
        pixels = sum(frame.image.size for frame in self._frames)
        if len(self._frames) >= _BATCH or pixels > _BATCH_PIXELS:
            self.flush()

    def flush(self) -> None:
        if not self._frames:
            return
        if self._reader is None:
            self._reader = self._make_reader(ReaderChoice(self._args.model))
        ranked = self._reader.classify(
            [frame.image for frame in self._frames], self._args.alphabet, top=self._args.top
        )
        for frame, candidates in zip(self._frames, ranked, strict=True):
            self._console.data(self._formatted(frame.source, candidates, self._reader.name))
        self._frames.clear()

    def _formatted(self, source: str, candidates: "tuple[Candidate, ...]", model: str) -> str:
        from inkwatch.publish.json_form import format_classified_json
        from inkwatch.publish.text import percent
        from inkwatch.publish.tsv import escaped

        if self._args.format == "json":
            return format_classified_json(source, model, candidates) + "\n"
        ranks = [f"{c.character} {percent(c.probability).strip()}" for c in candidates]
        return "\t".join([escaped(source), *ranks]) + "\n"
