"""picamera2's camera against a fake of picamera2; tests/system/virtual_camera runs the real one."""

import errno
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tests.device.camera import fake_picamera2 as fake
from tests.device.camera.fake_picamera2 import AfModeEnum, AfTriggerEnum, World

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.picamera2 import Picamera2Camera, pi_cameras
from inkwatch.camera.sensor_crop import sensor_crop
from inkwatch.config.model import CameraSection
from inkwatch.frames.frame import Image


def picture(value: int, width: int = 640, height: int = 360) -> Image:
    ramp = np.linspace(0, 100, width).astype(np.uint8)
    return np.asarray(ramp[None, :] + np.full((height, 1), value, np.uint8), np.uint8)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with fake.install(monkeypatch) as made:
        made.frames = [picture(value) for value in range(0, 150, 10)]
        yield made


def opened(notes: list[str] | None = None, number: int = 0, **changes: Any) -> Picamera2Camera:
    usual: dict[str, Any] = {"width_px": 640, "height_px": 360}
    note = [] if notes is None else notes
    camera = Picamera2Camera(number, CameraSection(**(usual | changes)), note.append)
    camera.open()
    return camera


def test_grey_is_the_first_plane_without_what_pads_its_rows(world: World) -> None:
    camera = opened()
    assert camera.name == "picamera2:0 (imx708)"
    views = [camera.capture(0.1) for _ in range(3)]
    for number, view in enumerate(views):
        assert view is not None
        np.testing.assert_array_equal(view.frame.image, picture(10 * number))
        assert view.frame.image.flags.c_contiguous
        assert view.small.shape == (180, 320)
        assert abs(int(view.small[0, -1]) - (10 * number + 100)) <= 1
        assert view.number == number


def test_every_request_is_given_back_so_that_pictures_never_run_out(world: World) -> None:
    camera = opened()
    assert all(camera.capture(0.1) is not None for _ in range(50))
    assert world.made[0].free == world.made[0].configuration["buffer_count"]


def test_a_picture_that_does_not_come_in_time_costs_no_buffer(world: World) -> None:
    world.frames = [None, None, None, None, picture(1)]
    camera = opened()
    got = [camera.capture(0.01) for _ in range(50)]
    assert sum(view is not None for view in got) == 10
    assert len(world.made[0].jobs) <= 1


def test_a_fault_while_copying_gives_the_request_back_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = opened()

    def torn(*_: object) -> None:
        raise RuntimeError("failed to find buffer")

    monkeypatch.setattr(fake.MappedArray, "__enter__", torn)
    with pytest.raises(CameraError, match="failed to find buffer"):
        camera.capture(0.1)
    assert world.made[0].free == world.made[0].configuration["buffer_count"]


def test_the_same_picture_again_is_none(world: World) -> None:
    world.same_time = True
    camera = opened()
    assert camera.capture(0.1) is not None
    assert camera.capture(0.1) is None


def test_it_is_configured_once_with_few_buffers_and_two_grey_streams(world: World) -> None:
    opened(width_px=2305, height_px=1297, rate_hz=5.0)
    made = world.made[0]
    assert made.configuration["main"]["size"] == (2304, 1296)
    assert made.configuration["lores"]["size"] == (320, 180)
    assert made.configuration["buffer_count"] <= 4
    assert made.configuration["raw"] is None
    assert isinstance(made.allocator, fake.PersistentAllocator)
    assert made.configuration["controls"]["FrameDurationLimits"] == (100_000, 100_000)


def test_an_odd_small_height_is_cut_from_an_even_stream(world: World) -> None:
    view = opened(width_px=640, height_px=362).capture(0.1)
    assert world.made[0].configuration["lores"]["size"] == (320, 182)
    assert view is not None
    assert view.small.shape == (181, 320)


def test_a_view_that_is_small_itself_needs_no_second_stream(world: World) -> None:
    view = opened(width_px=320, height_px=240).capture(0.1)
    assert world.made[0].configuration["lores"] is None
    assert view is not None
    np.testing.assert_array_equal(view.small, view.frame.image)


def test_a_small_stream_that_comes_out_otherwise_is_done_without(world: World) -> None:
    """libcamera's virtual camera makes every stream as large as the first."""
    world.only_size = (640, 360)
    view = opened().capture(0.1)
    assert world.made[0].configuration["lores"] is None
    assert view is not None
    assert view.small.shape == (180, 320)
    assert abs(int(view.small[-1, -1]) - 100) <= 1


