"""Cameras on a Raspberry Pi's ribbon cable; the only file that knows picamera2.

Checked against picamera2 0.3.38. Its camera is configured once: a full stream to
read and a small one to decide by, both YUV420, whose first plane is the grey picture itself.
"""

import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import TimeoutError as NotInTime
from typing import TYPE_CHECKING, Any

import numpy as np

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.pi_faults import LIST_CAMERAS, told
from inkwatch.camera.sensor_crop import sensor_crop
from inkwatch.camera.small import small_of, small_size
from inkwatch.camera.view import View
from inkwatch.frames._clock import stamp

if TYPE_CHECKING:
    from inkwatch.config.model import CameraSection
    from inkwatch.frames.frame import Image

_BUFFERS = 3
"""One that is filled, one that waits to be, one that is looked at: each is memory of the CMA."""


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
    with told("The Raspberry Pi camera"):
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
                mend=LIST_CAMERAS,
                permanent=True,
            )
        self.name = f"picamera2:{self._which} ({found[self._which].get('Model', 'camera')})"
        with told(self.name):
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
        with told(self.name):
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
        if "use_case" in configuration:
            # By this name a persistent allocator hands its buffers out again, fitting or not.
            configuration["use_case"] = "inkwatch-two" if small else "inkwatch-one"
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
