"""A camera hangs, vanishes or gives rubbish, again and again: how soon it is told, and seen again.

    python -m tools.soak.camera_cycles [--cycles 300] [--cameras 8] [--limit-s 2400]

Real keepers with real processes, all in this one process and looked at in turn; only the cameras in
the processes are fakes. What this process holds is measured when a tenth is done and at the end.
"""

import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from inkwatch.camera.fake_camera import Mode
from inkwatch.camera.keeper import Keeper
from inkwatch.camera.status import CameraState
from inkwatch.config.model import CameraSection
from inkwatch.machine.memory import pss_bytes, trim
from tools.bench.table import Row
from tools.soak.report import all_of, finish, options, within

FAILURES = (
    *(Mode.BLOCK, Mode.VANISH, Mode.BLACK, Mode.NOTHING, Mode.CUT, Mode.EXIT, Mode.EVEN),
    *(Mode.RAISE, Mode.WRONG_SIZE),
)
TOLD_S, RECOVERED_S = 5.0, 10.0
MEMORY_GROWTH_BYTES = 1_000_000
_LOOK_S = 0.02


@dataclass(frozen=True)
class Held:
    """What this process holds."""

    threads: int
    descriptors: int
    pss_bytes: int


@dataclass(frozen=True)
class Cycles:
    """What came of it; times in seconds from the fault, and from the camera's being back."""

    done: int
    told_s: float
    told_median_s: float
    recovered_s: float
    recovered_median_s: float
    never: int
    first: Held
    last: Held

    def rows(self) -> list[Row]:
        """The figures beside the targets."""
        grown = self.last.pss_bytes - self.first.pss_bytes
        threads = self.last.threads - self.first.threads
        descriptors = self.last.descriptors - self.first.descriptors
        return [
            all_of("camera faults told and recovered from", self.done, self.done + self.never),
            within("camera fault: told after, worst", self.told_s, TOLD_S),
            Row("camera fault: told after, median", f"{self.told_median_s:.2f} s"),
            within("camera back: seen after, worst", self.recovered_s, RECOVERED_S),
            Row("camera back: seen after, median", f"{self.recovered_median_s:.2f} s"),
            within("camera faults: more threads", threads, 0, ""),
            within("camera faults: more descriptors", descriptors, 0, ""),
            within("camera faults: more memory", grown / 1e6, MEMORY_GROWTH_BYTES / 1e6, "MB"),
        ]


class Patient:
    """One camera that fails and is mended in turn; each time for as long as chance has it."""

    def __init__(self, folder: Path, number: int, chance: random.Random, good_s: float) -> None:
        self._mode_file = folder / f"mode-{number}"
        self._chance = chance
        self._good_s = good_s
        self._turn = number
        self._set(Mode.GOOD)
        source = f"fake:mode-file={self._mode_file}"
        self.keeper = Keeper(CameraSection(source=source, width_px=640, height_px=360))
        self._ill_s: float | None = None
        self._well_s: float | None = None
        self._next_s = float("inf")
        self.told: list[float] = []
        self.recovered: list[float] = []

    @property
    def well(self) -> bool:
        """Whether it runs and is not about to fail."""
        return self._ill_s is None and self.keeper.status().state is CameraState.RUNNING

    def look(self, now_s: float, *, may_fall: bool) -> None:
        """One look, as the daemon does, and whatever is due."""
        seen = self.keeper.newest(_LOOK_S) is not None
        failed = self.keeper.status().state is CameraState.FAILED
        if self._ill_s is None:  # it is well, or about to be
            if self._next_s == float("inf") and seen:
                if self._well_s is not None:
                    self.recovered.append(time.monotonic() - self._well_s)
                self._next_s = now_s + self._good_s
            elif now_s >= self._next_s and may_fall:
                self._set(FAILURES[self._turn % len(FAILURES)])
                self._turn += 1
                self._ill_s, self._next_s = time.monotonic(), float("inf")
        elif failed and self._next_s == float("inf"):
            self.told.append(time.monotonic() - self._ill_s)
            self._next_s = now_s + self._chance.uniform(0, 8)
        elif now_s >= self._next_s:
            self._set(Mode.GOOD)
            self._well_s, self._ill_s, self._next_s = time.monotonic(), None, float("inf")

    def _set(self, mode: Mode) -> None:
        written = self._mode_file.with_suffix(".new")
        written.write_text(mode)
        written.replace(self._mode_file)


def run_cycles(
    folder: Path, cycles: int, cameras: int, *, limit_s: float, seed: int = 1, good_s: float = 5.5
) -> Cycles:
    """Let cameras fail and recover until all cycles are done or the time is over."""
    chance = random.Random(seed)  # noqa: S311 - what fails when is no secret
    patients = [Patient(folder, number, chance, good_s) for number in range(cameras)]
    end_s = time.monotonic() + limit_s
    first, last, done = None, held(), 0
    try:
        while time.monotonic() < end_s:
            done = sum(len(p.recovered) for p in patients)
            measures = done >= cycles or (first is None and done >= max(1, cycles // 10))
            # Both times with every camera running: each that does not holds less.
            if measures and all(p.well for p in patients):
                last = held()
                first = first or last
                if done >= cycles:
                    break
            for patient in patients:
                patient.look(time.monotonic(), may_fall=not measures)
    finally:
        for patient in patients:
            patient.keeper.close()
    told = sorted(s for p in patients for s in p.told) or [float("inf")]
    recovered = sorted(s for p in patients for s in p.recovered) or [float("inf")]
    return Cycles(
        done=done,
        told_s=round(told[-1], 2),
        told_median_s=round(told[len(told) // 2], 2),
        recovered_s=round(recovered[-1], 2),
        recovered_median_s=round(recovered[len(recovered) // 2], 2),
        never=max(0, cycles - done),
        first=first or last,
        last=last,
    )


def held() -> Held:
    """What this process holds now."""
    trim()
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    threads = next(int(row.split()[1]) for row in status if row.startswith("Threads:"))
    return Held(threads, len(list(Path("/proc/self/fd").iterdir())), pss_bytes())


def main() -> int:
    """Run it and print the figures; 1 where a target is missed."""
    parser = options(__doc__, 2400.0)
    parser.add_argument("--cycles", type=int, default=300)
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cycles = run_cycles(
            Path(folder), args.cycles, args.cameras, limit_s=args.limit_s, seed=args.seed
        )
    return finish(cycles.rows(), args.json)


if __name__ == "__main__":
    sys.exit(main())
