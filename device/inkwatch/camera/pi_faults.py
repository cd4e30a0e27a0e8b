"""What picamera2 and libcamera raise, turned into faults that tell what to do."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.holders import held_by, user_name

LIST_CAMERAS = "Check the cable with the power off, then: rpicam-hello --list-cameras"


@contextlib.contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what they raise into faults that tell what to do: it is RuntimeError for nearly all."""
    try:
        yield
    except CameraError:
        raise
    except Exception as error:
        raise _fault(name, error) from error


def _fault(name: str, error: Exception) -> CameraError:
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = cause.__cause__ or cause.__context__
    text = " ".join(str(each) for each in chain).lower()
    numbers = {each.errno for each in chain if isinstance(each, OSError)}
    if numbers & {errno.EACCES, errno.EPERM} or "permission denied" in text:
        return CameraError(
            FaultKind.NO_PERMISSION,
            f"{name}: this user may not open it.",
            mend=f"sudo usermod -aG video {user_name()} (then log in again)",
            permanent=True,
        )
    if errno.ENOMEM in numbers or "cannot allocate memory" in text or "out of memory" in text:
        return CameraError(
            FaultKind.MEMORY,
            f"{name}: the kernel has no contiguous memory (CMA) left for its buffers.",
            mend="In /boot/firmware/config.txt: dtoverlay=vc4-kms-v3d,cma-256 (then reboot); or "
            "lower `camera.width_px` and `camera.height_px`",
            permanent=True,
        )
    if errno.EBUSY in numbers or "busy" in text or "acquire" in text:
        return CameraError(
            FaultKind.BUSY,
            f"{name}: another program uses it.{held_by(*_media_devices())}",
            mend="End that program; who it is: sudo fuser -v /dev/media* /dev/video*",
            permanent=True,
        )
    if "not found" in text or "no camera" in text:
        return CameraError(
            FaultKind.NO_CAMERA, f"{name}: it is not found.", mend=LIST_CAMERAS, permanent=True
        )
    why = next((str(each) for each in reversed(chain) if str(each)), type(error).__name__)
    return CameraError(FaultKind.FAILED, f"{name} failed: {why}", mend=LIST_CAMERAS)


def _media_devices() -> list[str]:
    return [str(path) for path in Path("/dev").glob("media[0-9]*")]
