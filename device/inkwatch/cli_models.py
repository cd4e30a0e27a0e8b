"""`inkwatch models`: which bundles there are, under which terms, and how well they read."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.cli_console import Console
from inkwatch.errors import BundleError, ExitCode, InkwatchError

if TYPE_CHECKING:
    from inkwatch.recognise.card import Card


def run_models(args: argparse.Namespace, console: Console) -> ExitCode:
    """List the bundles; with `--check` run each one's golden crop on this machine.

    Returns:
        OK, or the exit code of the first bundle that failed; the others are listed all the same.

    Raises:
        BundleError: there are no bundles at all.
    """
    from inkwatch.recognise.bundle import DEFAULT_BUNDLE, DEFAULT_LINES, list_bundles, read_card

    bundles = list_bundles()
    if not bundles:
        raise BundleError("No model bundle is installed. Install inkwatch again.")
    exit_code = ExitCode.OK
    for number, (name, folder) in enumerate(bundles.items()):
        try:
            lines = _describe(read_card(folder), folder)
        except BundleError as error:
            console.error(str(error))
            exit_code = exit_code or error.exit_code
            continue
        if args.check:
            try:
                lines.append(("check", _check(folder)))
            except InkwatchError as error:
                console.error(str(error))
                exit_code = exit_code or error.exit_code
                lines.append(("check", "failed"))
        gap = "\n" if number else ""
        title = f"{name} (the default)" if name in (DEFAULT_BUNDLE, DEFAULT_LINES) else name
        rows = "".join(f"  {key:<8} {value}\n" for key, value in lines)
        console.data(f"{gap}{title}\n{rows}")
    return exit_code


def _describe(card: "Card", folder: Path) -> list[tuple[str, str]]:
    lines = [
        ("reads", card.engine),
        ("terms", f"{card.terms}, {card.licence}"),
        ("labels", _labels(card.labels)),
        ("size", f"{card.model_bytes / 1024:.0f} KiB"),
        ("made", f"{card.created}, recipe {card.recipe}"),
    ]
    lines += [("figures", f"{name}: {_figures(card.figures[name])}") for name in card.figures]
    lines += [("source", f"{s.name} ({s.licence}), {s.images} images") for s in card.sources]
    lines.append(("path", str(folder)))
    return lines


def _labels(labels: list[str]) -> str:
    from inkwatch.recognise.card import NOT_A_CHARACTER

    characters = [label for label in labels if label != NOT_A_CHARACTER]
    rest = "" if len(characters) == len(labels) else ", and what is no character"
    return f"{len(characters)}: {''.join(characters)}{rest}"


def _figures(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {_figure(name, value)}" for name, value in figures.items())


def _figure(name: str, value: float) -> str:
    """A share as a percentage, a count as a whole number, anything else as it is."""
    if float(value).is_integer() and (value > 1 or name == "n"):
        return str(int(value))
    if 0 <= value <= 1 and "loss" not in name:
        return f"{value * 100:.1f}%"
    return f"{value:.4g}"


def _check(folder: Path) -> str:
    from inkwatch.recognise.bundle import load_bundle
    from inkwatch.recognise.open_model import open_model

    model = open_model(load_bundle(folder, engine=None))
    model.check_golden()
    kernels = ", XNNPACK" if model.xnnpack else ""
    return f"passed with {model.runtime.name} {model.runtime.version}{kernels}"
