"""A video file as a camera: it plays as fast as it was filmed, once."""

import time
from collections.abc import Callable
from pathlib import Path

from inkwatch.camera.faults import CameraError, FaultKind, SourceEnded
from inkwatch.camera.still import view_of
from inkwatch.camera.view import View
from inkwatch.errors import InputError
from inkwatch.frames.decode import show_name
from inkwatch.frames.video import OpenVideo


class VideoCamera:
    """Plays `path` by its own times, from when the first picture is asked for.

    Frames that fall between two looks are passed over, as a lens would. Where decoding is slower
    than filming, it plays slower. `note` is told of a video that is cut short; `clock` stands in
    for the monotonic one.
    """

    live = False

    def __init__(
        self,
        path: Path,
        max_pixels: int,
        note: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = path
        self._max_pixels = max_pixels
        self._note = note
        self._clock = clock
        self._video: OpenVideo | None = None
        self._began_s: float | None = None
        self._waiting_s: float | None = None

    @property
    def name(self) -> str:
        """The path."""
        return show_name(self._path)

    def open(self) -> None:
        """Open the file.

        Raises:
            CameraError: it is no video that can be played.
        """
        try:
            self._video = OpenVideo(self._path)
        except InputError as error:
            raise CameraError(FaultKind.FAILED, str(error), permanent=True) from error

    def capture(self, timeout_s: float) -> View | None:
        """Give the frame that is shown now, or the next; see `Camera`."""
        video = self._video
        if video is None:
            return None
        deadline_s = self._clock() + timeout_s
        if self._began_s is None:
            self._began_s = self._clock()
        while self._waiting_s is None:
            at_s = video.grab()
            if at_s is None:
                self._tell_of_the_end(video)
                raise SourceEnded
            if at_s + video.frame_s > self._clock() - self._began_s:
                self._waiting_s = at_s
            elif self._clock() >= deadline_s:
                # Slower than filmed: from here on it plays from where it is.
                self._began_s = self._clock() - at_s
                self._waiting_s = at_s
        wait_s = self._began_s + self._waiting_s - self._clock()
        if wait_s > timeout_s:
            time.sleep(timeout_s)
            return None
        time.sleep(max(0.0, wait_s))
        self._waiting_s = None
        image = video.image()
        if image is None:
            return None
        number = video.grabbed - 1
        return view_of(image, f"{self.name}#{number}", self._max_pixels, number)

    def close(self) -> None:
        """Let the file go."""
        if self._video is not None:
            self._video.close()
            self._video = None

    def _tell_of_the_end(self, video: OpenVideo) -> None:
        try:
            video.check_whole()
        except InputError as error:
            if video.grabbed == 0:
                raise CameraError(FaultKind.FAILED, str(error), permanent=True) from error
            self._note(str(error))
