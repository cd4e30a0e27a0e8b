"""`inkwatch-train evaluate` of a bundle that reads lines."""

import argparse
import sys
from pathlib import Path

from inkwatch.errors import ExitCode, OutputError, UsageError
from inkwatch.reading import DEFAULT_LANGUAGE
from inkwatch.recognise.bundle import Bundle
from inkwatch.recognise.line_model import LineModel
from inkwatch_train.data.catalog import data_root
from inkwatch_train.evaluation_file import write_evaluation_file

_COUNT = 600


def run_evaluate_lines(args: argparse.Namespace, bundle: Bundle) -> ExitCode:
    """Print the table; write `evaluation.json` where a report is asked for.

    Raises:
        DataError: a source is missing.
        OutputError: the report cannot be written.
        UsageError: a source is none of lines.
    """
    from inkwatch_train.lines.evaluate import evaluate_lines
    from inkwatch_train.lines.research import LICENCES, research_lines
    from inkwatch_train.lines.sets import DRAWN, drawn_lines

    model = LineModel(bundle)
    figures = {}
    print("| data | question | lines | CER | WER | told | right of these |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for spec in args.spec:
        if spec == DRAWN:
            lines = drawn_lines(_COUNT)
        elif spec in LICENCES:
            lines = research_lines(spec, args.split, data_root(args.data))
        else:
            known = ", ".join((DRAWN, *LICENCES))
            raise UsageError(f"'{spec}' is no source of lines. There are: {known}.")
        name = f"{spec}/{args.split}"
        figures[name] = evaluate_lines(model, lines, DEFAULT_LANGUAGE, args.threshold)
        for question, told in figures[name].items():
            print(_row(name, question, told))
    if args.report is not None:
        _write(args.report, bundle, figures)
    return ExitCode.OK


def _row(name: str, question: str, told: dict[str, float]) -> str:
    from inkwatch_train.lines.evaluate import TITLES

    sure = (f"{100 * told[key]:.1f} %" if key in told else "-" for key in ("told", "told_right"))
    rates = (f"{100 * told[key]:.2f} %" for key in ("cer", "wer"))
    return f"| {' | '.join((name, TITLES[question], str(told['n']), *rates, *sure))} |"


def _write(folder: Path, bundle: Bundle, figures: dict[str, dict[str, dict[str, float]]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = write_evaluation_file(folder, bundle.name, bundle.card.model_sha256, figures)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}.") from error
    print(f"report: {path}", file=sys.stderr)
