"""`inkwatch-train evaluate`: any bundle on any data, as a table and, where asked, a report."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.errors import ExitCode, OutputError, UsageError
from inkwatch.reading import DEFAULT_THRESHOLD
from inkwatch.recognise.bundle import Bundle, find_bundle, load_bundle, read_card
from inkwatch.recognise.card import LINES
from inkwatch.recognise.classifier import Classifier
from inkwatch_train.cli_evaluate_lines import run_evaluate_lines
from inkwatch_train.data.catalog import FORMS, data_root, open_source
from inkwatch_train.quiet import require_keras

if TYPE_CHECKING:
    from inkwatch_train.evaluate import Answerer


def add_evaluate_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evaluate`; it sets `handler`, which takes the parsed arguments."""
    evaluate = subparsers.add_parser(
        "evaluate",
        help="tell how well a bundle reads single characters, or lines",
        description="Runs a bundle's int8 model on labelled characters, cut as the device cuts "
        "them, and prints a table in Markdown. What a bundle for lines can be measured on is "
        "drawn, iam-lines and iam-ondb.",
    )
    evaluate.add_argument(
        "bundle",
        help="a shipped bundle's name, a bundle's folder with a slash in it, or the folder of a "
        "training run, whose float model is then measured",
    )
    evaluate.add_argument("spec", nargs="+", metavar="SPEC", help=FORMS)
    evaluate.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: $INKWATCH_DATA)"
    )
    evaluate.add_argument(
        "--split", choices=["train", "val", "test"], default="val", help="which part (default: val)"
    )
    evaluate.add_argument(
        "--threshold",
        type=float,
        default=DEFAULT_THRESHOLD,
        help="confidence that counts as told (default: %(default)s)",
    )
    evaluate.add_argument(
        "--report", type=Path, metavar="DIR", help="write evaluation.md, .json and pictures there"
    )
    evaluate.set_defaults(handler=run_evaluate)


def run_evaluate(args: argparse.Namespace) -> ExitCode:
    """Print the table; write the report where one is asked for.

    Raises:
        BundleError: the bundle cannot be used.
        DataError: a source is missing, or has no sample in that split.
        OutputError: the report cannot be written.
    """
    from inkwatch_train.evaluate import ask
    from inkwatch_train.evaluation_report import Evaluation, table, write_evaluation

    if not 0.0 <= args.threshold <= 1.0:
        raise UsageError("--threshold lies between 0 and 1.")
    if (lines := _lines_bundle(args.bundle)) is not None:
        return run_evaluate_lines(args, lines)
    classifier, name, sha256 = _open(args.bundle)
    root = data_root(args.data) if args.data is not None else None
    evaluations = []
    for spec in args.spec:
        source = open_source(spec, root)
        answers = ask(classifier, (s for s in source.samples() if s.split == args.split))
        evaluations.append(Evaluation(f"{source.name}/{args.split}", answers, args.threshold))
    print(table(evaluations))
    if args.report is not None:
        try:
            args.report.mkdir(parents=True, exist_ok=True)
            write_evaluation(evaluations, name, args.report, sha256)
        except OSError as error:
            raise OutputError(f"{args.report} cannot be written: {error.strerror}.") from error
        print(f"report: {args.report / 'evaluation.md'}", file=sys.stderr)
    return ExitCode.OK


def _lines_bundle(name: str) -> Bundle | None:
    if (Path(name) / "model.keras").is_file():
        return None
    folder = find_bundle(name)
    return load_bundle(folder, LINES) if read_card(folder).engine == LINES else None


def _open(name: str) -> "tuple[Answerer, str, str]":
    run = Path(name)
    if not (run / "model.keras").is_file():
        classifier = Classifier(load_bundle(name))
        return classifier, classifier.bundle.name, classifier.bundle.card.model_sha256
    require_keras()
    from inkwatch_train.run_classifier import RunClassifier

    return RunClassifier(run), f"the float model of {run.name}", ""
