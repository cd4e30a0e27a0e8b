"""What a `/dev/videoN` is, and why it cannot be used, asked of the kernel without OpenCV.

Numbers are from linux/videodev2.h.
"""

import contextlib
import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.holders import held_by, user_name

_CAPABILITY = struct.Struct("=16s32s32sIII12x")
_FORMAT_BYTES = 208 if struct.calcsize("P") == 8 else 204
_BUFFER_TYPE_CAPTURE = 1
_CAN_CAPTURE = 0x1
_HAS_DEVICE_CAPS = 0x8000_0000
_READ_WRITE, _READ = 3, 2


def _request(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("V") << 8 | number


_QUERYCAP = _request(_READ, 0, _CAPABILITY.size)
_G_FMT = _request(_READ_WRITE, 4, _FORMAT_BYTES)
_S_FMT = _request(_READ_WRITE, 5, _FORMAT_BYTES)

PIPELINE_DRIVERS = (
    *("unicam", "bm2835", "bcm2835", "rp1-cfe", "pispbe", "rpivid", "rpi-hevc", "rpi-cfe"),
)
"""Parts of a Raspberry Pi that are nodes too, but no cameras that V4L2 alone can use."""


@dataclass(frozen=True, slots=True)
class Node:
    """A video node: its path, its driver, what its maker calls it, and whether it captures."""

    path: str
    driver: str
    card: str
    captures: bool

    @property
    def is_camera(self) -> bool:
        """Whether it gives pictures by itself, and not as a part of a Pi's camera pipeline."""
        return self.captures and not self.driver.startswith(PIPELINE_DRIVERS)


def look_at(path: str) -> Node:
    """Ask a node what it is, and find out whether it can be used now.

    Raises:
        CameraError: there is none, it may not be opened, it is busy, or it is no camera.
    """
    with _opened(path) as fd:
        node = _ask(path, fd)
        if not node.captures:
            raise CameraError(
                FaultKind.NOT_SUPPORTED,
                f"{path} ({node.card}) gives no pictures.",
                mend="v4l2-ctl --list-devices (it names the nodes that do)",
                permanent=True,
            )
        _find_busy(path, fd)
        return node


def cameras(folder: Path = Path("/dev")) -> list[Node]:
    """All nodes that are cameras and may be opened, by their numbers."""
    found = []
    for path in sorted(folder.glob("video[0-9]*"), key=lambda p: (len(p.name), p.name)):
        with contextlib.suppress(CameraError), _opened(str(path)) as fd:
            node = _ask(str(path), fd)
            if node.is_camera:
                found.append(node)
    return found


@contextlib.contextmanager
def _opened(path: str) -> Iterator[int]:
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise fault_of(path, error) from error
    try:
        yield fd
    finally:
        os.close(fd)


def _ask(path: str, fd: int) -> Node:
    answer = bytearray(_CAPABILITY.size)
    try:
        fcntl.ioctl(fd, _QUERYCAP, answer)
    except OSError as error:
        raise CameraError(
            FaultKind.NOT_SUPPORTED,
            f"{path} is no camera.",
            mend="v4l2-ctl --list-devices",
            permanent=True,
        ) from error
    driver, card, _, _, caps, device_caps = _CAPABILITY.unpack(answer)
    held = device_caps if caps & _HAS_DEVICE_CAPS else caps
    return Node(path, _text(driver), _text(card), bool(held & _CAN_CAPTURE))


def _find_busy(path: str, fd: int) -> None:
    """Set the format that it has: nothing changes, but only who may stream is let do it."""
    form = bytearray(_FORMAT_BYTES)
    form[:4] = _BUFFER_TYPE_CAPTURE.to_bytes(4, "little")
    try:
        fcntl.ioctl(fd, _G_FMT, form)
        fcntl.ioctl(fd, _S_FMT, form)
    except OSError as error:
        # Some drivers know no format before one is set; only being busy is what is asked here.
        if error.errno == errno.EBUSY:
            raise fault_of(path, error) from error


def fault_of(path: str, error: OSError) -> CameraError:
    """What an error of the kernel means for a camera, and what mends it."""
    match error.errno:
        case errno.ENOENT | errno.ENXIO | errno.ENODEV:
            return CameraError(
                FaultKind.NO_CAMERA,
                f"{path}: there is no such camera.",
                mend="Check the cable, then: v4l2-ctl --list-devices",
                permanent=True,
            )
        case errno.EACCES | errno.EPERM:
            return CameraError(
                FaultKind.NO_PERMISSION,
                f"{path}: this user may not open it.",
                mend=f"sudo usermod -aG video {user_name()} (then log in again)",
                permanent=True,
            )
        case errno.EBUSY:
            return CameraError(
                FaultKind.BUSY,
                f"{path}: another program uses it.{held_by(path)}",
                mend=f"End that program; who it is: sudo fuser -v {path}",
                permanent=True,
            )
        case errno.ENOMEM:
            return CameraError(
                FaultKind.MEMORY,
                f"{path}: the kernel has no memory for its buffers.",
                mend="Lower `camera.width_px` and `camera.height_px`, or end other programs.",
            )
    return CameraError(FaultKind.FAILED, f"{path}: {error.strerror or error}.")


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "replace")
