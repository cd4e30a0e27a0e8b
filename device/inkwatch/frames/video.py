"""A video file as frames, one every so many seconds."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inkwatch._native_noise import captured_noise
from inkwatch.errors import InputError, UsageError
from inkwatch.frames._clock import stamp
from inkwatch.frames.decode import refuse_size, show_name
from inkwatch.frames.frame import Frame, Image

DEFAULT_EVERY_S = 1.0
_USUAL_RATE_HZ = 25.0
_CLOCK_STEP_S = 0.001
_WHOLE_FROM = 0.8
"""Share of the promised duration from which a video counts as whole; headers are not exact."""

# FFmpeg also opens playlists that name files and addresses elsewhere: only these get to it.
_MAGIC = re.compile(
    rb"....(ftyp|moov|mdat|wide|free|skip)"  # MP4, QuickTime
    rb"|\x1aE\xdf\xa3"  # Matroska, WebM
    rb"|RIFF....AVI "
    rb"|OggS|FLV\x01"
    rb"|\0\0\x01[\xba\xb3]"  # MPEG-1 and -2
    rb"|\0\0(\0)?\x01[\x67\x27\x09\x40]"  # raw H.264 and H.265, as rpicam-vid writes
    rb"|\x47.{187}\x47",  # MPEG-TS
    re.DOTALL,
)
_STILL_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
_MOTION_JPEG_SUFFIXES = (".mjpg", ".mjpeg")


@dataclass(frozen=True, slots=True)
class VideoSource:
    """A video's frames: the first, then the next after each `every_s` seconds."""

    path: Path
    every_s: float = DEFAULT_EVERY_S

    def __post_init__(self) -> None:
        if not self.every_s > 0:
            raise UsageError(f"every_s must be above 0 seconds, got {self.every_s}.")

    def frames(self) -> Iterator[Frame]:
        """Yield frames, named `clip.mp4#12` by their number in the video, counted from 0.

        Raises:
            InputError: the video cannot be opened, or ends long before it should.
        """
        video = OpenVideo(self.path)
        try:
            yield from _frames(video, self.every_s)
        finally:
            video.close()


class OpenVideo:
    """A video that was opened and goes forward frame by frame; `name` is for people.

    Raises:
        InputError: it cannot be opened, or its frames are too large.
    """

    def __init__(self, path: Path) -> None:
        self.name = show_name(path)
        # The path is made absolute so that no name can be taken for an address.
        address = os.fspath(path.absolute())
        with captured_noise():
            self._video = cv2.VideoCapture(address, cv2.CAP_FFMPEG)
        if not self._video.isOpened():
            raise InputError(
                f"{self.name}: this video cannot be opened; it may be cut short or of a kind that "
                "this OpenCV does not read. Convert it first: ffmpeg -i IN out.mp4"
            )
        try:
            width = int(self._video.get(cv2.CAP_PROP_FRAME_WIDTH))
            refuse_size(width, int(self._video.get(cv2.CAP_PROP_FRAME_HEIGHT)), self.name)
        except InputError:
            self.close()
            raise
        rate_hz = self._video.get(cv2.CAP_PROP_FPS)
        self._rate_hz = rate_hz if 0.01 < rate_hz < 1000 else _USUAL_RATE_HZ
        self._promised_s = self._video.get(cv2.CAP_PROP_FRAME_COUNT) / self._rate_hz
        self._at_s = -1 / self._rate_hz
        self.grabbed = 0

    @property
    def frame_s(self) -> float:
        """How long a frame is shown, in seconds."""
        return 1 / self._rate_hz

    def grab(self) -> float | None:
        """Go on to the next frame.

        Returns:
            Its time in seconds from the first frame's; None where there are no more.
        """
        with captured_noise():
            if not self._video.grab():
                return None
        self.grabbed += 1
        stamped_s = self._video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        # Raw streams carry no times: then frames are as far apart as the rate says.
        later = stamped_s > self._at_s
        self._at_s = stamped_s if later else self._at_s + 1 / self._rate_hz
        return self._at_s

    def image(self) -> Image | None:
        """The picture of the frame that was grabbed last; None where it cannot be decoded."""
        with captured_noise():
            decoded, image = self._video.retrieve()
        return np.asarray(image, np.uint8) if decoded else None

    def check_whole(self) -> None:
        """Look, at the end, whether that was all.

        Raises:
            InputError: there was no frame, or the video ended long before it should.
        """
        if self.grabbed == 0:
            raise InputError(
                f"{self.name}: no frame could be read from this video. Convert it first."
            )
        if self._at_s + 1 / self._rate_hz < self._promised_s * _WHOLE_FROM:
            raise InputError(
                f"{self.name}: the video is cut short: it ends after {self._at_s:.1f} of "
                f"{self._promised_s:.1f} s. What it holds was read. "
                "Copy it again from where it came."
            )

    def close(self) -> None:
        """Let the file go; may be called twice."""
        self._video.release()


def is_video(path: Path) -> bool:
    """Whether a file begins like a video.

    False for pipes and whatever cannot be opened, which are told of when they are read.
    """
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            head = stream.read(256)
    except (OSError, ValueError):
        return False
    if head[8:12] in _STILL_BRANDS:
        return False
    if path.suffix.lower() in _MOTION_JPEG_SUFFIXES and head.startswith(b"\xff\xd8"):
        return True
    return _MAGIC.match(head) is not None


def _frames(video: OpenVideo, every_s: float) -> Iterator[Frame]:
    due_s = 0.0
    while (at_s := video.grab()) is not None:
        if at_s < due_s - _CLOCK_STEP_S:
            continue
        image = video.image()
        if image is not None:
            due_s += every_s
            if due_s <= at_s:  # a gap in the times must not bring a burst of frames
                due_s = at_s + every_s
            yield stamp(image, f"{video.name}#{video.grabbed - 1}")
    video.check_whole()
