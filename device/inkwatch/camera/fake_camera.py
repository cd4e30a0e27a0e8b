"""A camera that is none and fails as it is told, for tests that run the camera's own process.

It is named like any source: `fake:`, then settings with commas between them:

- `MODE-after=N`: after N good pictures it behaves as the mode says (see `Mode`);
- `mode-file=PATH`: the mode is read from that file for each picture, so that a test can change it;
- `picture=PATH`: what it sees; without one, a drawn page. Noise is added, as of a sensor;
- `turn-file=PATH`: with several pictures, the number of the one that it sees is read from there.
"""

import os
import time
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import numpy as np

from inkwatch.camera.faults import CameraError, FaultKind, SourceEnded
from inkwatch.camera.small import small_size
from inkwatch.camera.view import View
from inkwatch.frames._clock import stamp
from inkwatch.frames.frame import Image

_NOISY_COPIES = 2
_LEAK_BYTES = 1_000_000
_STUCK_AFTER = 5


class Mode(StrEnum):
    """How the fake behaves."""

    GOOD = "good"
    BLOCK = "block"
    """It never returns."""
    NOTHING = "nothing"
    """It returns, without a picture."""
    RAISE = "raise"
    """It fails, as a driver does."""
    CRASH = "crash"
    """It raises what no camera should."""
    EXIT = "exit"
    """The process ends at once, as by a fault in native code."""
    FREEZE = "freeze"
    """The same picture to the last bit."""
    BLACK = "black"
    EVEN = "even"
    CUT = "cut"
    """The lower half is empty, as of a picture that a cable lost."""
    TORN = "torn"
    """Every second picture has the upper half of another page."""
    BLURRED = "blurred"
    WRONG_SIZE = "wrong-size"
    """Too large for what was agreed."""
    VANISH = "vanish"
    """It is gone, and is not found when it is opened."""
    BUSY = "busy"
    DENIED = "denied"
    LEAK = "leak"
    """Good pictures, and more memory with each."""
    STUCK = "stuck"
    """It fails after some pictures, and hangs when it is closed."""
    END = "end"
    """The source is over."""


