"""What an unchanged view costs, measured on the real daemon: `python -m tools.soak.idle`.

The daemon runs with a fake camera in a process of its own, which gives a sample page at 2304 x 1296
with a sensor's noise. Measured are the processor time of both processes, the time until the page is
told, and the proportional memory (PSS) over many frames, for which they come faster.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from inkwatch.machine.memory import pss_bytes
from tools.bench.table import Row, at_most
from tools.soak.report import finish, options, within

MOST_CPU_SHARE = 0.05
MOST_PSS_MB = 130.0
MOST_GROWTH_MB = 1.0

_PAGE = Path(__file__).parents[2] / "device/inkwatch/samples/note.jpg"
_TICKS = os.sysconf("SC_CLK_TCK")
_MB = 1024 * 1024
_STARTS_S = 15.0
"""For starting and ending the daemon twice."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What the daemon's processes took until now."""

    at_s: float
    cpu_s: float
    pss_bytes: int


class Daemon:
    """`inkwatch watch` on a fake camera."""

    def __init__(self, rate_hz: float, folder: Path) -> None:
        config = folder / "config.toml"
        config.write_text(
            f'[camera]\nsource = "fake:picture={_PAGE}"\nrate_hz = {rate_hz}\n'
            '[reading]\nrotation = 0\n[console]\nformat = "json"\n'
        )
        self.began_s = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "inkwatch", "watch", "--config", str(config)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def first_line(self) -> str:
        """Wait for the page to be told."""
        return "" if self.process.stdout is None else self.process.stdout.readline()

    @property
    def pids(self) -> list[int]:
        """The daemon's process and its camera's."""
        own = self.process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii").split()
        return [own, *map(int, children)]

    def spent(self) -> Spent:
        """What both processes took together."""
        pids = self.pids
        return Spent(time.monotonic(), sum(map(_cpu_s, pids)), sum(map(pss_bytes, pids)))

    def end(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.communicate(timeout=20)


def measure_cpu(seconds: float, rate_hz: float) -> Row:
    """Measure the processor time of an unchanged view."""
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(rate_hz, Path(folder))
        try:
            daemon.first_line()
            # The reading's own time is no idle time.
            time.sleep(3)
            before = daemon.spent()
            time.sleep(seconds)
            after = daemon.spent()
        finally:
            daemon.end()
    share = (after.cpu_s - before.cpu_s) / (after.at_s - before.at_s)
    what = f"unchanged view, {rate_hz:g} a second: share of one core, both processes"
    return at_most(what, share, MOST_CPU_SHARE)


def measure_memory(frames: int, rate_hz: float, limit_s: float) -> list[Row]:
    """Measure memory over many frames, or as many as the time allows."""
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(rate_hz, Path(folder))
        try:
            daemon.first_line()
            # Caches fill with the first frames.
            warm_s = min(0.1 * frames / rate_hz, 0.2 * limit_s)
            time.sleep(warm_s)
            before = daemon.spent()
            # A little more, for the time in which it starts shows none.
            wait_s = min(1.02 * frames / rate_hz + 5 - warm_s, limit_s - warm_s)
            time.sleep(max(wait_s, 1.0))
            after = daemon.spent()
        finally:
            daemon.end()
    shown = int((after.at_s - daemon.began_s) * rate_hz)
    total_mb = after.pss_bytes / _MB
    growth_mb = (after.pss_bytes - before.pss_bytes) / _MB
    return [
        Row("memory: frames shown", str(shown), f"at least {frames}", shown >= frames, shown),
        within("memory (PSS) after them, both processes", total_mb, MOST_PSS_MB, "MB"),
        within("memory: growth since the first tenth", growth_mb, MOST_GROWTH_MB, "MB"),
    ]


def _cpu_s(pid: int) -> float:
    # The name in parentheses may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> int:
    """Measure what was asked for."""
    parser = options(__doc__, 600.0)
    parser.add_argument("--cpu-s", type=float, default=60.0, help="how long time is measured")
    parser.add_argument("--rate", type=float, default=5.0, help="views a second for it")
    parser.add_argument("--frames", type=int, default=20_000, help="0 leaves memory out")
    parser.add_argument("--frames-rate", type=float, default=60.0, help="views a second for it")
    args = parser.parse_args()
    cpu_s = min(args.cpu_s, args.limit_s / 4)
    rows = [measure_cpu(cpu_s, args.rate)] if cpu_s else []
    if args.frames:
        rows += measure_memory(args.frames, args.frames_rate, args.limit_s - cpu_s - _STARTS_S)
    return finish(rows, args.json)


if __name__ == "__main__":
    sys.exit(main())
