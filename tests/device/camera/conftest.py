"""A keeper with a fake camera whose behaviour a test can change while it runs."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inkwatch.camera.fake_camera import Mode
from inkwatch.camera.keeper import Keeper
from inkwatch.camera.pauses import Pauses
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.camera.view import View
from inkwatch.config.model import CameraSection


class Bench:
    """`bench.keeper` runs `fake:mode-file`; `bench.mode` sets how the camera behaves."""

    def __init__(self, keeper: Keeper, mode_file: Path) -> None:
        self.keeper = keeper
        self._mode_file = mode_file

    def mode(self, mode: Mode) -> None:
        written = self._mode_file.with_suffix(".new")
        written.write_text(mode)
        written.replace(self._mode_file)

    def look_until(self, holds: Callable[[CameraStatus], bool], within_s: float) -> CameraStatus:
        """Look as the daemon does until the status is as wanted."""
        end_s = time.monotonic() + within_s
        while not holds(status := self.keeper.status()):
            assert time.monotonic() < end_s, status
            self.keeper.newest(0.1)
        return status

    def fails(self, within_s: float = 10.0) -> CameraStatus:
        return self.look_until(lambda s: s.state is CameraState.FAILED, within_s)

    def runs(self, within_s: float = 20.0) -> CameraStatus:
        return self.look_until(lambda s: s.state is CameraState.RUNNING, within_s)

    def view(self, within_s: float = 10.0) -> View:
        end_s = time.monotonic() + within_s
        while (view := self.keeper.newest(0.5)) is None:
            assert time.monotonic() < end_s, self.keeper.status()
        return view


@pytest.fixture
def bench_of(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """`bench_of(Mode.GOOD, rate_hz=20.0)`: a bench, ended with the test."""
    keepers: list[Keeper] = []

    def make(mode: Mode = Mode.GOOD, **changes: Any) -> Bench:
        mode_file = tmp_path / f"mode-{len(keepers)}"
        mode_file.write_text(mode)
        usual: dict[str, Any] = {
            "source": f"fake:mode-file={mode_file}",
            "width_px": 640,
            "height_px": 360,
            "rate_hz": 20.0,
            "hang_after_s": 1.0,
        }
        keeper = Keeper(CameraSection(**(usual | changes)), pauses=Pauses(first_s=0.3))
        keepers.append(keeper)
        return Bench(keeper, mode_file)

    yield make
    for keeper in keepers:
        keeper.close()
