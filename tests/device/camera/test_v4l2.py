"""A V4L2 camera against fakes of OpenCV's capture and of the kernel's answers."""

import errno
import os
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch.camera import v4l2_node
from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.holders import holders_of
from inkwatch.camera.v4l2 import V4l2Camera
from inkwatch.camera.v4l2_node import cameras, fault_of, look_at
from inkwatch.config.model import CameraSection
from inkwatch.frames.frame import Image

MJPG = cv2.VideoWriter.fourcc(*"MJPG")
YUYV = cv2.VideoWriter.fourcc(*"YUYV")


class FakeKernel:
    """Answers ioctls for the files of a folder that stands in for /dev."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.nodes: dict[str, tuple[str, str, int]] = {}
        self.busy: set[str] = set()

    def add(self, name: str, driver: str, card: str, capabilities: int = 0x1) -> str:
        (self.folder / name).touch()
        self.nodes[name] = (driver, card, capabilities)
        return str(self.folder / name)

    def ioctl(self, fd: int, request: int, answer: bytearray) -> int:
        name = Path(f"/proc/self/fd/{fd}").readlink().name
        # VIDIOC_QUERYCAP, VIDIOC_G_FMT and VIDIOC_S_FMT as linux/videodev2.h has them on 64 bits.
        assert request in {0x80685600, 0xC0D05604, 0xC0D05605}, hex(request)
        if request == 0x80685600:
            if name not in self.nodes:
                raise OSError(errno.ENOTTY, "Inappropriate ioctl for device")
            driver, card, capabilities = self.nodes[name]
            every = capabilities | 0x80000000 | 0x1 | 0x00800000
            answer[:] = struct.pack(
                "=16s32s32sIII12x", driver.encode(), card.encode(), b"usb-1", 1, every, capabilities
            )
        elif request == 0xC0D05605 and name in self.busy:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return 0


class FakeCapture:
    """As OpenCV's V4L2 capture: raw bytes where CONVERT_RGB is off, else BGR."""

    def __init__(self, pictures: list[Image | bytes | None], *, knows: set[int]) -> None:
        self.pictures = pictures
        self.knows = knows
        self.values: dict[int, float] = {}
        self.grabs = 0
        self.released = False
        self.opens = True

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.opens

    def set(self, what: int, value: float) -> bool:
        if what in self.knows:
            self.values[what] = value
        return what in self.knows

    def get(self, what: int) -> float:
        return self.values.get(what, float(YUYV) if what == cv2.CAP_PROP_FOURCC else 0.0)

    def grab(self) -> bool:
        self.grabs += 1
        return self._now() is not None

    def retrieve(self) -> tuple[bool, Any]:
        now = self._now()
        if isinstance(now, bytes):
            return True, np.frombuffer(now, np.uint8)[None, :]
        return now is not None, now

    def release(self) -> None:
        self.released = True

    def _now(self) -> Image | bytes | None:
        return self.pictures[min(self.grabs, len(self.pictures)) - 1]


EVERYTHING = {
    *(cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT),
    *(cv2.CAP_PROP_BUFFERSIZE, cv2.CAP_PROP_CONVERT_RGB, cv2.CAP_PROP_AUTOFOCUS),
    *(cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_GAIN),
}


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKernel:
    fake = FakeKernel(tmp_path)
    monkeypatch.setattr("fcntl.ioctl", fake.ioctl)
    return fake


def page() -> Image:
    image = np.full((240, 320), 180, np.uint8)
    image[60:80, 40:200] = 30
    return image


def jpeg(image: Image) -> bytes:
    kept, data = cv2.imencode(".jpg", image)
    assert kept
    return data.tobytes()


OpenCamera = Callable[..., tuple[V4l2Camera, list[str]]]


