"""Cameras on a Raspberry Pi's ribbon cable; the only file that knows picamera2.

Written for picamera2 0.3.12 (Bookworm) and later. Its camera is configured once: a full stream to
read and a small one to decide by, both YUV420, whose first plane is the grey picture itself.
"""

import contextlib
import errno
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as NotInTime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.holders import held_by, user_name
from inkwatch.camera.small import small_of, small_size
from inkwatch.camera.view import View
from inkwatch.frames._clock import stamp

if TYPE_CHECKING:
    from inkwatch.config.model import CameraSection
    from inkwatch.frames.frame import Image

_BUFFERS = 3
"""One that is filled, one that waits to be, one that is looked at: each is memory of the CMA."""
_LIST = "Check the cable with the power off, then: rpicam-hello --list-cameras"


def load() -> Any:
    """Import picamera2, which takes seconds on a Pi.

    Raises:
        CameraError: it is not installed, or does not fit the rest.
    """
    try:
        import picamera2
    except ImportError as error:
        raise CameraError(
            FaultKind.NOT_SUPPORTED,
            f"picamera2 cannot be loaded ({error}).",
            mend="sudo apt install python3-picamera2 (Inkwatch's environment must see it: "
            "python3 -m venv --system-site-packages)",
            permanent=True,
        ) from error
    # Its log repeats what errors say, and its makers' details; faults are told here.
    logging.getLogger("picamera2").setLevel(logging.CRITICAL)
    return picamera2


def pi_cameras() -> list[dict[str, Any]]:
    """The cameras on ribbon cables, as picamera2 tells of them; USB ones are left to V4L2.

    Raises:
        CameraError: libcamera cannot look for them.
    """
    picamera2 = load()
    with _told("The Raspberry Pi camera"):
        found: list[dict[str, Any]] = picamera2.Picamera2.global_camera_info()
    return [camera for camera in found if "/usb" not in camera["Id"]]


