"""What a soak found: options, table, file and exit code, the same for each."""

import argparse
import platform
from collections.abc import Sequence
from pathlib import Path

from tools.bench.table import Row, markdown, write_json


def options(text: str | None, limit_s: float) -> argparse.ArgumentParser:
    """A parser with what every soak takes; `limit_s` is the default of its time limit."""
    parser = argparse.ArgumentParser(
        description=text, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--limit-s", type=float, default=limit_s, help="no longer than this")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    return parser


def finish(rows: Sequence[Row], json: Path | None = None) -> int:
    """Print the rows and give the exit code: 1 where a target is missed."""
    print(markdown(rows))
    if json is not None:
        write_json(rows, platform.machine(), json)
    return 1 if any(row.met is False for row in rows) else 0


def none_of(what: str, count: int) -> Row:
    """Something that must not have happened."""
    return Row(what, str(count), "0", count == 0, float(count))


def all_of(what: str, count: int, wanted: int) -> Row:
    """Something that must have happened so often."""
    return Row(what, str(count), str(wanted), count == wanted, float(count))


def within(what: str, value: float, limit: float, unit: str = "s") -> Row:
    """A figure that must not be more than `limit`."""
    return Row(what, f"{value:.3g} {unit}", f"at most {limit:g} {unit}", value <= limit, value)


def holds(what: str, *, kept: bool) -> Row:
    """Something that must hold."""
    return Row(what, "yes" if kept else "no", "yes", kept)
