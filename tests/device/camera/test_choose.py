import struct
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.device.camera import fake_picamera2

from inkwatch.camera.auto import AutoCamera
from inkwatch.camera.choose import open_source
from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.folder import FolderCamera
from inkwatch.camera.picamera2 import Picamera2Camera
from inkwatch.camera.still import StillCamera
from inkwatch.camera.v4l2 import V4l2Camera
from inkwatch.camera.video_file import VideoCamera
from inkwatch.config.model import CameraSection


def named(source: str) -> Any:
    return open_source(CameraSection(source=source), 2.0, lambda: 0, print)


def test_paths_are_what_they_are(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "page.png"), np.zeros((9, 9), np.uint8))
    (tmp_path / "film.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(300))
    assert isinstance(named(str(tmp_path)), FolderCamera)
    assert isinstance(named(str(tmp_path / "page.png")), StillCamera)
    assert isinstance(named(str(tmp_path / "film.mp4")), VideoCamera)


def test_a_folder_in_memory_is_no_device() -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        assert isinstance(named(folder), FolderCamera)


@pytest.mark.parametrize(
    ("source", "path"), [("v4l2:2", "/dev/video2"), ("/dev/video7", "/dev/video7")]
)
def test_v4l2_by_number_and_by_path(source: str, path: str) -> None:
    camera = named(source)
    assert isinstance(camera, V4l2Camera)
    assert camera.name == path


def test_picamera2_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_picamera2.install(monkeypatch):
        assert named("picamera2").name == "picamera2:0"
        assert named("picamera2:1").name == "picamera2:1"


@pytest.mark.parametrize("source", ["nothing", "picamera2:x", "v4l2:", "/dev/nothing/here"])
def test_what_is_none_is_said(source: str) -> None:
    if source in {"v4l2:", "/dev/nothing/here"}:
        with pytest.raises(CameraError) as told:
            named(source).open()
    else:
        with pytest.raises(CameraError) as told:
            named(source)
    assert told.value.kind is FaultKind.NO_CAMERA
    assert told.value.mend


class TestAuto:
    """What is taken where this and that is there."""

    def make(self, devices: Path, notes: list[str]) -> AutoCamera:
        return AutoCamera(CameraSection(), notes.append, devices)

    def usb(self, devices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (devices / "video0").touch()

        def ioctl(_fd: int, request: int, answer: bytearray) -> int:
            if request == 0x80685600:
                words = (b"uvcvideo", b"A Webcam", b"usb", 1, 0x1, 0)
                answer[:] = struct.pack("=16s32s32sIII12x", *words)
            return 0

        class Capture:
            def __init__(self, *_: object) -> None:
                pass

            def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
                return True

            def set(self, *_: object) -> bool:
                return True

            def get(self, _: int) -> float:
                return 0.0

            def release(self) -> None:
                pass

        monkeypatch.setattr("fcntl.ioctl", ioctl)
        monkeypatch.setattr("inkwatch.camera.v4l2.V4l2Camera.__init__.__defaults__", (Capture,))

    def test_the_pis_own_camera_comes_first(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        notes: list[str] = []
        (tmp_path / "media0").touch()
        self.usb(tmp_path, monkeypatch)
        monkeypatch.setattr("inkwatch.camera.auto._has_picamera2", lambda: True)
        with fake_picamera2.install(monkeypatch) as world:
            world.frames = [np.zeros((1296, 2304), np.uint8)]
            camera = self.make(tmp_path, notes)
            camera.open()
            assert isinstance(camera._camera, Picamera2Camera)
            assert camera.capture(0.1) is not None
            camera.close()
        assert notes[-1] == "Source auto takes picamera2:0 (imx708)."

    @pytest.mark.parametrize("media", [True, False])
    def test_without_one_a_usb_camera_is_taken(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, media: bool
    ) -> None:
        notes: list[str] = []
        self.usb(tmp_path, monkeypatch)
        if media:
            (tmp_path / "media0").touch()
        monkeypatch.setattr("inkwatch.camera.auto._has_picamera2", lambda: True)
        with fake_picamera2.install(monkeypatch) as world:
            world.cameras = [{"Id": "/base/usb@1", "Num": 0, "Model": "A Webcam"}]
            camera = self.make(tmp_path, notes)
            camera.open()
            assert isinstance(camera._camera, V4l2Camera)
        assert notes[-1] == f"Source auto takes {tmp_path}/video0 (A Webcam)."

    def test_without_any_it_says_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "picamera2", None)
        monkeypatch.setattr("inkwatch.camera.auto._has_picamera2", lambda: False)
        camera = self.make(tmp_path, [])
        assert camera.name == "auto"
        with pytest.raises(CameraError) as told:
            camera.open()
        assert told.value.kind is FaultKind.NO_CAMERA
        assert told.value.mend
        assert camera.capture(0.0) is None
        camera.close()
