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
from inkwatch.frames.frame import Frame

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
        name = show_name(self.path)
        # The path is made absolute so that no name can be taken for an address.
        address = os.fspath(self.path.absolute())
        with captured_noise():
            video = cv2.VideoCapture(address, cv2.CAP_FFMPEG)
        try:
            if not video.isOpened():
                raise InputError(
                    f"{name}: this video cannot be opened; it may be cut short or of a kind that "
                    "this OpenCV does not read. Convert it first: ffmpeg -i IN out.mp4"
                )
            width = int(video.get(cv2.CAP_PROP_FRAME_WIDTH))
            refuse_size(width, int(video.get(cv2.CAP_PROP_FRAME_HEIGHT)), name)
            yield from _frames(video, name, self.every_s)
        finally:
            video.release()


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


def _frames(video: cv2.VideoCapture, name: str, every_s: float) -> Iterator[Frame]:
    rate_hz = video.get(cv2.CAP_PROP_FPS)
    if not 0.01 < rate_hz < 1000:
        rate_hz = _USUAL_RATE_HZ
    promised_s = video.get(cv2.CAP_PROP_FRAME_COUNT) / rate_hz
    due_s = 0.0
    at_s = -1 / rate_hz
    number = 0
    while True:
        with captured_noise():
            if not video.grab():
                break
        stamped_s = video.get(cv2.CAP_PROP_POS_MSEC) / 1000
        # Raw streams carry no times: then frames are as far apart as the rate says.
        at_s = stamped_s if stamped_s > at_s else at_s + 1 / rate_hz
        if at_s >= due_s - _CLOCK_STEP_S:
            with captured_noise():
                grabbed, image = video.retrieve()
            if grabbed:
                due_s += every_s
                if due_s <= at_s:  # a gap in the times must not bring a burst of frames
                    due_s = at_s + every_s
                yield stamp(np.asarray(image, np.uint8), f"{name}#{number}")
        number += 1
    if number == 0:
        raise InputError(f"{name}: no frame could be read from this video. Convert it first.")
    if at_s + 1 / rate_hz < promised_s * _WHOLE_FROM:
        raise InputError(
            f"{name}: the video is cut short: it ends after {at_s:.1f} of {promised_s:.1f} s. "
            "What it holds was read. Copy it again from where it came."
        )
