"""`inkwatch-train fit` and `inkwatch-train augment show`."""

import argparse
import contextlib
import logging
import sys
from pathlib import Path

import numpy as np

from inkwatch.errors import ExitCode, OutputError
from inkwatch_train.cli_data import write_png
from inkwatch_train.cli_fit_lines import is_line_recipe, run_fit_lines
from inkwatch_train.quiet import require_keras
from inkwatch_train.recipe import load_recipe

_log = logging.getLogger(__name__)


def add_fit_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `fit` and `augment show`; each sets `handler`, which takes the parsed arguments."""
    fit = subparsers.add_parser(
        "fit",
        help="train a recipe, or go on with one that was stopped",
        description="Trains a recipe, of characters or lines. Stopped or killed at any time, the "
        "same command goes on from the last whole epoch.",
    )
    fit.add_argument("recipe", type=Path, help="a recipe, such as train/recipes/chars.toml")
    _add_places(fit)
    fit.add_argument(
        "--run", type=Path, metavar="DIR", help="the run's folder (default: runs/<recipe's name>)"
    )
    fit.add_argument("--fresh", action="store_true", help="throw an earlier run in the folder away")
    fit.set_defaults(handler=run_fit)

    augment = subparsers.add_parser("augment", help="look at what augmentation does")
    commands = augment.add_subparsers(dest="augment_command", required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="draw a sheet of glyphs before and after")
    show.add_argument("recipe", type=Path, help="the recipe whose data and settings are shown")
    _add_places(show)
    show.add_argument("--sheet", type=Path, default=Path("augment.png"), metavar="FILE.png")
    show.add_argument("--glyphs", type=_count, default=12, help="how many glyphs (default: 12)")
    show.add_argument("--seed", type=_whole, default=0)
    show.set_defaults(handler=run_augment_show)


def _add_places(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: $INKWATCH_DATA)"
    )
    parser.add_argument("--fonts", type=Path, metavar="DIR", help="where the fonts were fetched to")


def run_fit(args: argparse.Namespace) -> ExitCode:
    """Train, then write the report and what conversion needs; print the four figures.

    Raises:
        DataError: the recipe, the data or an earlier run cannot be used.
        MissingPackageError: tensorflow is not installed.
        OutputError: the run's folder cannot be written.
        UsageError: the folder that is to be thrown away holds no run.
    """
    if is_line_recipe(args.recipe):
        return run_fit_lines(args)
    recipe = load_recipe(args.recipe)
    # Loading 80,000 pictures takes a while: find out first whether there is anything to train with.
    require_keras()
    from inkwatch_train.artefacts import write_artefacts
    from inkwatch_train.batches import as_input
    from inkwatch_train.fit import fit
    from inkwatch_train.labels import Labels
    from inkwatch_train.mixture import gather
    from inkwatch_train.network import multiply_adds
    from inkwatch_train.report import FOUR, judge, write_report
    from inkwatch_train.run import Run, discard
    from inkwatch_train.sources import open_sources
    from inkwatch_train.start import open_start, with_network

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    run = Run(args.run or Path("runs") / recipe.name)
    bundle, start = None, None
    if recipe.start_from is not None:
        bundle, start = open_start(recipe)
        recipe = with_network(recipe, start)
    labels = Labels(recipe.alphabet, reject=recipe.reject > 0)
    banks, validation = gather(recipe, open_sources(recipe, args.data, args.fonts), labels)
    for bank in banks:
        _log.info("%-18s %6d training glyphs", bank.name, len(bank.labels))
    _log.info("%-18s %6d validation crops", "", len(validation.labels))
    if args.fresh:
        discard(run)  # only now that there is data to train anew with
    with contextlib.redirect_stdout(sys.stderr):  # Keras shows its progress on stdout
        model = fit(recipe, run, banks, validation, labels, start=start)
    logits = model.predict(as_input(validation.crops), batch_size=512, verbose=0)
    try:
        report = write_report(
            run,
            recipe,
            labels,
            judge(validation, logits, labels),
            parameters=model.count_params(),
            operations=multiply_adds(model),
        )
        sources = bundle.card.sources if bundle is not None else ()
        write_artefacts(run, recipe, banks, validation, report.four, start_sources=sources)
    except OSError as error:
        raise OutputError(
            f"The report cannot be written to {run.folder}: {error}. The training is done and "
            "kept; make room and run the same command again."
        ) from error
    print(", ".join(f"{name} {report.four[name]:.4f}" for name in FOUR))
    print(f"The report is {run.folder / 'report.md'}", file=sys.stderr)
    print(f"Make a bundle of it: inkwatch-convert {run.folder}", file=sys.stderr)
    return ExitCode.OK


def run_augment_show(args: argparse.Namespace) -> ExitCode:
    """Write the sheet.

    Raises:
        DataError: the recipe or the data cannot be used.
        OutputError: the sheet cannot be written.
    """
    from inkwatch_train.augment.show import augment_sheet, pick_canvases
    from inkwatch_train.sources import open_sources

    recipe = load_recipe(args.recipe)
    rng = np.random.default_rng(args.seed)
    sources = [source for _, source in open_sources(recipe, args.data, args.fonts)]
    canvases = pick_canvases(sources, args.glyphs, rng)
    write_png(args.sheet, augment_sheet(canvases, recipe.augment, rng))
    print(f"augmentation sheet: {args.sheet}", file=sys.stderr)
    return ExitCode.OK


def _whole(text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if number < 0:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0, not '{text}'")
    return number


def _count(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
