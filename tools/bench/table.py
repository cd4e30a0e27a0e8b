"""The figures of a run, as one Markdown table or as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from inkwatch.errors import OutputError


@dataclass(frozen=True)
class Row:
    """One measured thing: `figure` and `target` in words ('' for no target).

    `met` says whether the target is met, None where there is none; `value` is the bare number.
    """

    what: str
    figure: str
    target: str = ""
    met: bool | None = None
    value: float | None = None


def at_most(what: str, share: float, limit: float | None = None) -> Row:
    """A share that should not be more than `limit`, both from 0 to 1, told in percent."""
    if limit is None:
        return Row(what, percent(share), value=share)
    return Row(what, percent(share), f"at most {100 * limit:g} %", share <= limit, share)


def at_least(what: str, share: float, limit: float) -> Row:
    """A share that should not be less than `limit`, both from 0 to 1, told in percent."""
    return Row(what, percent(share), f"at least {100 * limit:g} %", share >= limit, share)


def percent(share: float) -> str:
    """A share in percent, with one digit after the point."""
    return f"{100 * share:.1f} %"


def markdown(rows: Iterable[Row]) -> str:
    """Write rows as a table."""
    told = {True: "yes", False: "**no**", None: ""}
    lines = ["| what | figure | target | met |", "| --- | ---: | --- | --- |"]
    lines += [f"| {row.what} | {row.figure} | {row.target} | {told[row.met]} |" for row in rows]
    return "\n".join(lines)


def write_json(rows: Iterable[Row], machine: str, path: Path) -> None:
    """Write rows as JSON.

    Raises:
        OutputError: the file cannot be written.
    """
    text = json.dumps({"machine": machine, "rows": [asdict(row) for row in rows]}, indent=1)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error}") from error
