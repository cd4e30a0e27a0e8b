"""What an unchanged view costs, measured on the real daemon: `python -m tools.soak.idle`.

The daemon runs with a fake camera in a process of its own, which gives a sample page at 2304 x 1296
with a sensor's noise. Measured are the processor time of both processes, the time until the page is
told, and the proportional memory (PSS) over many frames, for which they come faster.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from inkwatch.machine.memory import pss_bytes

MOST_CPU_PERCENT = 5.0
MOST_PSS_MB = 130.0
MOST_GROWTH_MB = 1.0

_PAGE = Path(__file__).parents[2] / "device/inkwatch/samples/note.jpg"
_TICKS = os.sysconf("SC_CLK_TCK")
_MB = 1024 * 1024


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


def measure_cpu(seconds: float, rate_hz: float) -> bool:
    """Measure the processor time of an unchanged view; tell whether it is within the target."""
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
    percent = 100 * (after.cpu_s - before.cpu_s) / (after.at_s - before.at_s)
    print(f"idle at {rate_hz:g} views a second: {percent:.1f} % of one core, both processes")
    return percent <= MOST_CPU_PERCENT


def measure_memory(frames: int, rate_hz: float, limit_s: float) -> bool:
    """Measure memory over many frames; tell whether it is within the targets."""
    with tempfile.TemporaryDirectory() as folder:
        daemon = Daemon(rate_hz, Path(folder))
        try:
            daemon.first_line()
            # Caches fill with the first frames.
            warm_s = min(0.1 * frames / rate_hz, 0.2 * limit_s)
            time.sleep(warm_s)
            before = daemon.spent()
            wait_s = min(frames / rate_hz - warm_s, limit_s - warm_s)
            time.sleep(max(wait_s, 1.0))
            after = daemon.spent()
        finally:
            daemon.end()
    shown = int((after.at_s - daemon.began_s) * rate_hz)
    total_mb = after.pss_bytes / _MB
    growth_mb = (after.pss_bytes - before.pss_bytes) / _MB
    print(f"after some {shown} frames at {rate_hz:g} a second: PSS {total_mb:.1f} MB, "
          f"grown by {growth_mb:+.2f} MB since the first tenth")  # fmt: skip
    return total_mb <= MOST_PSS_MB and growth_mb <= MOST_GROWTH_MB


def _cpu_s(pid: int) -> float:
    # The name in parentheses may hold spaces.
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description="What an unchanged view costs.")
    parser.add_argument("--cpu-s", type=float, default=60.0, help="how long time is measured")
    parser.add_argument("--rate", type=float, default=5.0, help="views a second for it")
    parser.add_argument("--frames", type=int, default=20_000, help="0 leaves memory out")
    parser.add_argument("--frames-rate", type=float, default=60.0, help="views a second for it")
    parser.add_argument("--limit-s", type=float, default=600.0, help="no longer than this")
    args = parser.parse_args()
    good = measure_cpu(args.cpu_s, args.rate) if args.cpu_s else True
    if args.frames:
        good &= measure_memory(args.frames, args.frames_rate, args.limit_s)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
