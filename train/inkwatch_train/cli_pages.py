"""`inkwatch-train fonts` and `pages`: fetch handwriting fonts, draw pages with them."""

import argparse
import sys
from pathlib import Path

import numpy as np

from inkwatch.errors import ExitCode, UsageError
from inkwatch_train.fonts.fetch import fetch_fonts, fonts_dir, installed_font, installed_fonts


def add_fonts_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `fonts fetch` and `fonts list`; each sets `handler`, which takes the parsed arguments.

    The handlers return an `ExitCode` and raise `InkwatchError`.
    """
    fonts = subparsers.add_parser("fonts", help="fetch handwriting fonts")
    commands = fonts.add_subparsers(dest="fonts_command", required=True, metavar="COMMAND")

    fetch = commands.add_parser(
        "fetch",
        help="bring the fonts here with npm",
        description="Fetches the handwriting fonts (open licences, about 14 MB) with npm. What is "
        "here already is not fetched again.",
    )
    fetch.add_argument("--to", type=Path, metavar="DIR", help=f"where to (default: {fonts_dir()})")
    fetch.set_defaults(handler=run_fetch)

    listing = commands.add_parser(
        "list",
        help="print name, version, kind and use of each fetched font",
        description="Prints a line for each fetched font: name, version, kind, whether training "
        "may use it, and the file, parted by tabs.",
    )
    _add_fonts_option(listing)
    listing.set_defaults(handler=run_list)


def add_pages_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `pages make` and `pages samples`; each sets `handler`, as `add_fonts_commands` does."""
    pages = subparsers.add_parser("pages", help="draw photographed-looking pages of text")
    commands = pages.add_subparsers(dest="pages_command", required=True, metavar="COMMAND")

    make = commands.add_parser(
        "make",
        help="draw text files as pages",
        description="Draws each text file as a page in a look that follows from the seed, and "
        "writes the picture, its text, and a JSON file with the box of every character.",
    )
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    make.add_argument(
        "--texts", type=Path, required=True, nargs="+", metavar="FILE", help="UTF-8 text files"
    )
    make.add_argument("--font", required=True, metavar="NAME", help="a name from 'fonts list'")
    make.add_argument("--seed", type=_seed, default=0, metavar="N", help="default: 0")
    _add_fonts_option(make)
    make.set_defaults(handler=run_make)

    samples = commands.add_parser(
        "samples",
        help="make the sample pages that ship again",
        description="Makes the sample pages that ship with Inkwatch again.",
    )
    samples.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    _add_fonts_option(samples)
    samples.set_defaults(handler=run_samples)


def run_fetch(args: argparse.Namespace) -> ExitCode:
    """Fetch what is missing; print the folder that the fonts lie in.

    Raises:
        MissingPackageError: npm is not installed.
        DownloadError: npm failed.
        OutputError: the folder cannot be written.
    """
    folder = args.to if args.to is not None else fonts_dir()
    print(f"fetching handwriting fonts to {folder}", file=sys.stderr)
    count = fetch_fonts(folder)
    print(f"{count} fetched" if count else "all are here already", file=sys.stderr)
    print(folder)
    return ExitCode.OK


def run_list(args: argparse.Namespace) -> ExitCode:
    """Print the fetched fonts.

    Raises:
        DataError: they are not fetched.
    """
    for face in installed_fonts(args.fonts):
        use = "held out" if face.held_out else "training"
        print(face.name, face.version, face.kind, use, face.path, sep="\t")
    return ExitCode.OK


def run_make(args: argparse.Namespace) -> ExitCode:
    """Draw each text file; print each picture's path.

    Raises:
        UsageError: a text cannot be read or does not fit, or the font has no such character.
        DataError: the font is not fetched.
        OutputError: the folder cannot be written.
    """
    from inkwatch_train.pages.make import make_page, random_style, read_texts, write_page

    names = [path.stem for path in args.texts]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"Two of the texts are named '{twice}': their pages would be one file.")
    for path in args.texts:
        if path.resolve().parent == args.out.resolve():
            raise UsageError(f"{path} lies in {args.out}, where its page's text would replace it.")
    font = installed_font(args.font, args.fonts)
    for number, path in enumerate(args.texts):
        # A page's look depends on the seed and its place in the list, not on the pages before it.
        look, page_seed = np.random.SeedSequence([args.seed, number]).generate_state(2)
        style = random_style(np.random.default_rng(look))
        page = make_page(read_texts(path), font.path, style, int(page_seed))
        print(write_page(page, args.out, path.stem), flush=True)
    return ExitCode.OK


def run_samples(args: argparse.Namespace) -> ExitCode:
    """Make the shipped pages again; print each picture's path.

    Raises:
        DataError: the fonts are not fetched.
        OutputError: the folder cannot be written.
    """
    from inkwatch_train.pages.make import write_page
    from inkwatch_train.pages.samples import SAMPLE_PAGES, make_sample

    for sample in SAMPLE_PAGES:
        page = make_sample(sample, args.fonts)
        print(write_page(page, args.out, sample.name, boxes=False), flush=True)
    return ExitCode.OK


def _add_fonts_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fonts", type=Path, metavar="DIR", help=f"where the fonts lie (default: {fonts_dir()})"
    )


def _seed(text: str) -> int:
    seed = int(text)
    if seed < 0:
        raise ValueError(text)
    return seed
