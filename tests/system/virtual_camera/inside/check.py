"""Runs inside the tree: the keeper with the real picamera2. Prints one JSON object.

`python3 check.py PAGE SECONDS`: what was seen in so many seconds, how like the page it is, what the
camera's process takes, and what becomes of it when it is stopped.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import cv2
import numpy as np

from inkwatch.camera.faults import FaultKind
from inkwatch.camera.keeper import Keeper
from inkwatch.camera.status import CameraState
from inkwatch.config.model import CameraSection


def memory_kb(pid: int) -> dict[str, int]:
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    parts = [row.split() for row in rows[1:]]
    return {p[0].strip(":").lower(): int(p[1]) for p in parts if p[0] in ("Rss:", "Pss:")}


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def look_until(keeper: Keeper, state: CameraState, within_s: float) -> float:
    began_s = time.monotonic()
    while keeper.status().state is not state:
        keeper.newest(0.1)
        if time.monotonic() - began_s > within_s:
            raise SystemExit(f"not {state}: {keeper.status()}")
    return time.monotonic() - began_s


def main() -> None:
    page, seconds = sys.argv[1], float(sys.argv[2])
    settings = CameraSection(source="picamera2", width_px=1280, height_px=960)
    keeper = Keeper(settings)
    started_s = look_until(keeper, CameraState.RUNNING, 60)
    name = keeper.status().name
    pid = keeper.pid
    assert pid is not None
    began_s, before_s, views, numbers = time.monotonic(), cpu_s(pid), 0, []
    while time.monotonic() - began_s < seconds:
        view = keeper.newest(1.0)
        if view is not None:
            views, last = views + 1, view
            numbers.append(view.number)
    used = (cpu_s(pid) - before_s) / (time.monotonic() - began_s)
    memory = memory_kb(pid)
    printed = cv2.imread(page, cv2.IMREAD_GRAYSCALE)
    assert printed is not None
    shown = cv2.resize(printed, (1280, 960), interpolation=cv2.INTER_AREA)
    unlike = np.abs(last.frame.image.astype(int) - shown).mean()
    # Small and full stream are one view: the same brightness, part by part.
    reduced = cv2.resize(last.frame.image, last.small.shape[::-1], interpolation=cv2.INTER_AREA)
    apart = np.abs(reduced.astype(int) - last.small).mean()
    os.kill(pid, signal.SIGSTOP)
    told_s = look_until(keeper, CameraState.FAILED, 10)
    hung = keeper.status().kind is FaultKind.HUNG
    again_s = look_until(keeper, CameraState.RUNNING, 30)
    keeper.close()
    report = {
        "name": name,
        "started_s": round(started_s, 2),
        "views": views,
        "rising": numbers == sorted(set(numbers)),
        "shape": last.frame.image.shape,
        "small_shape": last.small.shape,
        "levels_off_the_page": round(float(unlike), 2),
        "levels_small_off_full": round(float(apart), 2),
        "cpu_share": round(used, 3),
        "memory_kb": memory,
        "hang_told": hung,
        "told_s": round(told_s, 2),
        "again_s": round(again_s, 2),
    }
    print(json.dumps(report))


main()