class FakeCamera:
    """See the module's words for `spec`; pictures are of `width_px` times `height_px`."""

    live = True
    name = "fake camera"

    def __init__(self, spec: str, width_px: int, height_px: int) -> None:
        self._width_px, self._height_px = width_px, height_px
        self._mode_file: Path | None = None
        self._pictures: list[Path] = []
        self._turn_file: Path | None = None
        self._turn = (Mode.GOOD, 0)
        self._number = -1
        self._seen: list[list[Image]] = []
        self._other: Image | None = None
        self._leaked: list[bytes] = []
        for item in filter(None, spec.split(",")):
            key, _, value = item.partition("=")
            if key == "mode-file":
                self._mode_file = Path(value)
            elif key == "picture":
                self._pictures.append(Path(value))
            elif key == "turn-file":
                self._turn_file = Path(value)
            else:
                self._turn = (Mode(key.removesuffix("-after")), int(value))

    def open(self) -> None:
        """Draw the page, unless the mode says that there is no camera."""
        match self._mode():
            case Mode.VANISH:
                raise CameraError(
                    FaultKind.NO_CAMERA,
                    "There is no fake camera.",
                    mend="Set its mode to good.",
                    permanent=True,
                )
            case Mode.BUSY:
                raise CameraError(FaultKind.BUSY, "Another test has it.", permanent=True)
            case Mode.DENIED:
                raise CameraError(FaultKind.NO_PERMISSION, "It is not yours.", permanent=True)
            case Mode.BLOCK:
                _block()
            case _:
                pass
        self._seen = [_noisy(self._page(path)) for path in (*self._pictures,) or (None,)]
        self._other = np.ascontiguousarray(self._seen[0][0][:, ::-1])

    def capture(self, timeout_s: float) -> View | None:
        """Do what the mode says."""
        self._number += 1
        mode = self._mode()
        image = self._seen[self._place()][self._number % _NOISY_COPIES]
        match mode:
            case Mode.BLOCK:
                _block()
            case Mode.NOTHING:
                time.sleep(timeout_s)
                return None
            case Mode.RAISE:
                raise CameraError(FaultKind.FAILED, "The fake camera fails.")
            case Mode.CRASH:
                raise RuntimeError("a fault in the fake")
            case Mode.EXIT:
                os._exit(3)
            case Mode.STUCK if self._number >= _STUCK_AFTER:
                raise CameraError(FaultKind.FAILED, "The fake camera fails.")
            case Mode.VANISH:
                raise CameraError(FaultKind.VANISHED, "The fake camera is gone.")
            case Mode.END:
                raise SourceEnded
            case _:
                image = self._spoilt(image, mode)
        return View(stamp(image, self.name), _sampled(image), self._number)

    def close(self) -> None:
        """Forget the pictures."""
        if self._seen and self._mode() is Mode.STUCK:
            _block()
        self._seen = []

    def _mode(self) -> Mode:
        if self._mode_file is not None:
            return Mode(self._mode_file.read_text("utf-8").strip() or Mode.GOOD)
        mode, after = self._turn
        return mode if self._number >= after else Mode.GOOD

    def _place(self) -> int:
        return 0 if self._turn_file is None else int(self._turn_file.read_text("ascii"))

    def _spoilt(self, image: Image, mode: Mode) -> Image:
        match mode:
            case Mode.FREEZE:
                image = self._seen[self._place()][0]
            case Mode.BLACK | Mode.EVEN:
                image = np.full_like(image, 0 if mode is Mode.BLACK else 128)
            case Mode.CUT:
                image = image.copy()
                image[len(image) // 2 :] = 0
            case Mode.TORN if self._other is not None and self._number % 2:
                image = image.copy()
                image[: len(image) // 2] = self._other[: len(image) // 2]
            case Mode.BLURRED:
                image = _blurred(image)
            case Mode.WRONG_SIZE:
                image = np.tile(image, (2, 2))
            case Mode.LEAK:
                self._leaked.append(b"x" * _LEAK_BYTES)
            case _:
                pass
        return image

    def _page(self, path: Path | None) -> Image:
        shape = (self._height_px, self._width_px)
        if path is None:
            page = np.full(shape, 200, np.uint8)
            # Strokes of several widths, denser to the left, so that a mirrored page is another.
            for line in range(1, 8):
                top, height = line * shape[0] // 9, shape[0] // 24
                for stroke in range(line, 24):
                    left = shape[1] // 12 + stroke * stroke * shape[1] // 800
                    page[top : top + height, left : left + max(1, shape[1] // 250)] = 40
            return page
        import cv2

        from inkwatch.frames.decode import read_picture

        image = read_picture(path)
        grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        return np.asarray(cv2.resize(grey, shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def _noisy(page: Image) -> list[Image]:
    noise = np.random.default_rng(1)
    # Held away from both ends so that nothing wraps round.
    grains = [noise.integers(0, 7, page.shape, np.uint8) for _ in range(_NOISY_COPIES)]
    return [np.clip(page, 3, 252) + grain - 3 for grain in grains]


def _block() -> NoReturn:
    while True:
        time.sleep(3600)


def _sampled(image: Image) -> Image:
    """A small picture of single pixels: OpenCV would take more memory than all the rest here."""
    height, width = image.shape
    small_width, small_height = small_size(width, height)
    rows = np.linspace(0, height - 1, small_height).astype(np.intp)
    columns = np.linspace(0, width - 1, small_width).astype(np.intp)
    return image[np.ix_(rows, columns)]


def _blurred(image: Image) -> Image:
    """A running mean over 31 pixels along both axes."""
    blurred = image
    for axis in (0, 1):
        sums = np.cumsum(blurred, axis=axis, dtype=np.float32)
        blurred = ((sums - np.roll(sums, 31, axis)) / 31).clip(0, 255).astype(np.uint8)
    return blurred
