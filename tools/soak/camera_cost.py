"""What a camera costs that sees nothing new: processor time and memory, of both processes.

    python -m tools.soak.camera_cost [--source fake:] [--seconds 30] [--rate-hz 5]

The daemon's side only takes the views; what it makes of them is not in these figures.
"""

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from inkwatch.camera.keeper import Keeper
from inkwatch.config.model import CameraSection
from inkwatch.machine.memory import pss_bytes, rss_bytes
from tools.bench.table import Row, at_most
from tools.soak.report import finish, options


@dataclass(frozen=True)
class Cost:
    """Shares of one core, and bytes."""

    views: int
    seconds: float
    camera_cpu: float
    keeper_cpu: float
    camera_pss_bytes: int
    camera_rss_bytes: int
    keeper_pss_bytes: int


def measure(settings: CameraSection, seconds: float) -> Cost:
    """Look for so many seconds, once the camera runs."""
    keeper = Keeper(settings)
    try:
        end_s = time.monotonic() + 60
        while keeper.newest(1.0) is None:
            if time.monotonic() > end_s:
                raise SystemExit(f"no picture came: {keeper.status()}")
        pid = keeper.pid
        if pid is None:
            raise SystemExit(f"the source is over: {keeper.status()}")
        began_s, camera_s, own_s = time.monotonic(), cpu_s(pid), time.process_time()
        views = 0
        while (passed_s := time.monotonic() - began_s) < seconds:
            views += keeper.newest(1.0) is not None
        return Cost(
            views=views,
            seconds=round(passed_s, 2),
            camera_cpu=round((cpu_s(pid) - camera_s) / passed_s, 4),
            keeper_cpu=round((time.process_time() - own_s) / passed_s, 4),
            camera_pss_bytes=pss_bytes(pid),
            camera_rss_bytes=rss_bytes(pid),
            keeper_pss_bytes=pss_bytes(),
        )
    finally:
        keeper.close()


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process took."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> int:
    """Measure and print the figures."""
    parser = options(__doc__, 60.0)
    parser.add_argument("--source", default="fake:")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rate-hz", type=float, default=5.0)
    parser.add_argument("--size", default="2304x1296")
    args = parser.parse_args()
    width_px, height_px = map(int, args.size.split("x"))
    settings = CameraSection(
        source=args.source, rate_hz=args.rate_hz, width_px=width_px, height_px=height_px
    )
    cost = measure(settings, min(args.seconds, args.limit_s))
    both = cost.camera_pss_bytes + cost.keeper_pss_bytes
    # No targets of its own: `idle` has those of the whole daemon.
    return finish(
        [
            at_most("unchanged view: camera's process, share of a core", cost.camera_cpu),
            at_most("unchanged view: taking the views, share of a core", cost.keeper_cpu),
            Row("camera's process and a bare keeper, memory (PSS)", f"{both / 1e6:.1f} MB"),
        ],
        args.json,
    )


if __name__ == "__main__":
    sys.exit(main())
