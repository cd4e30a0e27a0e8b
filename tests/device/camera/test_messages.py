import socket
from collections.abc import Iterator

import msgspec
import pytest

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.messages import (
    Begin,
    Ended,
    Fault,
    Note,
    Opened,
    Report,
    SlowDown,
    next_order,
    next_report,
    send,
)
from inkwatch.config.model import CameraSection


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    yield ours, theirs
    ours.close()
    theirs.close()


def test_reports_come_as_they_went_one_at_a_time(
    line: tuple[socket.socket, socket.socket],
) -> None:
    ours, theirs = line
    said: list[Report] = [
        Opened("a camera", True),
        Note("ä"),
        Fault(FaultKind.BUSY, "m", "n", True),
        Ended(),
    ]
    assert next_report(ours) is None
    assert all(send(theirs, report) for report in said)
    theirs.close()
    assert [next_report(ours) for _ in said] == said
    with pytest.raises(EOFError):
        next_report(ours)


def test_orders_carry_all_settings(line: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = line
    begin = Begin(CameraSection(source="/dev/video7", gain=2.5), 1.25)
    assert send(ours, begin)
    assert send(ours, SlowDown(0.5))
    assert next_order(theirs) == begin
    assert next_order(theirs) == SlowDown(0.5)


def test_nobody_is_waited_for(line: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = line
    for _ in range(100_000):
        if not send(theirs, Note("x" * 1000)):
            break
    else:
        pytest.fail("the line took everything and never was full")
    ours.close()
    assert not send(theirs, Note("y"))


def test_a_fault_with_endless_words_still_fits() -> None:
    fault = Fault.of(CameraError(FaultKind.FAILED, "w" * 1_000_000, mend="m" * 1_000_000))
    assert len(msgspec.json.encode(fault)) < 60_000
