"""Take the camera that is there, and say which."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.camera.faults import CameraError, FaultKind

if TYPE_CHECKING:
    from inkwatch.camera.camera import Camera
    from inkwatch.camera.view import View
    from inkwatch.config.model import CameraSection


class AutoCamera:
    """A Raspberry Pi's own camera where there is one, else the first V4L2 camera.

    Which one is decided anew at each start. `devices` stands in for `/dev`.
    """

    live = True

    def __init__(
        self,
        settings: "CameraSection",
        note: Callable[[str], None],
        devices: Path = Path("/dev"),
    ) -> None:
        self._settings = settings
        self._note = note
        self._devices = devices
        self._camera: Camera | None = None
        # Loading takes seconds on a Pi and is done before the clock for starting runs.
        self._may_be_pi = any(devices.glob("media[0-9]*")) and _has_picamera2()
        if self._may_be_pi:
            from inkwatch.camera.picamera2 import load

            load()

    @property
    def name(self) -> str:
        """The name of the one that was taken."""
        return "auto" if self._camera is None else self._camera.name

    def open(self) -> None:
        """Look for cameras and start the first.

        Raises:
            CameraError: there is none, or it cannot start.
        """
        self._camera = self._on_the_pi() or self._on_usb()
        self._camera.open()
        self._note(f"Source auto takes {self._camera.name}.")

    def capture(self, timeout_s: float) -> "View | None":
        """See `Camera`."""
        return None if self._camera is None else self._camera.capture(timeout_s)

    def close(self) -> None:
        """See `Camera`."""
        if self._camera is not None:
            self._camera.close()

    def _on_the_pi(self) -> "Camera | None":
        if not self._may_be_pi:
            return None
        from inkwatch.camera.picamera2 import Picamera2Camera, pi_cameras

        if not pi_cameras():
            return None
        return Picamera2Camera(0, self._settings, self._note)

    def _on_usb(self) -> "Camera":
        from inkwatch.camera.v4l2_node import cameras, look_at

        found = cameras(self._devices)
        if found:
            from inkwatch.camera.v4l2 import V4l2Camera

            return V4l2Camera(found[0].path, self._settings, self._note)
        for path in sorted(self._devices.glob("video[0-9]*")):
            try:
                look_at(str(path))
            except CameraError as error:
                if error.kind is FaultKind.NO_PERMISSION:
                    raise
        raise self._nothing()

    def _nothing(self) -> CameraError:
        pi = Path("/proc/device-tree/model").exists()
        if pi and not _has_picamera2():
            return CameraError(
                FaultKind.NO_CAMERA,
                "There is no USB camera, and without picamera2 none on the ribbon cable is seen.",
                mend="sudo apt install python3-picamera2",
                permanent=True,
            )
        return CameraError(
            FaultKind.NO_CAMERA,
            "There is no camera, neither on the ribbon cable nor on USB.",
            mend="Check the cable, then: rpicam-hello --list-cameras"
            if pi
            else "Plug one in, or name a picture, a video or a folder: `--source`, or "
            "`camera.source` in the config.",
            permanent=True,
        )


def _has_picamera2() -> bool:
    return importlib.util.find_spec("picamera2") is not None
