"""What the log says of a broker that comes and goes, and of one that refuses."""

import logging
import time

import pytest

from inkwatch.publish.mqtt import troubles as troubles_module
from inkwatch.publish.mqtt.caution import OnTheWay
from inkwatch.publish.mqtt.troubles import LOG_AGAIN_S, OUTAGES, Troubles

LOST, CLOSED, LOGIN = "The connection is lost.", "Nothing listens.", "The login is refused."
CONNECTED = "Connected to the broker b:1."
AGAIN = "Connected to the broker b:1 again."


class Hour:
    """A monotonic clock that the test turns."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def hour(monkeypatch: pytest.MonkeyPatch) -> Hour:
    clock = Hour()
    monkeypatch.setattr(troubles_module, "time", clock)
    return clock


@pytest.fixture
def troubles(hour: Hour, caplog: pytest.LogCaptureFixture) -> Troubles:
    caplog.set_level(logging.INFO, "inkwatch")
    return Troubles()


def test_an_outage_is_one_line_and_its_end_another(
    troubles: Troubles, hour: Hour, caplog: pytest.LogCaptureFixture
) -> None:
    troubles.connected("b:1")
    for _ in range(2):
        troubles.away(LOST, lasting=False)
        for _ in range(100):
            hour.now_s += 60
            troubles.away(CLOSED, lasting=False)
        assert troubles.all == ()
        troubles.connected("b:1")
    assert caplog.messages == [CONNECTED, LOST, AGAIN, LOST, AGAIN]


def test_the_first_connection_is_no_return(
    troubles: Troubles, caplog: pytest.LogCaptureFixture
) -> None:
    troubles.away(CLOSED, lasting=False)
    troubles.away(CLOSED, lasting=False)
    troubles.connected("b:1")
    assert caplog.messages == [CLOSED, CONNECTED]


def test_what_somebody_must_mend_is_told_after_another_fault_too(
    troubles: Troubles, caplog: pytest.LogCaptureFixture
) -> None:
    for words, lasting in ((CLOSED, False), (LOGIN, True), (CLOSED, False), (LOGIN, True)):
        troubles.away(words, lasting=lasting)
    assert caplog.messages == [CLOSED, LOGIN]


def test_a_connection_that_comes_and_goes_does_not_fill_the_log(
    troubles: Troubles, hour: Hour, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(50):
        troubles.connected("b:1")
        troubles.away(LOST, lasting=False)
    assert caplog.messages == [CONNECTED, *[LOST, AGAIN] * (OUTAGES - 1), LOST, AGAIN]
    # One that then stays away is told all the same.
    hour.now_s += LOG_AGAIN_S
    troubles.away(CLOSED, lasting=False)
    assert caplog.messages[-1] == CLOSED


def test_a_refusal_is_one_line_and_so_is_its_end(
    troubles: Troubles, hour: Hour, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        troubles.refused("a/b", "Allow a/b.")
        hour.now_s += 300
    assert list(troubles.all) == ["Allow a/b."]
    troubles.delivered([OnTheWay("a/b", None, 1, time.monotonic())] * 2)
    assert list(troubles.all) == []
    assert caplog.messages == ["Allow a/b.", "The broker takes what is sent to a/b."]
