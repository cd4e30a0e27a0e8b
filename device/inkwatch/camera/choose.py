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
    path = Path(source)
    if path.is_file():
        from inkwatch.camera.still import StillCamera

        return StillCamera(path, max_pixels)
    raise CameraError(
        FaultKind.NO_CAMERA,
        f"{source}: there is no such camera, picture, video or folder.",
        mend="Check `camera.source` in the config.",
        permanent=True,
    )
