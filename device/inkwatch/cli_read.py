"""`inkwatch read`, and `inkwatch` alone: pictures in, text out."""

import argparse
from pathlib import Path

from inkwatch.cli_console import Console
from inkwatch.cli_pages import PageJob, Wanted
from inkwatch.cli_words import program_name, read_own_words, read_pattern
from inkwatch.errors import ExitCode, UsageError
from inkwatch.page_reader import HowToRead, MakeReader, ReaderChoice
from inkwatch.reading import DEFAULT_LANGUAGE, NO_LANGUAGE

OVERLAY_FOLDER = "inkwatch-overlays"


def run_read(args: argparse.Namespace, console: Console, make_reader: MakeReader) -> ExitCode:
    """Read what the command line names.

    Raises:
        UsageError: overlays or strips would go into a folder whose pictures are read, and would be
            read as pages the next time; or options that do not go together.
        InkwatchError: what `PageJob.run` raises.
    """
    from inkwatch.frames.sources import find_sources

    for folder, what in ((args.overlay, "overlays"), (args.debug, "strips")):
        if folder is not None and any(_same_folder(path, folder) for path in args.paths):
            raise UsageError(
                f"{folder}: the pictures in this folder are read; name another for the {what}, "
                "or they would be read as pages the next time."
            )
    if args.again and args.to is None:
        raise UsageError("--again makes the results in a folder anew; name it with --to FOLDER.")
    sources = find_sources(args.paths, every_s=args.every)
    wanted = Wanted(
        form=args.format,
        overlay=args.overlay,
        debug=args.debug,
        confidence=args.confidence,
        titles=len(sources) > 1 or any(source.many for source in sources),
        to=args.to,
        again=args.again,
        jobs=args.jobs,
        how=HowToRead(args.rotate, args.region, args.min_confidence),
    )
    return PageJob(wanted, _choice(args), console, make_reader).run(sources)


def run_main_job(args: argparse.Namespace, console: Console, make_reader: MakeReader) -> ExitCode:
    """Read the sample pages, and say what else can be read."""
    from inkwatch.frames.samples import SampleSource
    from inkwatch.frames.sources import NamedSource

    console.note(
        "Here are the sample pages that ship with Inkwatch. To watch through a camera: "
        f"{program_name()} watch; to read pictures of your own: {program_name()} read PICTURE"
    )
    folder = Path(OVERLAY_FOLDER) if args.overlay is None else args.overlay
    wanted = Wanted(overlay=folder, confidence=True, titles=True)
    source = NamedSource("sample pages", SampleSource(), many=True)
    return PageJob(wanted, _choice(args), console, make_reader).run([source])


def _same_folder(path: str, folder: Path) -> bool:
    try:
        return Path(path).is_dir() and folder.samefile(path)
    except (OSError, ValueError):
        return False


def _choice(args: argparse.Namespace) -> ReaderChoice:
    given = DEFAULT_LANGUAGE if args.language is None else args.language
    language = None if given == NO_LANGUAGE else given
    own_words = read_own_words(args.words)
    return ReaderChoice(
        bundle=args.model,
        language=language,
        pattern=read_pattern(args.pattern),
        own_words=own_words,
        engine=args.engine or "auto",
        lines_bundle=args.lines_model,
    )
