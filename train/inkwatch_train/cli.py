"""`inkwatch-train`: data, fonts, pages, augmentation and training, one command each."""

import argparse
import sys
from collections.abc import Sequence

from inkwatch import __version__
from inkwatch.errors import ExitCode
from inkwatch_train.cli_console import run_command

_EPILOG = """\
Exit codes: 0 done, 1 internal error, 2 wrong command line, 5 a package is missing, 6 cannot
write, 7 data or a recipe is missing or damaged, 8 a download failed, 130 stopped.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    return run_command(
        "inkwatch-train",
        lambda: _run(argv),
        when_stopped="The same command goes on where this one ended.",
    )


def _run(argv: Sequence[str] | None) -> ExitCode:
    args = _parser().parse_args(argv)
    code: ExitCode = args.handler(args)
    return code


def _parser() -> argparse.ArgumentParser:
    # Loaded here, so that a missing package becomes a sentence instead of a traceback.
    from inkwatch_train.cli_data import add_data_commands
    from inkwatch_train.cli_evaluate import add_evaluate_command
    from inkwatch_train.cli_fit import add_fit_commands
    from inkwatch_train.cli_fonts import add_fonts_commands
    from inkwatch_train.cli_pages import add_pages_commands

    parser = argparse.ArgumentParser(
        prog="inkwatch-train",
        description="Makes the models that Inkwatch reads with.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"inkwatch-train {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_data_commands(subparsers)
    add_fonts_commands(subparsers)
    add_pages_commands(subparsers)
    add_fit_commands(subparsers)
    add_evaluate_command(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
