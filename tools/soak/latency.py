"""How long it takes from a page that lies still to its reading on the console.

    python -m tools.soak.latency [--rounds 7] [--limit-s 300]

The real daemon with its camera's process and the real reader, at the settings that it has by
itself: five views of 2304 x 1296 a second. The sample pages are laid before the fake camera in
turn, each at a moment of its own between two views. A page that is replaced is not moved slowly: no
time for moving is in the figures.
"""

import random
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tools.bench.table import Row
from tools.soak.daemon import SAMPLES, Daemon, Desk
from tools.soak.report import finish, none_of, options, within

TARGET_S = 1.5
_PATIENCE_S = 15.0
_REST_S = 1.0


def run_latency(
    folder: Path, rounds: int, *, limit_s: float, chance: random.Random
) -> dict[str, list[float]]:
    """Lay each page there so often; times in seconds by page. What was never told is infinite."""
    ends_s = time.monotonic() + limit_s
    desk = Desk(folder, SAMPLES)
    config = folder / "config.toml"
    config.write_text(f'[camera]\nsource = "{desk.source}"\n')
    times: dict[str, list[float]] = {path.stem: [] for path in SAMPLES}
    daemon = Daemon(config).start()
    try:
        if not daemon.wait_told(bool, 60):
            raise TimeoutError(f"nothing was told:\n{daemon.log}")
        for turn in range(1, rounds * len(SAMPLES) + 1):
            time.sleep(_REST_S + chance.uniform(0, 0.5))
            if time.monotonic() > ends_s:
                break
            number = turn % len(SAMPLES)
            before = len(daemon.told())
            shown_s = desk.lay(number)
            told = daemon.wait_count(before + 1, _PATIENCE_S)
            took_s = daemon.told()[before].at_s - shown_s if told else float("inf")
            times[SAMPLES[number].stem].append(took_s)
    finally:
        daemon.kill()
    return times


def rows(times: dict[str, list[float]]) -> list[Row]:
    """What came of it beside the targets: the median of each page, and of all the worst."""
    every = [took_s for page in times.values() for took_s in page] or [float("inf")]
    found = [
        within(
            f"still page shown, told after: {name}, median of {len(page)}", median(page), TARGET_S
        )
        for name, page in times.items()
        if page
    ]
    worst = [took_s for took_s in every if took_s != float("inf")]
    return [
        *found,
        Row("still page shown, told after: worst of all", f"{max(worst, default=0):.2f} s"),
        none_of("pages shown and not told", len(every) - len(worst)),
    ]


def main() -> int:
    """Run it and print the figures; 1 where a target is missed."""
    parser = options(__doc__, 300.0)
    parser.add_argument("--rounds", type=int, default=7, help="how often each page is shown")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        times = run_latency(Path(folder), args.rounds, limit_s=args.limit_s, chance=chance)
    return finish(rows(times), args.json)


if __name__ == "__main__":
    sys.exit(main())
