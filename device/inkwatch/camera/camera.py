"""What every camera can do; the real ones and the fakes are behind this."""

from typing import Protocol

from inkwatch.camera.view import View


class Camera(Protocol):
    """Gives views until it is closed. Lives in the camera's process, used by one thread."""

    @property
    def name(self) -> str:
        """What people call it: `picamera2:0 (imx708)`, `/dev/video0`, `clip.mp4`."""
        ...

    @property
    def live(self) -> bool:
        """Whether it must give a picture all the time, as a lens does and a folder does not.

        Of such a one, silence means that it hangs, and an even picture is no picture.
        """
        ...

    def open(self) -> None:
        """Start it, with every setting made.

        Raises:
            CameraError: it cannot start; says whether trying again may help.
        """
        ...

    def capture(self, timeout_s: float) -> View | None:
        """Wait for the next picture.

        Args:
            timeout_s: how long at the most.

        Returns:
            None where no picture came in time.

        Raises:
            CameraError: the camera failed.
            SourceEnded: there will be no more pictures: a file that is over.
        """
        ...

    def close(self) -> None:
        """Let everything go. Never raises; may be called twice, or after a failed `open`."""
        ...
