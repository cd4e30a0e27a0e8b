"""The keeper with real processes; only the camera in them is a fake."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
from tests.device.camera.conftest import Bench

from inkwatch.camera.fake_camera import Mode
from inkwatch.camera.faults import FaultKind
from inkwatch.camera.keeper import Keeper
from inkwatch.camera.status import CameraState
from inkwatch.config.model import CameraSection

if TYPE_CHECKING:
    from inkwatch.camera.eyes import Eyes

BenchOf = Callable[..., Bench]


def test_a_good_camera_gives_views(bench_of: BenchOf) -> None:
    bench = bench_of()
    eyes: Eyes = bench.keeper
    assert eyes.status().state is CameraState.STARTING
    views = [bench.view() for _ in range(5)]
    assert [v.number for v in views] == sorted({v.number for v in views})
    assert views[0].frame.image.shape == (360, 640)
    assert views[0].small.shape == (180, 320)
    assert abs(time.monotonic() - views[-1].frame.monotonic_s) < 5
    status = eyes.status()
    assert (status.state, status.name, status.restarts) == (CameraState.RUNNING, "fake camera", 0)


def test_what_goes_wrong_is_told_and_it_recovers(bench_of: BenchOf) -> None:
    kinds = {
        Mode.BLOCK: FaultKind.HUNG,
        Mode.NOTHING: FaultKind.HUNG,
        Mode.RAISE: FaultKind.FAILED,
        Mode.CRASH: FaultKind.FAILED,
        Mode.EXIT: FaultKind.FAILED,
        Mode.VANISH: FaultKind.VANISHED,
        Mode.BLACK: FaultKind.BAD_FRAMES,
        Mode.CUT: FaultKind.BAD_FRAMES,
        Mode.WRONG_SIZE: FaultKind.BAD_FRAMES,
    }
    benches = {mode: bench_of() for mode in kinds}
    for bench in benches.values():
        bench.view()
    for mode, bench in benches.items():
        bench.mode(mode)
    for mode, bench in benches.items():
        failed = bench.fails()
        assert failed.kind is kinds[mode], mode
        assert failed.message, mode
        assert not failed.permanent, mode
        assert failed.retry_in_s <= 60 * 1.1, mode
        bench.mode(Mode.GOOD)
    for mode, bench in benches.items():
        again = bench.runs()
        assert again.restarts >= 1, mode
        assert (again.kind, again.message) == (None, ""), mode
        bench.view()


def test_pictures_that_are_pictures_are_left_to_the_watcher(bench_of: BenchOf) -> None:
    for bench in [bench_of(mode) for mode in (Mode.FREEZE, Mode.TORN, Mode.BLURRED)]:
        for _ in range(5):
            bench.view()
        assert bench.keeper.status().state is CameraState.RUNNING


def test_a_fault_that_waiting_does_not_mend_waits_longest(bench_of: BenchOf) -> None:
    kinds = {
        Mode.VANISH: FaultKind.NO_CAMERA,
        Mode.BUSY: FaultKind.BUSY,
        Mode.DENIED: FaultKind.NO_PERMISSION,
    }
    benches = [(kind, bench_of(mode)) for mode, kind in kinds.items()]
    for kind, bench in benches:
        status = bench.fails()
        assert (status.kind, status.permanent, status.name) == (kind, True, "")
        assert 50 < status.retry_in_s <= 66


def test_an_end_is_no_fault_and_the_last_view_is_not_lost(bench_of: BenchOf) -> None:
    bench = bench_of(source="fake:end-after=6", rate_hz=60.0)
    time.sleep(1.5)  # it is over before anybody looks
    assert bench.view().number == 5
    assert bench.keeper.newest(5.0) is None
    assert bench.keeper.status().state is CameraState.ENDED
    assert bench.keeper.pid is None


def test_a_daemon_that_reads_for_long_finds_the_newest_and_no_hang(bench_of: BenchOf) -> None:
    bench = bench_of(rate_hz=50.0)
    first = bench.view()
    time.sleep(2.0)  # longer than the camera may be silent
    second = bench.view()
    assert second.number > first.number + 10
    assert bench.keeper.status().restarts == 0


def test_both_standing_still_is_no_hang(bench_of: BenchOf) -> None:
    bench = bench_of()
    bench.view()
    pid = bench.keeper.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    time.sleep(1.5)
    os.kill(pid, signal.SIGCONT)
    bench.view()
    assert bench.keeper.pid == pid


def test_a_camera_process_that_is_killed_is_started_again(bench_of: BenchOf) -> None:
    bench = bench_of()
    bench.view()
    pid = bench.keeper.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert "SIGKILL" in bench.fails().message
    bench.runs()
    assert bench.keeper.pid not in (None, pid)


def test_the_end_of_a_whole_service_is_no_fault_of_the_camera(
    bench_of: BenchOf, caplog: pytest.LogCaptureFixture
) -> None:
    bench = bench_of()
    bench.view()
    pid = bench.keeper.pid
    assert pid is not None
    os.kill(pid, signal.SIGTERM)  # as systemd sends it to every process of the service
    end_s = time.monotonic() + 20
    while bench.keeper.pid in {pid, None}:
        assert time.monotonic() < end_s
        bench.keeper.newest(0.1)
        assert bench.keeper.status().state is CameraState.RUNNING
    bench.view()
    assert caplog.records == []


def test_it_looks_less_often_where_it_is_asked_to(bench_of: BenchOf) -> None:
    bench = bench_of(rate_hz=50.0)
    bench.view()
    bench.keeper.slow_down(2.0)
    bench.view()
    bench.view()
    times = [bench.view().frame.monotonic_s for _ in range(3)]
    assert times[2] - times[0] > 0.8
    # A process that starts later looks as seldom.
    bench.mode(Mode.EXIT)
    bench.fails()
    bench.mode(Mode.GOOD)
    times = [bench.view(20.0).frame.monotonic_s for _ in range(3)]
    assert times[2] - times[0] > 0.8


def test_closing_ends_the_process_also_one_that_hangs(bench_of: BenchOf) -> None:
    good, hung = bench_of(), bench_of(Mode.GOOD)
    for bench in (good, hung):
        bench.view()
    hung.mode(Mode.BLOCK)
    time.sleep(0.3)
    for bench in (good, hung):
        pid = bench.keeper.pid
        assert pid is not None
        before_s = time.monotonic()
        bench.keeper.close()
        assert time.monotonic() - before_s < 5
        assert not Path(f"/proc/{pid}").exists()
        assert bench.keeper.newest(0.1) is None


def test_the_camera_never_outlives_its_keeper(tmp_path: Path) -> None:
    (tmp_path / "mode").write_text(Mode.GOOD)
    code = (
        "import sys\n"
        "from inkwatch.camera.keeper import Keeper\n"
        "from inkwatch.config.model import CameraSection\n"
        "keeper = Keeper(CameraSection(source=sys.argv[1], width_px=64, height_px=64))\n"
        "while keeper.newest(1.0) is None: pass\n"
        "print(keeper.pid, flush=True)\n"
        "while True: keeper.newest(1.0)\n"
    )
    keeper = subprocess.Popen(
        [sys.executable, "-c", code, f"fake:mode-file={tmp_path / 'mode'}"], stdout=subprocess.PIPE
    )
    assert keeper.stdout is not None
    camera = Path("/proc", keeper.stdout.readline().decode().strip())
    assert camera.exists()
    (tmp_path / "mode").write_text(Mode.BLOCK)  # it does not even look at its line
    time.sleep(0.5)
    keeper.kill()
    keeper.communicate(timeout=10)
    end_s = time.monotonic() + 10
    while camera.exists() and "Z" not in (camera / "stat").read_text().rpartition(")")[2]:
        assert time.monotonic() < end_s
        time.sleep(0.02)


def test_ctrl_c_is_the_daemons_affair(bench_of: BenchOf) -> None:
    bench = bench_of()
    bench.view()
    pid = bench.keeper.pid
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    for _ in range(5):
        bench.view()
    assert bench.keeper.pid == pid


def test_a_source_that_comes_is_seen_before_its_pause_is_over(tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    keeper = Keeper(CameraSection(source=str(picture)))
    try:
        while keeper.status().state is not CameraState.FAILED:
            keeper.newest(0.1)
        assert keeper.status().kind is FaultKind.NO_CAMERA
        assert keeper.status().retry_in_s > 50
        cv2.imwrite(str(picture), np.full((80, 90), 200, np.uint8))
        end_s = time.monotonic() + 10
        while keeper.newest(0.2) is None:
            assert time.monotonic() < end_s, keeper.status()
    finally:
        keeper.close()


def test_the_log_says_once_what_is_wrong_and_that_it_runs_again(
    bench_of: BenchOf, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "inkwatch")
    bench = bench_of(Mode.RAISE)
    bench.look_until(lambda status: status.restarts >= 1, 20)
    bench.fails()
    bench.mode(Mode.GOOD)
    bench.runs()
    said = [record.getMessage() for record in caplog.records]
    assert said == ["The fake camera fails.", "The camera (fake camera) runs again."]


def test_no_process_to_be_had_is_a_fault_like_others(
    bench_of: BenchOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    before = len(list(Path("/proc/self/fd").iterdir()))
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", refuse)
        status = bench_of().fails()
        assert "Resource temporarily unavailable" in status.message
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_looking_never_takes_longer_than_asked_also_when_a_camera_hangs_in_closing(
    bench_of: BenchOf,
) -> None:
    bench = bench_of(Mode.STUCK)
    bench.look_until(lambda status: status.state is CameraState.RUNNING, 20)
    longest_s = 0.0
    end_s = time.monotonic() + 20
    while bench.keeper.status().state is CameraState.RUNNING:
        assert time.monotonic() < end_s
        before_s = time.monotonic()
        bench.keeper.newest(0.05)
        longest_s = max(longest_s, time.monotonic() - before_s)
    assert bench.keeper.status().kind is FaultKind.FAILED
    assert longest_s < 0.9  # it closes for ever, and may take one second before it is killed
    (process,) = bench.keeper._dying
    bench.look_until(lambda _: process not in bench.keeper._dying, 10)
    assert process.gone()


def test_secrets_are_not_handed_on(bench_of: BenchOf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKWATCH_MQTT_PASSWORD", "canary")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/canary")
    bench = bench_of()
    bench.view()
    environment = Path(f"/proc/{bench.keeper.pid}/environ").read_bytes()
    assert b"canary" not in environment
    assert b"PATH=" in environment


def test_the_log_says_what_mends_it(bench_of: BenchOf, caplog: pytest.LogCaptureFixture) -> None:
    bench_of(Mode.VANISH).fails()
    said = [record.getMessage() for record in caplog.records]
    assert said == ["There is no fake camera. To mend it: Set its mode to good."]
