"""One picture, given again and again, as if a page lay under the camera."""

from dataclasses import replace
from pathlib import Path

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.small import held_within, small_of
from inkwatch.camera.view import View
from inkwatch.errors import InputError
from inkwatch.frames._clock import stamp
from inkwatch.frames.decode import read_picture, show_name
from inkwatch.frames.frame import Image


class StillCamera:
    """A picture file as a camera; decoded once. `max_pixels` is how many are handed on."""

    live = False

    def __init__(self, path: Path, max_pixels: int) -> None:
        self._path = path
        self._max_pixels = max_pixels
        self._view: View | None = None

    @property
    def name(self) -> str:
        """The path."""
        return show_name(self._path)

    def open(self) -> None:
        """Read the picture.

        Raises:
            CameraError: it cannot be read or is no picture.
        """
        try:
            self._view = view_of(read_picture(self._path), self.name, self._max_pixels, -1)
        except InputError as error:
            # The file may come yet, and the keeper looks for it; a damaged one stays as it is.
            kind = FaultKind.FAILED if self._path.exists() else FaultKind.NO_CAMERA
            raise CameraError(kind, str(error), permanent=True) from error

    def capture(self, timeout_s: float) -> View | None:
        """Give the picture, as taken now."""
        if self._view is None:
            return None
        self._view = again(self._view)
        return self._view

    def close(self) -> None:
        """Let the picture go."""
        self._view = None


def view_of(image: Image, source: str, max_pixels: int, number: int) -> View:
    """A view of a picture that was decoded just now; larger ones are scaled down."""
    held = held_within(image, max_pixels)
    return View(stamp(held, source), small_of(held), number)


def again(view: View) -> View:
    """The same picture as if it had been taken now, with the next number."""
    return replace(view, frame=stamp(view.frame.image, view.frame.source), number=view.number + 1)
