"""From a source's name in the config to the camera that it means; loads only what that needs."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.camera.faults import CameraError, FaultKind

if TYPE_CHECKING:
    from inkwatch.camera.camera import Camera
    from inkwatch.config.model import CameraSection


def open_source(
    settings: "CameraSection",
    hold_s: float,
    taken: Callable[[], int],
    note: Callable[[str], None],
) -> "Camera":
    """Make the camera that `settings.source` names; it is not started yet.

    Args:
        settings: the config's `camera`.
        hold_s: how long each picture of a folder is shown.
        taken: tells how many views were taken out of those that were offered.
        note: tells the owner something that is no fault.

    Raises:
        CameraError: there is no such source, or what it needs is not installed.
    """
    source = settings.source
    max_pixels = settings.width_px * settings.height_px
    kind, _, rest = source.partition(":")
    if kind == "fake":
        from inkwatch.camera.fake_camera import FakeCamera

        return FakeCamera(rest, settings.width_px, settings.height_px)
    if source == "auto":
        from inkwatch.camera.auto import AutoCamera

        return AutoCamera(settings, note)
    if kind == "picamera2" and (not rest or _is_number(rest)):
        from inkwatch.camera.picamera2 import Picamera2Camera

        return Picamera2Camera(int(rest or 0), settings, note)
    if kind == "v4l2" and (not rest or _is_number(rest)):
        return _v4l2(f"/dev/video{rest or _first_v4l2()}", settings, note)
    path = Path(source)
    # /dev/shm may hold pictures; also a node that is not there now is a node.
    if source.startswith("/dev/") and not (path.is_dir() or path.is_file()):
        return _v4l2(source, settings, note)
    return _files(path, max_pixels, hold_s, taken, note)


def _files(
    path: Path,
    max_pixels: int,
    hold_s: float,
    taken: Callable[[], int],
    note: Callable[[str], None],
) -> "Camera":
    if path.is_dir():
        from inkwatch.camera.folder import FolderCamera

        return FolderCamera(path, max_pixels, hold_s, taken, note)
    from inkwatch.frames.video import is_video

    if is_video(path):
        from inkwatch.camera.video_file import VideoCamera

        return VideoCamera(path, max_pixels, note)
    if path.exists():
        from inkwatch.camera.still import StillCamera

        return StillCamera(path, max_pixels)
    raise CameraError(
        FaultKind.NO_CAMERA,
        f"{path}: there is no such camera, picture, video or folder.",
        mend="Check the path: `--source`, or `camera.source` in the config.",
        permanent=True,
    )


def _v4l2(path: str, settings: "CameraSection", note: Callable[[str], None]) -> "Camera":
    from inkwatch.camera.v4l2 import V4l2Camera

    return V4l2Camera(path, settings, note)


def _first_v4l2() -> str:
    from inkwatch.camera.v4l2_node import cameras

    found = cameras()
    return found[0].path.removeprefix("/dev/video") if found else "0"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()
