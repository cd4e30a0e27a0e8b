"""Measure what reading costs and how well it reads, and print it beside the targets.

    python -m tools.bench [--quick] [--only letters,codes,iam,lines,time,memory,peers] [--json FILE]

Figures are of this machine. Times are medians, with the fastest and the slowest in brackets: run it
on a quiet machine. What is not here (fonts, data, peers) is left out, and said on stderr.
"""

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import get_args

from inkwatch.errors import DataError, ExitCode, InkwatchError
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.classifier import Classifier
from inkwatch_train.pages.sets import SetName
from tools.bench.accuracy import Settings, codes_rows, letters_rows
from tools.bench.cost import classify_rows, memory_rows, sample_pages, sample_rows
from tools.bench.iam import iam_set
from tools.bench.joined import iam_rows, time_page
from tools.bench.line_targets import line_bundles
from tools.bench.lines import line_rows
from tools.bench.make_sets import made_set
from tools.bench.page_set import Shelf, bench_cache
from tools.bench.page_time import joined_time_row, page_time_rows
from tools.bench.peer_rows import peer_rows
from tools.bench.table import Row, markdown, write_json
from tools.bench.time_pages import time_set

_QUICK_PAGES = 4
_TIME_PAGE = "time-250"
_MOST_MB = 120.0
_MOST_JOINED_MB = 140.0
"""With both models in memory."""


@dataclass(frozen=True)
class Bench:
    """One run: what is measured, and how thoroughly."""

    settings: Settings
    repeats: int
    count: int | None

    @cached_property
    def shelves(self) -> dict[str, Shelf]:
        """The sets that are on this machine, by name."""
        sets: dict[str, Shelf] = {
            name: made_set(name, bench_cache(), self.count) for name in get_args(SetName)
        }
        iam = iam_set(bench_cache(), self.count)
        return sets if iam is None else sets | {"iam": iam}

    @cached_property
    def time_page(self) -> Path:
        """A camera's picture of a page of 250 characters."""
        shelf = time_set(bench_cache())
        page = next(page for page in shelf.pages if page.name == _TIME_PAGE)
        return shelf.picture(page, "camera")

    @cached_property
    def joined_page(self) -> Path | None:
        """A camera's picture of a page of joined writing; None where there is no data."""
        shelf = iam_set(bench_cache())
        return None if shelf is None else shelf.picture(time_page(shelf), "camera")

    def letters(self) -> list[Row]:
        """Pages of text."""
        return letters_rows(made_set("letters", bench_cache(), self.count), self.settings)

    def codes(self) -> list[Row]:
        """Pages of codes."""
        return codes_rows(made_set("codes", bench_cache(), self.count), self.settings)

    def iam(self) -> list[Row]:
        """Joined writing."""
        shelf = iam_set(bench_cache(), self.count)
        if shelf is None:
            raise DataError(
                "INKWATCH_DATA names no folder with IAM's pages and ../bench beside it."
            )
        return [
            row
            for name, targets in line_bundles(self.settings.lines_bundle).items()
            for row in iam_rows(shelf, self.settings, name, targets)
        ]

    def lines(self) -> list[Row]:
        """The engine for whole lines by itself."""
        return [
            row
            for name, targets in line_bundles(self.settings.lines_bundle).items()
            for row in line_rows(name, targets, self.repeats)
        ]

    def time(self) -> list[Row]:
        """Single characters, sample pages, camera pages."""
        bundle = self.settings.bundle
        return [
            *classify_rows(bundle, self.repeats),
            *sample_rows(bundle, self.repeats),
            *page_time_rows(time_set(bench_cache()), bundle, self.repeats),
            joined_time_row(self.joined_page, self.settings, self.repeats),
        ]

    def memory(self) -> list[Row]:
        """Peak memory of the program."""
        pictures = {sample_pages()[0]: _MOST_MB, self.time_page: _MOST_MB}
        if self.joined_page is not None:
            pictures[self.joined_page] = _MOST_JOINED_MB
        return memory_rows(pictures, self.settings.bundle)

    def peers(self) -> list[Row]:
        """Other readers on the same pages."""
        return peer_rows(self.shelves, self.time_page, self.joined_page, self.settings)


PARTS: dict[str, Callable[[Bench], list[Row]]] = {
    "letters": Bench.letters,
    "codes": Bench.codes,
    "iam": Bench.iam,
    "lines": Bench.lines,
    "time": Bench.time,
    "memory": Bench.memory,
    "peers": Bench.peers,
}


def main(argv: list[str] | None = None) -> int:
    """Print the table; give 0, or the code of what went wrong."""
    options = _parser().parse_args(argv)
    try:
        machine = _machine(options.bundle)
        rows = list(_measured(options))
        print(f"{machine}\n\n{markdown(rows)}")
        if options.json is not None:
            write_json(rows, machine, options.json)
    except InkwatchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    return ExitCode.OK


def _measured(options: argparse.Namespace) -> Iterator[Row]:
    bench = Bench(
        settings=Settings(options.bundle, options.processes, options.lines_bundle),
        repeats=2 if options.quick else options.repeats,
        count=_QUICK_PAGES if options.quick else None,
    )
    for name in options.only:
        print(f"bench: {name} ...", file=sys.stderr, flush=True)
        try:
            yield from PARTS[name](bench)
        except DataError as error:
            # What lacks its data is told, and does not stop the rest.
            print(f"bench: {name} is left out. {error}", file=sys.stderr)
            yield Row(name, "left out: its data is not here")


def _machine(bundle: str | None) -> str:
    classifier = Classifier(load_bundle(bundle))
    kernels = ", XNNPACK" if classifier.xnnpack else ""
    runtime = f"{classifier.runtime.name} {classifier.runtime.version}{kernels}"
    named = f"bundle {classifier.bundle.name}"
    return f"{platform.machine()}, Python {platform.python_version()}, {runtime}, {named}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bench",
        description="Measure what reading costs and how well it reads.",
    )
    parser.add_argument(
        "--only",
        type=_parts,
        default=list(PARTS),
        metavar="PARTS",
        help=f"some of {','.join(PARTS)}, parted by commas; default: all",
    )
    parser.add_argument("--quick", action="store_true", help="few pages and repeats: a trial")
    parser.add_argument("--repeats", type=_count, default=15, metavar="N", help="default: 15")
    parser.add_argument(
        "--processes",
        type=_count,
        default=2,
        metavar="N",
        help="for accuracy; times are taken in one. Default: 2",
    )
    parser.add_argument("--bundle", metavar="NAME", help="a model bundle's name or path")
    parser.add_argument("--lines-bundle", metavar="NAME", help="the same for whole lines")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise argparse.ArgumentTypeError(f"{count} is not one or more")
    return count


def _parts(text: str) -> list[str]:
    named = text.split(",")
    unknown = [name for name in named if name not in PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no part '{unknown[0]}'; there are {', '.join(PARTS)}"
        )
    return named


if __name__ == "__main__":
    sys.exit(main())