class Picamera2Camera:
    """The camera with that number in picamera2's list; `note` is told what it cannot do."""

    live = True
    _has_lores = True

    def __init__(self, number: int, settings: "CameraSection", note: Callable[[str], None]) -> None:
        self._which = number
        self._settings = settings
        self._note = note
        self._camera: Any = None
        self._job: Any = None
        self._taken_ns = 0
        self._number = -1
        self.name = f"picamera2:{number}"
        self._library = load()

    def open(self) -> None:
        """Configure and start it.

        Raises:
            CameraError: it is not there, not allowed, busy, or there is no memory for it.
        """
        found = pi_cameras()
        if self._which >= len(found):
            raise CameraError(
                FaultKind.NO_CAMERA,
                f"{self.name}: there is no such camera; {len(found)} found.",
                mend=_LIST,
                permanent=True,
            )
        self.name = f"picamera2:{self._which} ({found[self._which].get('Model', 'camera')})"
        with _told(self.name):
            self._camera = self._library.Picamera2(self._which, **self._allocator())
            self._configure()
            self._camera.start()

    def capture(self, timeout_s: float) -> View | None:
        """Give the next picture; see `Camera`.

        Raises:
            CameraError: the camera failed.
        """
        if self._camera is None:
            return None
        with _told(self.name):
            # A job that was not done in time stays the one that is waited for: each that is left
            # behind would get a picture some day, and keep its buffer for ever.
            if self._job is None:
                self._job = self._camera.capture_request(wait=False)
            try:
                request = self._camera.wait(self._job, timeout=timeout_s)
            except NotInTime:
                return None
            self._job = None
            try:
                taken_ns = request.get_metadata().get("SensorTimestamp", 0)
                if taken_ns and taken_ns == self._taken_ns:
                    return None
                self._taken_ns = taken_ns
                grey = self._plane(request, "main")
                small = self._plane(request, "lores") if self._has_lores else small_of(grey)
            finally:
                request.release()
        self._number += 1
        return View(stamp(grey, self.name), small, self._number)

    def close(self) -> None:
        """Stop it and give its buffers back."""
        camera, self._camera, self._job = self._camera, None, None
        if camera is not None:
            # It raises where the camera is gone; then there is nothing left to close.
            with contextlib.suppress(Exception):
                camera.close()

    def _configure(self) -> None:
        settings = self._settings
        size = (settings.width_px // 2 * 2, settings.height_px // 2 * 2)
        width, height = small_size(*size)
        # Sides must be even; where the view's shape asks for an odd one, a row too many is cut off.
        small = (width + width % 2, height + height % 2)
        controls = self._controls()
        self._has_lores = small != size
        if self._has_lores:
            self._camera.configure(self._configuration(size, small, controls))
            # libcamera takes the nearest that the hardware can do; another view is of no use.
            self._has_lores = self._camera.camera_configuration()["lores"]["size"] == small
        if not self._has_lores:
            self._camera.configure(self._configuration(size, None, controls))

    def _configuration(
        self, size: tuple[int, int], small: tuple[int, int] | None, controls: dict[str, Any]
    ) -> dict[str, Any]:
        configuration: dict[str, Any] = self._camera.create_video_configuration(
            main={"size": size, "format": "YUV420"},
            lores={"size": small, "format": "YUV420"} if small else None,
            raw=None,
            buffer_count=_BUFFERS,
            queue=False,
            display=None,
            encode=None,
            controls=controls,
        )
        return configuration

    def _controls(self) -> dict[str, Any]:
        settings = self._settings
        known = self._camera.camera_controls
        chosen: dict[str, Any] = {}
        if "FrameDurationLimits" in known:
            # Twice as often as it is looked: autofocus and exposure go on with every picture.
            wanted_us = max(round(0.5e6 / settings.rate_hz), settings.exposure_us)
            shortest_us, longest_us = known["FrameDurationLimits"][:2]
            duration_us = int(min(max(wanted_us, shortest_us), longest_us))
            chosen["FrameDurationLimits"] = (duration_us, duration_us)
        for name, value in (
            ("ExposureTime", settings.exposure_us),
            ("AnalogueGain", settings.gain),
        ):
            if value and name in known:
                chosen[name] = value
            elif value:
                self._note(f"{self.name} has no control {name}.")
        if settings.sensor_region is not None and "ScalerCrop" in known:
            shape = settings.width_px / settings.height_px
            chosen["ScalerCrop"] = sensor_crop(
                settings.sensor_region, known["ScalerCrop"][1], shape
            )
        elif settings.sensor_region is not None:
            self._note(f"{self.name} cannot take a part of its sensor.")
        chosen.update(self._focus(known))
        return chosen

    def _focus(self, known: dict[str, Any]) -> dict[str, Any]:
        settings = self._settings
        if settings.autofocus == "none":
            return {}
        if "AfMode" not in known:
            if settings.autofocus != "continuous":
                self._note(f"{self.name} has no autofocus; turn its lens by hand.")
            return {}
        from libcamera import controls

        modes = controls.AfModeEnum
        match settings.autofocus:
            case "continuous":
                return {"AfMode": modes.Continuous}
            case "single":
                return {"AfMode": modes.Auto, "AfTrigger": controls.AfTriggerEnum.Start}
            case _:
                nearest, farthest = known["LensPosition"][1], known["LensPosition"][0]
                dioptres = min(max(settings.focus_dioptres, farthest), nearest)
                return {"AfMode": modes.Manual, "LensPosition": float(dioptres)}

    def _allocator(self) -> dict[str, Any]:
        """One that keeps its buffers over stops and starts, where this version has it."""
        persistent = getattr(self._library.allocators, "PersistentAllocator", None)
        return {} if persistent is None else {"allocator": persistent()}

    def _plane(self, request: Any, stream: str) -> "Image":
        """The grey plane of a stream, in memory of our own; rows may be longer than the picture."""
        width, height = self._camera.camera_configuration()[stream]["size"]
        if stream == "lores":
            main = self._camera.camera_configuration()["main"]["size"]
            width, height = small_size(*main)
        with self._library.MappedArray(request, stream, write=False) as mapped:
            return np.array(mapped.array[:height, :width], np.uint8)


def sensor_crop(
    region: tuple[float, float, float, float], whole: tuple[int, int, int, int], shape: float
) -> tuple[int, int, int, int]:
    """The part of a sensor that shows a region of the view and has the picture's shape.

    Args:
        region: left, top, width and height as shares of the picture without a region.
        whole: left, top, width and height in the sensor's pixels.
        shape: the picture's width through its height.

    Returns:
        Left, top, width and height in the sensor's pixels, inside the whole.
    """
    left, top, width, height = whole
    # What the picture shows without a region is as large as its shape lets it be.
    full_width = min(width, height * shape)
    wanted = max(region[2] * full_width, region[3] * full_width, 64 * shape)
    crop_width = min(wanted, full_width)
    crop_height = crop_width / shape
    middle_x = left + (width - full_width) / 2 + (region[0] + region[2] / 2) * full_width
    full_height = full_width / shape
    middle_y = top + (height - full_height) / 2 + (region[1] + region[3] / 2) * full_height
    at_x = min(max(middle_x - crop_width / 2, left), left + width - crop_width)
    at_y = min(max(middle_y - crop_height / 2, top), top + height - crop_height)
    return int(at_x), int(at_y), int(crop_width), int(crop_height)


@contextlib.contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what they raise into faults that tell what to do: it is RuntimeError for nearly all."""
    try:
        yield
    except CameraError:
        raise
    except Exception as error:
        raise _fault(name, error) from error


def _fault(name: str, error: Exception) -> CameraError:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    text = " ".join(str(each) for each in chain).lower()
    numbers = {each.errno for each in chain if isinstance(each, OSError)}
    if numbers & {errno.EACCES, errno.EPERM} or "permission denied" in text:
        return CameraError(
            FaultKind.NO_PERMISSION,
            f"{name}: this user may not open it.",
            mend=f"sudo usermod -aG video {user_name()} (then log in again)",
            permanent=True,
        )
    if errno.ENOMEM in numbers or "cannot allocate memory" in text or "out of memory" in text:
        return CameraError(
            FaultKind.MEMORY,
            f"{name}: the kernel has no contiguous memory (CMA) left for its buffers.",
            mend="In /boot/firmware/config.txt: dtoverlay=vc4-kms-v3d,cma-256 (then reboot); or "
            "lower `camera.width_px` and `camera.height_px`",
            permanent=True,
        )
    if errno.EBUSY in numbers or "busy" in text or "acquire" in text:
        return CameraError(
            FaultKind.BUSY,
            f"{name}: another program uses it.{held_by(*_media_devices())}",
            mend="End that program; who it is: sudo fuser -v /dev/media* /dev/video*",
            permanent=True,
        )
    if "not found" in text or "no camera" in text:
        return CameraError(
            FaultKind.NO_CAMERA, f"{name}: it is not found.", mend=_LIST, permanent=True
        )
    why = next((str(each) for each in reversed(chain) if str(each)), type(error).__name__)
    return CameraError(FaultKind.FAILED, f"{name} failed: {why}", mend=_LIST)


def _media_devices() -> list[str]:
    return [str(path) for path in Path("/dev").glob("media[0-9]*")]