@pytest.fixture
def opened(kernel: FakeKernel) -> OpenCamera:
    path = kernel.add("video0", "uvcvideo", "A Webcam")

    def run(fake: FakeCapture, **changes: Any) -> tuple[V4l2Camera, list[str]]:
        notes: list[str] = []
        settings = CameraSection(**({"width_px": 320, "height_px": 240} | changes))
        make: Any = lambda *_: fake  # noqa: E731 - stands in for a class
        camera = V4l2Camera(path, settings, notes.append, make)
        camera.open()
        return camera, notes

    return run


def test_compressed_pictures_are_decoded_straight_to_grey(opened: OpenCamera) -> None:
    fake = FakeCapture([jpeg(page())], knows=EVERYTHING)
    camera, notes = opened(fake)
    assert fake.values[cv2.CAP_PROP_FOURCC] == MJPG
    assert fake.values[cv2.CAP_PROP_CONVERT_RGB] == 0
    assert fake.values[cv2.CAP_PROP_BUFFERSIZE] == 1
    view = camera.capture(0.1)
    assert view is not None
    assert np.abs(view.frame.image.astype(int) - page()).max() < 20
    assert view.frame.image.shape == view.small.shape == (240, 320)
    assert camera.name.endswith("(A Webcam)")
    assert notes == []
    camera.close()
    camera.close()
    assert fake.released
    assert camera.capture(0.1) is None


def test_a_camera_without_compression_gives_colour_that_becomes_grey(opened: OpenCamera) -> None:
    fake = FakeCapture([np.dstack([page()] * 3)], knows=EVERYTHING - {cv2.CAP_PROP_FOURCC})
    camera, _ = opened(fake)
    view = camera.capture(0.1)
    assert view is not None
    np.testing.assert_array_equal(view.frame.image, page())