def test_a_version_without_persistent_allocator_is_fine(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(sys.modules["picamera2"].allocators, "PersistentAllocator")
    assert opened().capture(0.1) is not None
    assert world.made[0].allocator is None


@pytest.mark.parametrize(
    ("settings", "controls"),
    [
        ({"autofocus": "continuous"}, {"AfMode": AfModeEnum.Continuous}),
        ({"autofocus": "single"}, {"AfMode": AfModeEnum.Auto, "AfTrigger": AfTriggerEnum.Start}),
        (
            {"autofocus": "fixed", "focus_dioptres": 4.0},
            {"AfMode": AfModeEnum.Manual, "LensPosition": 4.0},
        ),
        (
            {"autofocus": "fixed", "focus_dioptres": 30.0},
            {"AfMode": AfModeEnum.Manual, "LensPosition": 15.0},
        ),
        ({"autofocus": "none"}, {}),
        (
            {"autofocus": "none", "exposure_us": 9000, "gain": 2.5},
            {"ExposureTime": 9000, "AnalogueGain": 2.5},
        ),
    ],
)
def test_focus_and_exposure_are_set_as_the_config_says(
    world: World, settings: dict[str, Any], controls: dict[str, Any]
) -> None:
    opened(**settings)
    chosen = dict(world.made[0].configuration["controls"])
    del chosen["FrameDurationLimits"]
    assert chosen == controls


def test_a_long_exposure_is_not_cut_off_by_the_rate(world: World) -> None:
    opened(exposure_us=900_000)
    assert world.made[0].configuration["controls"]["FrameDurationLimits"] == (900_000, 900_000)


def test_a_region_is_taken_from_the_sensor(world: World) -> None:
    opened(sensor_region=(0.25, 0.5, 0.5, 0.5))
    assert world.made[0].configuration["controls"]["ScalerCrop"] == (1152, 1296, 2304, 1296)


@pytest.mark.parametrize(
    ("region", "whole", "shape", "crop"),
    [
        # All of a 4:3 sensor for a 16:9 picture: what the camera shows by itself.
        ((0.0, 0.0, 1.0, 1.0), (0, 0, 4056, 3040), 16 / 9, (0, 379, 4056, 2281)),
        # A strip grows to the picture's shape, and stays on the sensor.
        ((0.0, 0.0, 1.0, 0.2), (0, 0, 4608, 2592), 16 / 9, (0, 0, 4608, 2592)),
        ((0.0, 0.9, 0.1, 0.1), (8, 16, 1600, 900), 16 / 9, (8, 826, 160, 90)),
        ((0.5, 0.5, 0.0, 0.0), (0, 0, 1600, 900), 16 / 9, (743, 418, 113, 64)),
    ],
)
def test_a_crop_has_the_pictures_shape_and_lies_on_the_sensor(
    region: tuple[float, float, float, float],
    whole: tuple[int, int, int, int],
    shape: float,
    crop: tuple[int, int, int, int],
) -> None:
    assert sensor_crop(region, whole, shape) == crop


def test_what_the_camera_cannot_do_is_left_out_and_told(world: World) -> None:
    world.controls = {}
    notes: list[str] = []
    opened(notes, autofocus="single", exposure_us=100, sensor_region=(0.0, 0.0, 0.5, 0.5))
    assert world.made[0].configuration["controls"] == {}
    assert "no control ExposureTime" in notes[0]
    assert "part of its sensor" in notes[1]
    assert "no autofocus" in notes[2]


def test_usb_cameras_are_left_to_v4l2(world: World) -> None:
    world.cameras.append({"Id": "/base/usb@1", "Num": 1, "Model": "webcam"})
    assert [camera["Model"] for camera in pi_cameras()] == ["imx708"]


@pytest.mark.parametrize(
    ("call", "error", "kind", "mend"),
    [
        (
            "Picamera2",
            RuntimeError("Failed to acquire camera: Device or resource busy"),
            FaultKind.BUSY,
            "fuser",
        ),
        (
            "configure",
            OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
            FaultKind.MEMORY,
            "cma-",
        ),
        ("Picamera2", PermissionError(errno.EACCES, "x"), FaultKind.NO_PERMISSION, "usermod"),
        ("start", RuntimeError("Camera did not start properly."), FaultKind.FAILED, "rpicam"),
        ("global_camera_info", RuntimeError("no manager"), FaultKind.FAILED, "rpicam"),
    ],
)
def test_faults_are_told_apart_with_what_mends_them(
    world: World, call: str, error: Exception, kind: FaultKind, mend: str
) -> None:
    world.fails[call] = error
    with pytest.raises(CameraError) as told:
        opened()
    assert told.value.kind is kind
    assert mend in told.value.mend


def test_the_cause_of_a_cause_counts(world: World) -> None:
    error = RuntimeError("Camera __init__ sequence did not complete.")
    error.__cause__ = PermissionError(errno.EACCES, "Permission denied", "/dev/dma_heap/linux,cma")
    world.fails["Picamera2"] = error
    with pytest.raises(CameraError) as told:
        opened()
    assert told.value.kind is FaultKind.NO_PERMISSION
    assert told.value.permanent


@pytest.mark.parametrize("number", [0, 1])
def test_no_camera_says_how_to_look_for_one(world: World, number: int) -> None:
    del world.cameras[number:]
    with pytest.raises(CameraError, match=f"{number} found") as told:
        opened(number=number)
    assert told.value.kind is FaultKind.NO_CAMERA
    assert "rpicam-hello --list-cameras" in told.value.mend


def test_a_missing_package_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraError) as told:
        opened()
    assert told.value.kind is FaultKind.NOT_SUPPORTED
    assert "sudo apt install python3-picamera2" in told.value.mend


def test_closing_never_raises_and_may_come_twice(world: World) -> None:
    camera = opened()
    world.fails["close"] = RuntimeError("the camera is gone")
    camera.close()
    camera.close()
    assert world.made[0].closed
    assert camera.capture(0.1) is None


def test_what_fails_in_opening_is_closed_all_the_same(world: World) -> None:
    world.fails["start"] = RuntimeError("no")
    camera = Picamera2Camera(0, CameraSection(width_px=640, height_px=360), print)
    with pytest.raises(CameraError):
        camera.open()
    camera.close()
    assert world.made[0].closed
