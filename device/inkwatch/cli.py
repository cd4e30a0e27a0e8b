"""The `inkwatch` command: what may be typed, and what each ending tells the shell."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence

from inkwatch import cli_words
from inkwatch._version import __version__
from inkwatch.cli_console import Console, drop_stdout, prepare_streams, printable
from inkwatch.cli_options import (
    add_config_actions,
    add_config_file,
    add_mqtt_actions,
    add_paths,
    add_read_options,
)
from inkwatch.cli_watch_options import add_watch_options
from inkwatch.engine import ENGINES
from inkwatch.errors import ConfigError, ExitCode, InkwatchError
from inkwatch.page_reader import MakeReader, open_reader
from inkwatch.reading import DEFAULT_LANGUAGE, NO_LANGUAGE

EXIT_CODES = {
    ExitCode.OK: "everything was done",
    ExitCode.INTERNAL: "a fault in Inkwatch itself",
    ExitCode.USAGE: "the command line is wrong",
    ExitCode.INPUT: "one or more pictures could not be read; the others were",
    ExitCode.BUNDLE: "the model bundle is missing, damaged, or made for another version",
    ExitCode.MISSING: "a package is not installed, or does not fit this machine",
    ExitCode.OUTPUT: "a result could not be written",
    ExitCode.CAMERA: "no camera, or it cannot be used",
    ExitCode.CONFIG: "the config file is wrong",
    ExitCode.BROKER: "the MQTT broker cannot be reached, or refuses",
    ExitCode.NOTHING: "watch --once: no writing came to rest in time",
    ExitCode.WARNINGS: "doctor: something may become a fault",
    ExitCode.FAULTS: "doctor: something keeps the device from working",
    ExitCode.INTERRUPTED: "stopped by Ctrl-C; watch --once: told to end before a page came",
}
"""Every ending that `inkwatch` has, in the words of its help."""


def main(argv: Sequence[str] | None = None, *, make_reader: MakeReader = open_reader) -> int:
    """Run the command line.

    Args:
        argv: the words after `inkwatch`; the process's own where left out.
        make_reader: opens the reader; tests put a fake here.

    Returns:
        One of `ExitCode`.
    """
    args = _parse(sys.argv[1:] if argv is None else argv)
    prepare_streams(utf8=getattr(args, "format", "text") != "text")
    console = Console()
    try:
        return _run(args, console, make_reader)
    except (Exception, KeyboardInterrupt) as error:
        return _ending(error, console)


def build_parser() -> argparse.ArgumentParser:
    """Make the parser for the whole command line."""
    parser = cli_words.Parser(
        prog="inkwatch",
        description="Reads handwriting. Without a command it reads the sample pages that ship.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"inkwatch {__version__}")
    parser.set_defaults(parser=parser)
    _add_model(parser, default=None)
    _add_engine(parser, default=None)
    _add_language(parser, default=None)
    _add_pattern(parser, default=None)
    _add_words(parser, default=None)
    _add_overlay(parser, "write overlays to DIR instead of ./inkwatch-overlays", default=None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    add_read_options(read := _add_command(commands, "read", "read pages"))
    _add_overlay(read, "also write each page with outlines and characters drawn on it to DIR")
    _add_model(read)
    _add_engine(read)
    _add_language(read)
    _add_pattern(read)
    _add_words(read)

    classify = _add_command(commands, "classify", "say what pictures of one character each show")
    add_paths(classify)
    classify.add_argument("--alphabet", metavar="CHARS", help="choose among these characters only")
    classify.add_argument(
        "--top",
        type=cli_words.count,
        default=3,
        metavar="N",
        help="give the N likeliest (default 3)",
    )
    classify.add_argument("--format", choices=("text", "json"), default="text")
    _add_model(classify)

    models = _add_command(commands, "models", "list the model bundles")
    models.add_argument(
        "--check",
        action="store_true",
        help="also test that each computes right on this machine",
    )
    add_config_actions(_add_command(commands, "config", "check, show or print the settings"))
    add_mqtt_actions(_add_command(commands, "mqtt", "test the MQTT broker, or be forgotten by it"))
    add_watch_options(_add_command(commands, "watch", "watch a desk through a camera"))
    doctor = _add_command(commands, "doctor", "look for what is wrong, and say what mends it")
    add_config_file(doctor)
    doctor.add_argument("--json", action="store_true", help="write all findings as one JSON object")
    _add_command(commands, "schema", "print the JSON Schema of what --format json writes")
    return parser


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = build_parser()
    args, unknown = parser.parse_known_args(words)
    if unknown:
        # The usage shown must be that of the command which lacks the option.
        before = words[: words.index(args.command)] if args.command in words else words
        at_fault: argparse.ArgumentParser = parser if unknown[0] in before else args.parser
        at_fault.error(printable(f"unrecognized arguments: {' '.join(unknown)}"))
    return args


def _run(  # noqa: PLR0911 - one for each command
    args: argparse.Namespace, console: Console, make_reader: MakeReader
) -> ExitCode:
    # Each command loads what it needs itself, so that `--version` and mistakes answer at once.
    match args.command:
        case "read":
            from inkwatch.cli_read import run_read

            return run_read(args, console, make_reader)
        case "classify":
            from inkwatch.cli_classify import run_classify

            return run_classify(args, console, make_reader)
        case "models":
            from inkwatch.cli_models import run_models

            return run_models(args, console)
        case "watch":
            from inkwatch.cli_watch import run_watch

            return run_watch(args, console, make_reader)
        case "config":
            from inkwatch.cli_config import run_config

            return run_config(args, console)
        case "mqtt":
            from inkwatch.cli_mqtt import run_mqtt

            return run_mqtt(args, console)
        case "doctor":
            from inkwatch.cli_doctor import run_doctor

            return run_doctor(args, console)
        case "schema":
            from inkwatch.publish.json_form import schema_text

            console.data(schema_text())
            return ExitCode.OK
        case _:
            from inkwatch.cli_read import run_main_job

            return run_main_job(args, console, make_reader)


def _add_command(
    commands: "argparse._SubParsersAction[cli_words.Parser]", name: str, what: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(parser=parser)
    return parser


# A command's own default would hide what was given before the command's name: it has none.
def _add_model(parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--model",
        default=default,
        metavar="BUNDLE",
        help="a bundle's name, or its folder, with a slash in it",
    )


def _add_engine(
    parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS
) -> None:
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=default,
        help="read single characters, whole lines, or each line by what suits it (auto, the "
        "default)",
    )
    parser.add_argument(
        "--lines-model",
        default=default,
        metavar="BUNDLE",
        help="the bundle that reads whole lines: a name, or a folder with a slash in it",
    )


def _add_language(
    parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS
) -> None:
    parser.add_argument(
        "--language",
        default=default,
        metavar="NAME",
        help=f"a lexicon's name, or its file, with a slash in it; '{NO_LANGUAGE}' knows "
        f"no words (default: {DEFAULT_LANGUAGE})",
    )


def _add_pattern(
    parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS
) -> None:
    parser.add_argument(
        "--pattern",
        default=default,
        metavar="PATTERN",
        help="what every word looks like: digits, number, capitals, letters, code, a regular "
        "expression such as '[A-Z]{2}-[0-9]+', or @FILE with all words that there can be",
    )


def _add_words(parser: argparse.ArgumentParser, *, default: str | None = argparse.SUPPRESS) -> None:
    parser.add_argument(
        "--words",
        default=default,
        metavar="FILE",
        help="words of your own beside the language's, such as names: a text file, spaces or "
        "line ends between them",
    )


def _add_overlay(
    parser: argparse.ArgumentParser, what: str, *, default: str | None = argparse.SUPPRESS
) -> None:
    parser.add_argument(
        "--overlay", default=default, type=cli_words.folder, metavar="DIR", help=what
    )


def _epilog() -> str:
    rows = "\n".join(f"  {code.value:>3}  {what}" for code, what in EXIT_CODES.items())
    return f"exit codes:\n{rows}"


def _ending(error: BaseException, console: Console) -> ExitCode:
    """Say in one line what went wrong, and choose the exit code."""
    match error:
        case BrokenPipeError():
            # `inkwatch read ... | head` has all it asked for.
            drop_stdout()
            return ExitCode.OK
        case KeyboardInterrupt():
            console.error("stopped.")
            return ExitCode.INTERRUPTED
        case ConfigError():
            for fault in error.faults:
                console.error(fault)
            return error.exit_code
        case InkwatchError():
            console.error(str(error))
            return error.exit_code
        case ImportError(name=str(name)) if name.partition(".")[0] != "inkwatch":
            console.error(f"{error}. Install what Inkwatch needs again: pip install inkwatch")
            return ExitCode.MISSING
    hint = " INKWATCH_DEBUG=1 shows where."
    if _debugging():
        traceback.print_exception(error)
        hint = ""
    console.error(
        f"internal error, please report it: {type(error).__name__}: {error} "
        f"(inkwatch {__version__}, Python {sys.version.split()[0]}).{hint}"
    )
    return ExitCode.INTERNAL


def _debugging() -> bool:
    return os.environ.get("INKWATCH_DEBUG", "") not in ("", "0")


if __name__ == "__main__":
    sys.exit(main())
