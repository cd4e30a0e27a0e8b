"""`inkwatch-convert`: a training run in, a quantised bundle out; or look after a bundle."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from inkwatch import __version__
from inkwatch.errors import ExitCode, InkwatchError, UsageError
from inkwatch.recognise.bundle import find_bundle, load_bundle
from inkwatch_convert.check import check_bundle, installed_runtimes
from inkwatch_convert.convert import MAX_LOSS_POINTS, convert
from inkwatch_convert.figures import add_figures
from inkwatch_convert.lexicon import (
    WORDS,
    build_lexicon,
    word_frequencies,
    wordfreq_source,
    write_lexicon,
)
from inkwatch_convert.lines import MAX_LOSS_POINTS as LINES_MAX_LOSS_POINTS
from inkwatch_convert.lines import LineRun, convert_lines, is_line_run, load_line_run
from inkwatch_convert.run_folder import load_run
from inkwatch_train.cli_console import run_command, tell

_PROGRAM = "inkwatch-convert"

_EPILOG = """\
'inkwatch-convert check BUNDLE' runs a bundle in every TFLite runtime that is installed.
'inkwatch-convert figures BUNDLE evaluation.json...' puts what 'inkwatch-train evaluate' measured
into the bundle's card.
'inkwatch-convert lexicon --language de' builds the lexicon of another language.

Exit codes: 0 done, 2 wrong command line, 4 damaged bundle, 5 a package is missing or does not
work here, 6 cannot write, 7 the training run is missing or damaged, 9 int8 loses too much (no
bundle is written).
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = _COMMANDS.get(arguments[0]) if arguments else None
    return run_command(
        _PROGRAM,
        lambda: command(arguments[1:]) if command else _convert(arguments),
        when_stopped="" if command else "No bundle was written.",
    )


def default_folder(name: str, terms: str, here: Path) -> Path:
    """Say where a bundle goes when the user did not.

    In a checkout, one that ships is made again in its place. No other slips in among them, least
    of all one whose terms are not open.
    """
    if terms == "open":
        for root in (here, *here.parents):
            shipped = root / "device" / "inkwatch" / "models" / name
            if (root / "pyproject.toml").is_file() and shipped.is_dir():
                return shipped
    return here / name


def _convert(arguments: Sequence[str]) -> ExitCode:
    parser = argparse.ArgumentParser(
        prog="inkwatch-convert",
        description="Quantise a trained model to int8 and write the bundle that the device runs.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("run", metavar="RUN_DIR", type=Path, help="folder of a training run")
    parser.add_argument(
        "--to",
        metavar="DIR",
        type=Path,
        help="folder of the bundle (default: ./NAME; in a checkout, the place of an open bundle of "
        "that name that ships, which is replaced)",
    )
    parser.add_argument("--name", help="the bundle's name (default: the recipe's)")
    parser.add_argument(
        "--max-loss",
        metavar="POINTS",
        type=float,
        default=None,
        help="percentage points that int8 may lose: of accuracy for characters (default: "
        f"{MAX_LOSS_POINTS}), of character error rate for lines ({LINES_MAX_LOSS_POINTS})",
    )
    parser.add_argument("--version", action="version", version=f"inkwatch-convert {__version__}")
    options = parser.parse_args(arguments)
    run = load_line_run(options.run) if is_line_run(options.run) else load_run(options.run)
    name = run.card.recipe if options.name is None else options.name
    if not name or "/" in name or name.startswith("."):
        raise UsageError(f"'{name}' cannot be a bundle's name: no slash, no leading dot.")
    to = options.to or default_folder(name, run.card.terms, Path.cwd())
    if isinstance(run, LineRun):
        most = LINES_MAX_LOSS_POINTS if options.max_loss is None else options.max_loss
        convert_lines(run, to, name, max_loss_points=most, tell=_tell)
    else:
        most = MAX_LOSS_POINTS if options.max_loss is None else options.max_loss
        convert(run, to, name, max_loss_points=most, tell=_tell)
    print(to)
    return ExitCode.OK


def _check(arguments: Sequence[str]) -> ExitCode:
    parser = argparse.ArgumentParser(
        prog="inkwatch-convert check",
        description="Run a bundle in every TFLite runtime that is installed and compare with its "
        "golden output. Prints runtime, version, XNNPACK, the largest difference in steps of "
        "int8, and ok or WRONG, separated by tabs.",
    )
    parser.add_argument(
        "bundle", metavar="BUNDLE", help="a shipped bundle's name, or a folder with a slash in it"
    )
    bundle = load_bundle(parser.parse_args(arguments).bundle, engine=None)
    code = ExitCode.OK
    for runtime in installed_runtimes():
        try:
            check = check_bundle(bundle, runtime)
        except InkwatchError as error:
            _tell(str(error))
            code = error.exit_code
            continue
        verdict = "ok" if check.passed else "WRONG"
        xnnpack = "xnnpack" if check.xnnpack else "no xnnpack"
        difference = max(check.golden_error, check.batch_error)
        print(check.runtime, check.version, xnnpack, difference, verdict, sep="\t")
        if not check.passed:
            code = ExitCode.MISSING
    return code


def _figures(arguments: Sequence[str]) -> ExitCode:
    parser = argparse.ArgumentParser(
        prog="inkwatch-convert figures",
        description="Put what evaluations measured into a bundle's card. Prints the figures.",
    )
    parser.add_argument(
        "bundle", metavar="BUNDLE", help="a shipped bundle's name, or a folder with a slash in it"
    )
    parser.add_argument(
        "evaluation",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="evaluation.json, as inkwatch-train evaluate BUNDLE ... --report DIR writes it",
    )
    options = parser.parse_args(arguments)
    card = add_figures(find_bundle(options.bundle), options.evaluation)
    for name, figures in card.figures.items():
        print(name, *(f"{key}={value:g}" for key, value in figures.items()), sep="\t")
    return ExitCode.OK


def _lexicon(arguments: Sequence[str]) -> ExitCode:
    parser = argparse.ArgumentParser(
        prog="inkwatch-convert lexicon",
        description="Build a lexicon from wordfreq's words, for inkwatch read --language ./FILE. "
        "Letters with marks lose them, as the shipped model reads them. Prints the file's path.",
    )
    parser.add_argument("--language", required=True, metavar="CODE", help="such as en or de")
    parser.add_argument(
        "--words", type=int, default=WORDS, metavar="N", help="how many (default: %(default)s)"
    )
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="the file (default: ./CODE.lexicon)"
    )
    options = parser.parse_args(arguments)
    if options.words < 1:
        raise UsageError("--words must be at least 1.")
    to = options.to or Path(f"{options.language}.lexicon")
    frequencies = word_frequencies(options.language, options.words)
    content = build_lexicon(options.language, frequencies, wordfreq_source())
    write_lexicon(to, content)
    _tell(f"{len(frequencies)} words, {len(content) / 1024:.0f} KiB")
    print(to)
    return ExitCode.OK


def _tell(line: str) -> None:
    tell(_PROGRAM, line)


_COMMANDS: dict[str, Callable[[Sequence[str]], ExitCode]] = {
    "check": _check,
    "figures": _figures,
    "lexicon": _lexicon,
}


if __name__ == "__main__":
    sys.exit(main())
