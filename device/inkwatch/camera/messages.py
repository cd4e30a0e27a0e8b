"""What the camera's process and its keeper say to each other, as JSON, one object a message."""

import socket

import msgspec

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.config.model import CameraSection

MAX_MESSAGE_BYTES = 65_536
_MAX_TEXT = 2_000


class Begin(msgspec.Struct, frozen=True, tag="begin"):
    """To the process, once: which camera, and how long a picture of a folder is shown."""

    camera: CameraSection
    hold_s: float


class SlowDown(msgspec.Struct, frozen=True, tag="slow-down"):
    """To the process: so many views a second from now on."""

    rate_hz: float


class Opening(msgspec.Struct, frozen=True, tag="opening"):
    """From the process: everything is loaded, and the camera is asked to start."""


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """From the process: the camera runs; see `Camera` for its name and whether it is live."""

    name: str
    live: bool


class Note(msgspec.Struct, frozen=True, tag="note"):
    """From the process: something for the log that is no fault."""

    message: str


class Fault(msgspec.Struct, frozen=True, tag="fault"):
    """From the process, as its last word: the camera cannot be used; see `CameraError`."""

    kind: FaultKind
    message: str
    mend: str = ""
    permanent: bool = False

    @classmethod
    def of(cls, error: CameraError) -> "Fault":
        """The message that carries an error over."""
        return cls(error.kind, str(error)[:_MAX_TEXT], error.mend[:_MAX_TEXT], error.permanent)


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """From the process, as its last word: the source is over."""


Order = Begin | SlowDown
Report = Opening | Opened | Note | Fault | Ended

_orders = msgspec.json.Decoder(Order)
_reports = msgspec.json.Decoder(Report)
_encoder = msgspec.json.Encoder()


def send(line: socket.socket, message: Order | Report) -> bool:
    """Send one message over a SOCK_SEQPACKET socket.

    Returns:
        False where the other side is gone or does not listen; it is not waited for.
    """
    try:
        line.send(_encoder.encode(message), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)
    except OSError:
        return False
    return True


def next_order(line: socket.socket) -> Order | None:
    """Take the next order without waiting.

    Returns:
        None where there is none.

    Raises:
        EOFError: the other side is gone.
    """
    data = _received(line)
    return None if data is None else _orders.decode(data)


def next_report(line: socket.socket) -> Report | None:
    """Take the next report without waiting; see `next_order`.

    Raises:
        EOFError: the other side is gone.
    """
    data = _received(line)
    return None if data is None else _reports.decode(data)


def _received(line: socket.socket) -> bytes | None:
    try:
        data = line.recv(MAX_MESSAGE_BYTES, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    except OSError as error:
        raise EOFError from error
    if not data:
        raise EOFError
    return data
