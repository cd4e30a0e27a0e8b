"""The real `inkwatch watch` as a process, told what to look at; its console is listened to."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SAMPLES = tuple(
    Path(__file__).parents[2] / "device/inkwatch/samples" / name
    for name in ("note.jpg", "shopping-list.jpg", "meter-card.jpg")
)


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the console, and when it came (monotonic)."""

    form: dict[str, Any]
    at_s: float


class Daemon:
    """Runs, can be killed, and started again. What it told stays over restarts."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._told: list[Told] = []
        self._changed = threading.Condition()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "Daemon":
        """Start it; gives no word of when it is ready."""
        log = self._config.with_suffix(".log").open("a")
        with log:
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", "inkwatch", "watch", "--config", str(self._config)],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "INKWATCH_CONSOLE_FORMAT": "json"},
            )
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return self

    @property
    def pid(self) -> int:
        """Of the daemon's own process."""
        if self._process is None:
            raise RuntimeError("the daemon was not started")
        return self._process.pid

    @property
    def log(self) -> str:
        """What it said on standard error so far."""
        return self._config.with_suffix(".log").read_text(errors="replace")

    def children(self) -> list[int]:
        """Its camera's process."""
        path = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        try:
            return [int(pid) for pid in path.read_text("ascii").split()]
        except OSError:
            return []

    def told(self) -> list[Told]:
        """What was told so far."""
        with self._changed:
            return list(self._told)

    def wait_told(self, holds: Callable[[Sequence[Told]], bool], timeout_s: float) -> bool:
        """Wait until something holds of what was told; False where it does not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: holds(self._told), timeout_s)

    def wait_count(self, count: int, timeout_s: float) -> bool:
        """Wait until so much was told; False where it is not in time."""
        return self.wait_told(lambda told: len(told) >= count, timeout_s)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once. May be called twice."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)

    def wait(self, timeout_s: float) -> int:
        """Wait for its end; gives the exit code."""
        if self._process is None:
            raise RuntimeError("the daemon was not started")
        return self._process.wait(timeout_s)

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        if process.stdout is None:
            return
        with process.stdout:
            for line in process.stdout:
                if not line.endswith("\n"):
                    # Killed in the middle of it.
                    return
                told = Told(json.loads(line), time.monotonic())
                with self._changed:
                    self._told.append(told)
                    self._changed.notify_all()


class Desk:
    """A fake camera's desk: lays one of some pictures before it."""

    def __init__(self, folder: Path, pictures: Sequence[Path]) -> None:
        self._turn = folder / "turn"
        self._pictures = pictures
        self.lay(0)

    @property
    def source(self) -> str:
        """The `camera.source` of the config."""
        pictures = ",".join(f"picture={path}" for path in self._pictures)
        return f"fake:{pictures},turn-file={self._turn}"

    def lay(self, number: int) -> float:
        """Lay a picture there; from the time that is given (monotonic) on it is seen."""
        written = self._turn.with_suffix(".new")
        written.write_text(str(number))
        written.replace(self._turn)
        return time.monotonic()
