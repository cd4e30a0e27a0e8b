"""`inkwatch-train evaluate`: any bundle on any data, as a table and, where asked, a report."""

import argparse
import sys
from pathlib import Path

from inkwatch.errors import ExitCode, OutputError, UsageError
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.classifier import Classifier
from inkwatch_train.data.catalog import FORMS, data_root, open_source


def add_evaluate_command(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `evaluate`; it sets `handler`, which takes the parsed arguments."""
    evaluate = subparsers.add_parser(
        "evaluate",
        help="tell how well a bundle reads single characters",
        description="Runs a bundle's int8 model on labelled characters, cut as the device cuts "
        "them, and prints a table in Markdown.",
    )
    evaluate.add_argument("bundle", help="a shipped bundle's name, or a folder with a slash in it")
    evaluate.add_argument("spec", nargs="+", metavar="SPEC", help=FORMS)
    evaluate.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: $INKWATCH_DATA)"
    )
    evaluate.add_argument(
        "--split", choices=["train", "val", "test"], default="val", help="which part (default: val)"
    )
    evaluate.add_argument(
        "--threshold", type=float, default=0.9, help="confidence that counts as told (default: 0.9)"
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
    classifier = Classifier(load_bundle(args.bundle))
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
            write_evaluation(evaluations, classifier.bundle.name, args.report)
        except OSError as error:
            raise OutputError(f"{args.report} cannot be written: {error.strerror}.") from error
        print(f"report: {args.report / 'evaluation.md'}", file=sys.stderr)
    return ExitCode.OK
