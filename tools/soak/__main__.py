"""Run all long tests within a total time, and print their figures beside the targets.

    python -m tools.soak [--limit-s 2700] [--only latency,ending] [--quick] [--json FILE]

Each runs in processes of its own, one after the other, and alone as well: `python -m
tools.soak.latency --help`. What is not over when its time is counts as missed. The exit code is 1
where a target is missed.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.bench.table import Row
from tools.soak.report import finish, options
from tools.soak.soaks import SOAKS, Soak, share_s

_ENDING_S = 20.0
"""What a test may take beyond its time to put things away."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run them and print the table."""
    parser = options(__doc__, 2700.0)
    parser.add_argument(
        "--only",
        type=_soaks,
        default=list(SOAKS),
        metavar="NAMES",
        help=f"some of {','.join(soak.name for soak in SOAKS)}, parted by commas",
    )
    parser.add_argument("--quick", action="store_true", help="a trial of each: few and short")
    args = parser.parse_args(argv)
    before = os.getloadavg()
    rows = list(run_all(args.only, args.limit_s, quick=args.quick))
    after = os.getloadavg()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"load {before[0]:.1f} before, {after[0]:.1f} after\n"
    )
    return finish(rows, args.json)


def run_all(soaks: Sequence[Soak], limit_s: float, *, quick: bool) -> Iterator[Row]:
    """Run soaks one after the other; `limit_s` is for all of them together."""
    ends_s = time.monotonic() + limit_s
    for at, soak in enumerate(soaks):
        time_s = share_s(max(ends_s - time.monotonic(), 1.0), soaks[at:])
        print(f"soak: {soak.name}, {time_s:.0f} s at the most ...", file=sys.stderr, flush=True)
        yield from run_one(soak.name, time_s, soak.quick if quick else ())


def run_one(name: str, limit_s: float, arguments: Sequence[str]) -> list[Row]:
    """Run one in a process group of its own, which ends with it."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder, "rows.json")
        command = [sys.executable, "-m", f"tools.soak.{name}"]
        command += ["--limit-s", f"{limit_s:.0f}", "--json", str(found), *arguments]
        process = subprocess.Popen(command, stdout=sys.stderr, start_new_session=True)
        try:
            process.wait(limit_s + _ENDING_S)
        except subprocess.TimeoutExpired:
            return [Row(name, f"not over after {limit_s:.0f} s", "all of it", met=False)]
        finally:
            # Brokers and devices of one that failed must not disturb the next.
            _end(process)
        try:
            rows = [Row(**row) for row in json.loads(found.read_text("utf-8"))["rows"]]
        except (OSError, ValueError):
            return [Row(name, f"failed with {process.returncode}", "0", met=False)]
    if process.returncode and all(row.met is not False for row in rows):
        rows.append(Row(name, f"failed with {process.returncode}", "0", met=False))
    return rows


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait(10)


def _soaks(text: str) -> list[Soak]:
    known = {soak.name: soak for soak in SOAKS}
    unknown = [name for name in text.split(",") if name not in known]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no soak '{unknown[0]}'; there are {', '.join(known)}"
        )
    return [known[name] for name in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
