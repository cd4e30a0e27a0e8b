"""`inkwatch-train fonts`: fetch handwriting fonts and list them."""

import argparse
import sys
from pathlib import Path

from inkwatch.errors import ExitCode
from inkwatch_train.fonts.fetch import fetch_fonts, fonts_dir, installed_fonts


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
    add_fonts_option(listing)
    listing.set_defaults(handler=run_list)


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


def add_fonts_option(parser: argparse.ArgumentParser) -> None:
    """Add `--fonts`, the folder that fonts lie in."""
    parser.add_argument(
        "--fonts", type=Path, metavar="DIR", help=f"where the fonts lie (default: {fonts_dir()})"
    )
