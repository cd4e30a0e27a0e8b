"""`inkwatch-train fit` of a recipe of lines."""

import argparse
import contextlib
import logging
import sys
import tomllib
from pathlib import Path

from inkwatch.errors import ExitCode, OutputError
from inkwatch_train.quiet import require_keras

_ENGINE = "lines"


def is_line_recipe(path: Path) -> bool:
    """Whether a recipe says that it is one of lines; damaged files are left to those who load."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")).get("engine") == _ENGINE
    except (OSError, ValueError):
        return False


def run_fit_lines(args: argparse.Namespace) -> ExitCode:
    """Train, then write what conversion needs; print the error rates.

    Raises:
        DataError: the recipe, the data or an earlier run cannot be used.
        MissingPackageError: neither TensorFlow nor the package that KERAS_BACKEND names is there.
        OutputError: the run's folder cannot be written.
        UsageError: the folder that is to be thrown away holds no run.
    """
    require_keras()
    from inkwatch_train.lines.artefacts import write_line_artefacts
    from inkwatch_train.lines.fit import fit_lines, rates_of
    from inkwatch_train.lines.recipe import load_line_recipe
    from inkwatch_train.lines.sets import open_line_sources, validation_lines
    from inkwatch_train.run import Run, discard

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    recipe = load_line_recipe(args.recipe)
    run = Run(args.run or Path("runs") / recipe.name)
    sources = open_line_sources(recipe, args.data, args.fonts)
    validation = validation_lines(recipe, args.data, args.fonts)
    if args.fresh:
        discard(run)  # only now that there is data to train anew with
    with contextlib.redirect_stdout(sys.stderr):  # Keras shows its progress on stdout
        fit_lines(recipe, run, validation, data=args.data, fonts=args.fonts)
    rates = rates_of(run)
    try:
        write_line_artefacts(run, recipe, sources, validation, rates)
    except OSError as error:
        raise OutputError(
            f"{run.folder} cannot be written: {error}. The training is done and kept; make room "
            "and run the same command again."
        ) from error
    print(", ".join(f"{name} {rate:.4f}" for name, rate in rates.items()))
    print(f"Make a bundle of it: inkwatch-convert {run.folder}", file=sys.stderr)
    return ExitCode.OK
