import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inkwatch.machine.notify import Notifier


@pytest.fixture(params=["file", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """systemd's end: what NOTIFY_SOCKET says, and the socket that hears."""
    name = str(tmp_path / "notify")
    if request.param == "abstract":
        name = f"@inkwatch-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(name.replace("@", "\0", 1))
        heard.settimeout(5)
        yield name, heard


def test_every_word_arrives(manager: tuple[str, socket.socket]) -> None:
    name, heard = manager
    notifier = Notifier({"NOTIFY_SOCKET": name})
    assert notifier.is_heard
    assert notifier.ready("Reads.")
    assert heard.recv(9999) == b"READY=1\nSTATUS=Reads."
    assert notifier.ready()
    assert heard.recv(9999) == b"READY=1"
    assert notifier.status("Größe: 3")
    assert heard.recv(9999) == "STATUS=Größe: 3".encode()
    assert notifier.watchdog()
    assert heard.recv(9999) == b"WATCHDOG=1"
    assert notifier.more_time(12.5)
    assert heard.recv(9999) == b"EXTEND_TIMEOUT_USEC=12500000"
    assert notifier.stopping("Ends.")
    assert heard.recv(9999) == b"STOPPING=1\nSTATUS=Ends."


def test_a_reload_tells_its_moment(manager: tuple[str, socket.socket]) -> None:
    name, heard = manager
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert Notifier({"NOTIFY_SOCKET": name}).reloading()
    first, _, second = heard.recv(9999).decode().partition("\n")
    key, _, moment = second.partition("=")
    assert (first, key) == ("RELOADING=1", "MONOTONIC_USEC")
    assert before <= int(moment) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000


def test_a_status_cannot_say_anything_else(manager: tuple[str, socket.socket]) -> None:
    name, heard = manager
    assert Notifier({"NOTIFY_SOCKET": name}).status("a\nREADY=1\r\n\vb" + "x" * 10_000)
    line = heard.recv(99_999).decode()
    assert line.startswith("STATUS=a READY=1 b")
    assert "\n" not in line
    assert len(line) < 600


@pytest.mark.parametrize(
    "name",
    ["", "@", "relative", "/no/such/socket", "/" + "x" * 300, "@" + "x" * 300, "vsock:2:99", "/\0"],
)
def test_without_systemd_nothing_happens(name: str) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": name} if name else {})
    assert not notifier.ready("x")
    assert not notifier.status("x")
    assert not notifier.watchdog()
    assert not notifier.reloading()
    assert not notifier.stopping()


def test_a_manager_that_does_not_listen_holds_nobody_up(tmp_path: Path) -> None:
    name = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as deaf:
        deaf.bind(name)
        notifier = Notifier({"NOTIFY_SOCKET": name})
        # The queue of such a socket is a handful of messages long.
        for _ in range(10_000):
            if not notifier.watchdog():
                break
        else:
            pytest.fail("the socket took 10,000 messages that nobody read")


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "me"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "٣"}, None),
        ({"WATCHDOG_USEC": "9" * 5000}, None),
    ],
)
def test_the_watchdog_is_asked_for_in_microseconds(
    environ: dict[str, str], seconds: float | None
) -> None:
    assert Notifier(environ).watchdog_s == seconds
