"""Telling systemd how the service is: the protocol of sd_notify(3), in the few words we use.

Nothing here raises or blocks for long: a service must not fail because its manager is slow.
Outside systemd every call does nothing.
"""

import contextlib
import os
import socket
import time
from collections.abc import Mapping

_SEND_TIMEOUT_S = 0.5
"""systemd's socket is emptied at once unless the machine is stuck."""

_STATUS_CHARACTERS = 500


class Notifier:
    """Says to systemd that the service is ready, alive, reloading or stopping.

    Attributes:
        watchdog_s: within how many seconds systemd wants to hear `watchdog` each time; None where
            it does not watch this process.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        """Take systemd's wishes from `environ`: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID."""
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog_s = _watchdog_s(environ)

    @property
    def is_heard(self) -> bool:
        """Whether there is a service manager to tell anything."""
        return self._address is not None

    def ready(self, status: str = "") -> bool:
        """The service has started, or is through with reloading.

        Returns:
            Whether systemd took it; False also where there is no systemd. So for all of these.
        """
        return self._send("READY=1", *_status(status))

    def status(self, text: str) -> bool:
        """One line for people, which `systemctl status` shows."""
        return self._send(*_status(text))

    def watchdog(self) -> bool:
        """The service did something since the last call: do not restart it."""
        return self._send("WATCHDOG=1")

    def reloading(self) -> bool:
        """The service reads its config again; `ready` must follow.

        `Type=notify-reload` wants the moment too, to tell this reload from an earlier one.
        """
        return self._send(
            "RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}"
        )

    def more_time(self, seconds: float) -> bool:
        """While it starts or stops: it is alive and shall be given so much longer from now on.

        To be said again before that is over, for as long as a camera is waited for: what starts
        has no watchdog yet.
        """
        return self._send(f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}")

    def stopping(self, status: str = "") -> bool:
        """The service is about to end."""
        return self._send("STOPPING=1", *_status(status))

    def _send(self, *assignments: str) -> bool:
        if self._address is None:
            return False
        data = "\n".join(assignments).encode("utf-8", "replace")
        with (
            contextlib.suppress(OSError),
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender,
        ):
            # A socket each time costs microseconds and outlives a manager that was started anew.
            sender.settimeout(_SEND_TIMEOUT_S)
            return sender.sendto(data, self._address) == len(data)
        return False


def _address(name: str) -> bytes | None:
    """The socket's address; `@` stands for the abstract namespace's leading zero."""
    raw = os.fsencode(name)
    if raw.startswith(b"@") and len(raw) > 1:
        return b"\0" + raw[1:]
    return raw if raw.startswith(b"/") and b"\0" not in raw else None


def _watchdog_s(environ: Mapping[str, str]) -> float | None:
    # A child inherits the variables; the watch is kept on the process that is named.
    pid = environ.get("WATCHDOG_PID", "")
    if pid and pid != str(os.getpid()):
        return None
    microseconds = environ.get("WATCHDOG_USEC", "")
    if not (microseconds.isascii() and microseconds.isdigit() and len(microseconds) < 20):
        return None
    return int(microseconds) / 1e6 or None


def _status(text: str) -> tuple[str, ...]:
    """The assignment for a status; a line end within it would begin another assignment."""
    line = " ".join(text.split())
    return (f"STATUS={line[:_STATUS_CHARACTERS]}",) if line else ()
