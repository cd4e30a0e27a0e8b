import pytest

from inkwatch.publish.mqtt.caution import HELD_S, SETTLE_S, SHORT_SESSIONS, Caution, OnTheWay

READING = OnTheWay("reading", None, 1, 0.0)
EVENT = OnTheWay("event", 7, 1, 0.0)


@pytest.fixture
def careful() -> Caution:
    """After as many short connections as it takes, at the time 100."""
    caution = Caution()
    for _ in range(SHORT_SESSIONS):
        caution.began(0.0)
        assert not caution.is_careful(0.0)
        assert caution.lost(1.0, [READING, EVENT]).hint == ""
    caution.began(100.0)
    return caution


def test_care_ends_when_a_connection_holds(careful: Caution) -> None:
    assert careful.is_careful(100.0)
    assert not careful.is_careful(100.0 + HELD_S)
    assert careful.lost(100.0 + HELD_S, [READING]).culprit is None
    careful.began(200.0)
    assert not careful.is_careful(200.0)


def test_what_two_connections_did_not_survive_is_the_cause(careful: Caution) -> None:
    first = careful.lost(101.0, [EVENT])
    assert first.culprit is None
    assert "event" in first.hint
    careful.began(200.0)
    assert careful.lost(201.0, [EVENT]).culprit == EVENT


def test_chance_hits_this_and_that(careful: Caution) -> None:
    for at_s, sent in ((100.0, EVENT), (200.0, READING), (300.0, EVENT)):
        careful.began(at_s)
        assert careful.lost(at_s + 1, [sent]).culprit is None


def test_an_acknowledgement_before_the_end_is_none(careful: Caution) -> None:
    for at_s, culprit in ((100.0, None), (200.0, EVENT)):
        careful.began(at_s)
        careful.accepted(EVENT, at_s)
        assert careful.settle(at_s + SETTLE_S / 2) is None
        assert careful.next_at_s() == at_s + SETTLE_S
        assert careful.lost(at_s + SETTLE_S / 2, []).culprit == culprit


def test_what_was_survived_once_is_above_suspicion(careful: Caution) -> None:
    for at_s in (100.0, 200.0, 300.0):
        careful.began(at_s)
        assert not careful.accepted(EVENT, at_s)
        assert careful.settle(at_s + SETTLE_S) == EVENT
        assert careful.settle(at_s + SETTLE_S) is None
        assert careful.accepted(EVENT, at_s + SETTLE_S)
        verdict = careful.lost(at_s + 1, [EVENT, EVENT])
        assert verdict.culprit is None
        assert "device.id" in verdict.hint


def test_a_topic_goes_out_alone_until_it_was_survived(careful: Caution) -> None:
    assert careful.may_send("event", [], 100.0)
    assert not careful.may_send("event", [EVENT], 100.0)
    assert not careful.may_send("reading", [EVENT], 100.0)
    careful.accepted(EVENT, 100.0)
    assert not careful.may_send("event", [], 100.0)
    careful.settle(101.0)
    assert careful.may_send("event", [EVENT, EVENT], 101.0)
    assert not careful.may_send("reading", [EVENT], 101.0)
    assert careful.may_send("reading", [], 101.0)
    assert not careful.may_send("event", [READING], 101.0)
    assert careful.may_send("reading", [EVENT], 100.0 + HELD_S)
