from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.camera.faults import CameraError, FaultKind, SourceEnded
from inkwatch.camera.video_file import VideoCamera
from inkwatch.camera.view import View

RATE_HZ = 20.0
FRAMES = 30


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """1.5 s of film; each frame's level says which it is."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE_HZ, (160, 120))
    for number in range(FRAMES):
        writer.write(np.full((120, 160, 3), number * 8, np.uint8))
    writer.release()
    return path


class Clock:
    """Goes on by `step_s` whenever it is looked at, and by what is slept."""

    def __init__(self, step_s: float = 0.0) -> None:
        self.now_s = 100.0
        self.step_s = step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s

    def sleep(self, for_s: float) -> None:
        self.now_s += for_s


def play(camera: VideoCamera, between: Callable[[], None]) -> list[View | None]:
    """Look until the film is over."""
    views: list[View | None] = []
    while True:
        try:
            views.append(camera.capture(0.25))
        except SourceEnded:
            return views
        between()


CameraOf = Callable[..., tuple[VideoCamera, Clock, list[str]]]


@pytest.fixture
def camera_of(monkeypatch: pytest.MonkeyPatch) -> CameraOf:
    def make(path: Path, step_s: float = 0.0) -> tuple[VideoCamera, Clock, list[str]]:
        clock, notes = Clock(step_s), list[str]()
        monkeypatch.setattr("time.sleep", clock.sleep)
        camera = VideoCamera(path, 10**6, notes.append, clock)
        camera.open()
        return camera, clock, notes

    return make


def test_it_plays_as_fast_as_it_was_filmed(film: Path, camera_of: CameraOf) -> None:
    camera, clock, notes = camera_of(film)
    seen = []
    for look in range(8):
        at_s = 0.2 * look + (0.01 if look else 0.0)  # the clock begins with the first look
        clock.now_s = 100.0 + at_s
        view = camera.capture(1.0)
        assert view is not None
        seen.append((view.number, round(view.frame.image.mean() / 8)))
        assert clock.now_s == 100.0 + at_s  # the frame that was shown then was not waited for
    assert seen == [(4 * look, 4 * look) for look in range(8)]
    clock.now_s += 0.2
    with pytest.raises(SourceEnded):
        camera.capture(1.0)
    assert notes == []


def test_a_frame_that_is_far_off_is_not_waited_for_longer_than_asked(
    film: Path, camera_of: CameraOf
) -> None:
    camera, clock, _ = camera_of(film)
    assert camera.capture(0.01) is not None
    waits = [camera.capture(0.01) for _ in range(4)]
    assert waits[:3] == [None, None, None]
    assert clock.now_s < 100.06


def test_a_machine_that_is_slower_than_the_film_plays_it_slower(
    film: Path, camera_of: CameraOf
) -> None:
    camera, _, _ = camera_of(film, step_s=0.3)
    views = play(camera, lambda: None)
    assert len([view for view in views if view is not None]) > 5


def test_names_and_shapes(film: Path) -> None:
    camera = VideoCamera(film, 8000, print)
    camera.open()
    view = camera.capture(0.1)
    assert view is not None
    assert view.frame.source == f"{film}#0"
    assert view.frame.image.shape[0] * view.frame.image.shape[1] <= 8000
    assert view.small.ndim == 2
    camera.close()
    camera.close()


def test_a_film_that_is_cut_short_is_told_and_ends(film: Path, camera_of: CameraOf) -> None:
    whole = film.read_bytes()
    film.write_bytes(whole[: len(whole) // 2])
    camera, clock, notes = camera_of(film)
    play(camera, lambda: clock.sleep(0.1))
    assert len(notes) == 1
    assert "cut short" in notes[0]


def test_what_is_no_film_is_a_fault_that_stays(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(100))
    with pytest.raises(CameraError, match="cannot be opened") as told:
        VideoCamera(path, 10**6, print).open()
    assert told.value.kind is FaultKind.FAILED
    assert told.value.permanent
