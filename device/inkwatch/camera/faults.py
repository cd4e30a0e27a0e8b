"""What can be wrong with a camera, told apart by whether waiting may help."""

from enum import StrEnum

from inkwatch.errors import ExitCode, InkwatchError


class FaultKind(StrEnum):
    """What is wrong. The values are part of the MQTT and JSON forms."""

    NO_CAMERA = "no-camera"
    """None is connected or found."""
    NO_PERMISSION = "no-permission"
    """It is there but this user may not open it."""
    BUSY = "busy"
    """Another program holds it."""
    NOT_SUPPORTED = "not-supported"
    """It cannot give what the config asks for, or a package is missing."""
    MEMORY = "memory"
    """The kernel has no contiguous memory (CMA) left for its buffers."""
    HUNG = "hung"
    """It gave nothing for too long."""
    BAD_FRAMES = "bad-frames"
    """What it gives is no picture: black, torn, the wrong size."""
    VANISHED = "vanished"
    """It was there and is gone: a cable, the power."""
    FAILED = "failed"
    """Something else; the message has the cause."""


class CameraError(InkwatchError):
    """A camera cannot be used now.

    Attributes:
        kind: what is wrong.
        mend: the command or the act that mends it, '' where none is known.
        permanent: whether it stays until somebody does something; it is tried again all the
            same, at the longest pause, so that a cable that is put back is noticed.
    """

    exit_code = ExitCode.CAMERA

    def __init__(
        self, kind: FaultKind, message: str, *, mend: str = "", permanent: bool = False
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.mend = mend
        self.permanent = permanent


class SourceEnded(Exception):  # noqa: N818 - an ending is no error
    """A source that ends, such as a video file, has no more pictures."""