def test_a_picture_that_waited_in_the_buffer_is_passed_over(opened: OpenCamera) -> None:
    fake = FakeCapture([jpeg(page() // 2), jpeg(page())], knows=EVERYTHING)
    camera, _ = opened(fake)
    view = camera.capture(0.1)
    assert view is not None
    assert view.frame.image[0, 0] > 150


def test_a_camera_with_more_pixels_than_wanted_is_scaled_down(opened: OpenCamera) -> None:
    camera, _ = opened(FakeCapture([jpeg(page())], knows=EVERYTHING), width_px=160, height_px=120)
    view = camera.capture(0.1)
    assert view is not None
    assert view.frame.image.shape == (120, 160)


def test_torn_pictures_are_left_out_and_a_fault_when_they_last(
    opened: OpenCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = jpeg(page())[:-600]
    fake = FakeCapture([torn], knows=EVERYTHING)
    camera, _ = opened(fake)
    now_s = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now_s[0])
    for _ in range(3):
        assert camera.capture(0.1) is None
        now_s[0] += 0.5
    now_s[0] += 1.0
    with pytest.raises(CameraError, match="torn") as told:
        camera.capture(0.1)
    assert told.value.kind is FaultKind.BAD_FRAMES
    assert not told.value.permanent


def test_a_camera_that_is_pulled_out_has_vanished(opened: OpenCamera, kernel: FakeKernel) -> None:
    fake = FakeCapture([jpeg(page()), jpeg(page()), None], knows=EVERYTHING)
    camera, _ = opened(fake)
    assert camera.capture(0.1) is not None
    assert camera.capture(0.01) is None  # it is there still: a hiccup
    (kernel.folder / "video0").unlink()
    with pytest.raises(CameraError, match="is gone") as told:
        camera.capture(0.01)
    assert told.value.kind is FaultKind.VANISHED
    assert not told.value.permanent


def test_settings_are_made_and_what_it_cannot_do_is_told(opened: OpenCamera) -> None:
    fake = FakeCapture([jpeg(page())], knows=EVERYTHING - {cv2.CAP_PROP_GAIN})
    _, notes = opened(fake, exposure_us=5000, gain=2.0, autofocus="fixed")
    assert fake.values[cv2.CAP_PROP_AUTO_EXPOSURE] == 1
    assert fake.values[cv2.CAP_PROP_EXPOSURE] == 50
    assert fake.values[cv2.CAP_PROP_AUTOFOCUS] == 0
    assert "camera.gain" in notes[0]
    assert "distance" in notes[1]


def test_focusing_once_ends_after_a_while(
    opened: OpenCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now_s[0])
    fake = FakeCapture([jpeg(page())], knows=EVERYTHING)
    camera, _ = opened(fake, autofocus="single")
    camera.capture(0.1)
    assert fake.values[cv2.CAP_PROP_AUTOFOCUS] == 1
    now_s[0] += 5
    camera.capture(0.1)
    assert fake.values[cv2.CAP_PROP_AUTOFOCUS] == 0


def test_a_camera_that_does_not_start_is_a_fault(opened: OpenCamera) -> None:
    fake = FakeCapture([None], knows=EVERYTHING)
    fake.opens = False
    with pytest.raises(CameraError, match="does not start"):
        opened(fake)


def test_nodes_are_told_apart(kernel: FakeKernel) -> None:
    kernel.add("video10", "uvcvideo", "Second")
    kernel.add("video2", "uvcvideo", "First")
    kernel.add("video3", "uvcvideo", "First's metadata", 0x00800000)
    kernel.add("video0", "unicam", "a part of the Pi")
    kernel.add("video1", "bcm2835-codec", "another")
    (kernel.folder / "video4").touch()
    assert [node.card for node in cameras(kernel.folder)] == ["First", "Second"]


@pytest.mark.parametrize("capabilities", [0x00800000, 0x2])
def test_a_node_that_gives_no_pictures_is_refused(kernel: FakeKernel, capabilities: int) -> None:
    path = kernel.add("video3", "uvcvideo", "Metadata", capabilities)
    with pytest.raises(CameraError, match="gives no pictures") as told:
        look_at(path)
    assert told.value.kind is FaultKind.NOT_SUPPORTED


def test_a_file_that_is_no_device_is_refused(kernel: FakeKernel) -> None:
    (kernel.folder / "file").touch()
    with pytest.raises(CameraError, match="is no camera"):
        look_at(str(kernel.folder / "file"))


def test_a_busy_camera_names_who_holds_it(kernel: FakeKernel) -> None:
    path = kernel.add("video0", "uvcvideo", "A Webcam")
    kernel.busy.add("video0")
    code = "import sys, time; f = open(sys.argv[1]); print('has it', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == b"has it\n"
        with pytest.raises(CameraError, match=rf"process {other.pid}\)") as told:
            look_at(path)
        assert holders_of(path) != ()
    finally:
        other.kill()
        other.communicate(timeout=10)
    assert told.value.kind is FaultKind.BUSY
    assert f"fuser -v {path}" in told.value.mend
    assert holders_of(path) == ()


@pytest.mark.parametrize(
    ("number", "kind", "mend", "permanent"),
    [
        (errno.ENOENT, FaultKind.NO_CAMERA, "v4l2-ctl", True),
        (errno.ENODEV, FaultKind.NO_CAMERA, "cable", True),
        (errno.EACCES, FaultKind.NO_PERMISSION, "sudo usermod -aG video ", True),
        (errno.EBUSY, FaultKind.BUSY, "fuser", True),
        (errno.ENOMEM, FaultKind.MEMORY, "width_px", False),
        (errno.EIO, FaultKind.FAILED, "", False),
    ],
)
def test_the_kernels_errors_are_told_apart(
    number: int, kind: FaultKind, mend: str, permanent: bool
) -> None:
    told = fault_of("/dev/video0", OSError(number, os.strerror(number)))
    assert (told.kind, told.permanent) == (kind, permanent)
    assert mend in told.mend


def test_the_requests_are_the_kernels_own() -> None:
    sizes = {208: (0xC0D05604, 0xC0D05605), 204: (0xC0CC5604, 0xC0CC5605)}
    assert sizes[v4l2_node._FORMAT_BYTES] == (v4l2_node._G_FMT, v4l2_node._S_FMT)
