"""USB cameras and whatever else Video4Linux gives, through OpenCV."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import cv2
import numpy as np

from inkwatch._native_noise import captured_noise
from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.rubbish import Patience
from inkwatch.camera.small import held_within, small_of
from inkwatch.camera.v4l2_node import look_at
from inkwatch.camera.view import View
from inkwatch.frames._clock import stamp

if TYPE_CHECKING:
    from inkwatch.config.model import CameraSection
    from inkwatch.frames.frame import Image

_MJPG = cv2.VideoWriter.fourcc(*"MJPG")
_SINGLE_FOCUS_S = 3.0
_MANUAL, _AUTOMATIC = 1.0, 3.0
"""Values of V4L2_CID_EXPOSURE_AUTO: by hand, and by aperture, as UVC cameras call automatic."""
_EXPOSURE_UNIT_US = 100.0
_STALE_AFTER_S = 0.1


class V4l2Camera:
    """A `/dev/videoN` that gives compressed pictures where it can, decoded to grey.

    The camera runs at its own rate; only pictures that are looked at are decoded. `note` is told
    what it cannot do; `open_capture` stands in for OpenCV's.
    """

    live = True

    def __init__(
        self,
        path: str,
        settings: "CameraSection",
        note: Callable[[str], None],
        open_capture: Callable[[str, int], cv2.VideoCapture] = cv2.VideoCapture,
    ) -> None:
        self._path = path
        self._settings = settings
        self._note = note
        self._open_capture = open_capture
        self._capture: cv2.VideoCapture | None = None
        self._compressed = False
        self._number = -1
        self._grabbed_s = 0.0
        self._focus_until_s: float | None = None
        self._patience = Patience()
        self.name = path

    def open(self) -> None:
        """Open the node and make every setting.

        Raises:
            CameraError: it is not there, not allowed, busy or no camera.
        """
        node = look_at(self._path)
        self.name = f"{self._path} ({node.card})"
        with captured_noise():
            capture = self._open_capture(self._path, cv2.CAP_V4L2)
            self._capture = capture
            opened = capture.isOpened()
        if not opened:
            raise CameraError(FaultKind.FAILED, f"{self.name}: it does not start.")
        with captured_noise():
            # The format first: it decides which sizes there are.
            capture.set(cv2.CAP_PROP_FOURCC, _MJPG)
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._settings.width_px)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._settings.height_px)
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
            self._compressed = int(capture.get(cv2.CAP_PROP_FOURCC)) == _MJPG
            if self._compressed:
                # The bytes as they come: decoding straight to grey leaves the colours' work out.
                capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
            self._set_up(capture)
        size = [int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)]
        if size != [self._settings.width_px, self._settings.height_px]:
            self._note(f"{self.name} gives pictures of {size[0]} x {size[1]} pixels.")

    def capture(self, timeout_s: float) -> View | None:
        """Give the newest picture; see `Camera`. It waits for one second at the most.

        Raises:
            CameraError: the camera is gone, or gives no whole pictures.
        """
        capture = self._capture
        if capture is None:
            return None
        now_s = time.monotonic()
        if self._focus_until_s is not None and now_s >= self._focus_until_s:
            self._focus_until_s = None
            capture.set(cv2.CAP_PROP_AUTOFOCUS, 0)
        with captured_noise():
            # The one buffer was filled soon after the last look: that picture is an old one.
            if now_s - self._grabbed_s > _STALE_AFTER_S:
                capture.grab()
            grabbed = capture.grab()
        if not grabbed:
            self._find_out_why()
            time.sleep(min(timeout_s, 0.05))
            return None
        self._grabbed_s = time.monotonic()
        image = self._decoded(capture)
        if image is None:
            if self._patience.bad(self._grabbed_s):
                raise CameraError(
                    FaultKind.BAD_FRAMES,
                    f"{self.name} runs, but its pictures are torn.",
                    mend="Use a shorter cable, another socket, or a hub with its own power.",
                )
            return None
        self._patience.good()
        self._number += 1
        max_pixels = self._settings.width_px * self._settings.height_px
        held = held_within(image, max_pixels)
        return View(stamp(held, self.name), small_of(held), self._number)

    def close(self) -> None:
        """Let the node go."""
        capture, self._capture = self._capture, None
        if capture is not None:
            with captured_noise():
                capture.release()

    def _decoded(self, capture: cv2.VideoCapture) -> "Image | None":
        """The grabbed picture in grey; None where a cable lost a part of it."""
        with captured_noise() as noise:
            got, raw = capture.retrieve()
            if not got or raw is None or not raw.size:
                return None
            image: Image | None = np.asarray(raw, np.uint8)
            if self._compressed:
                decoded = cv2.imdecode(np.asarray(raw).reshape(-1), cv2.IMREAD_GRAYSCALE)
                image = None if decoded is None else np.asarray(decoded, np.uint8)
        if image is None or any("premature end" in line.lower() for line in noise):
            return None
        if image.ndim == 3:
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
        return image

    def _find_out_why(self) -> None:
        """Raise where the node itself is gone; otherwise it may be a hiccup."""
        try:
            look_at(self._path)
        except CameraError as error:
            if error.kind is FaultKind.NO_CAMERA:
                raise CameraError(
                    FaultKind.VANISHED,
                    f"{self.name} is gone.",
                    mend="Check its cable and its power.",
                ) from error

    def _set_up(self, capture: cv2.VideoCapture) -> None:
        settings = self._settings
        if settings.exposure_us:
            exposure = settings.exposure_us / _EXPOSURE_UNIT_US
            self._set(capture, cv2.CAP_PROP_AUTO_EXPOSURE, _MANUAL, "exposure_us")
            self._set(capture, cv2.CAP_PROP_EXPOSURE, exposure, "exposure_us")
        else:
            capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, _AUTOMATIC)
        if settings.gain:
            self._set(capture, cv2.CAP_PROP_GAIN, settings.gain, "gain")
        match settings.autofocus:
            case "continuous" | "single":
                if not capture.set(cv2.CAP_PROP_AUTOFOCUS, 1):
                    self._note(f"{self.name} cannot focus by itself.")
                elif settings.autofocus == "single":
                    self._focus_until_s = time.monotonic() + _SINGLE_FOCUS_S
            case "fixed":
                # V4L2 knows no unit for focus, so a distance cannot be asked for.
                capture.set(cv2.CAP_PROP_AUTOFOCUS, 0)
                self._note(f"{self.name} cannot be set to a distance; its focus stays as it is.")
            case _:
                pass

    def _set(self, capture: cv2.VideoCapture, what: int, value: float, name: str) -> None:
        if not capture.set(what, value):
            self._note(f"{self.name} does not take `camera.{name}`.")
