"""The teller and its sender against a broker in memory that behaves badly."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tools.soak.events import made_up_event

from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.config.model import HomeAssistantSection, MqttSection
from inkwatch.health import Health
from inkwatch.publish.mqtt import backoff as backoff_module
from inkwatch.publish.mqtt import caution as caution_module
from inkwatch.publish.mqtt import delivery as delivery_module
from inkwatch.publish.mqtt import listening as listening_module
from inkwatch.publish.mqtt.backoff import Backoff
from inkwatch.publish.mqtt.fake import FakeBroker
from inkwatch.publish.mqtt.messages import Incoming
from inkwatch.publish.mqtt.queue import Queue
from inkwatch.publish.mqtt.teller import DeviceName, MqttTeller, queue_path

SETTINGS = MqttSection(host="fake")
ROOT = "inkwatch/desk"
DISCOVERY = "homeassistant/device/desk/config"
HEALTH = Health(1.0, 0, 0, 0, {}, {}, 0, 5.0, 1, 1)

MakeTeller = Callable[..., MqttTeller]


@pytest.fixture
def broker() -> FakeBroker:
    return FakeBroker()


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "pause", lambda *_, **__: 0.01)
    monkeypatch.setattr(listening_module, "BIRTH_JITTER_S", 0.05)
    monkeypatch.setattr(caution_module, "SETTLE_S", 0.01)
    monkeypatch.setattr(delivery_module, "_REFUSED_PAUSE_S", (0.05, 0.1))


@pytest.fixture
def teller(broker: FakeBroker, tmp_path: Path) -> Iterator[MakeTeller]:
    made: list[MqttTeller] = []

    def make(settings: MqttSection = SETTINGS, *, start: bool = True) -> MqttTeller:
        queue = Queue(tmp_path / "queue.db", settings.queue.max_bytes)
        it = MqttTeller(settings, DeviceName("desk", "The desk"), broker, queue)
        made.append(it)
        if start:
            it.start()
        return it

    yield make
    for it in made:
        it.close(2.0)


def eventually(holds: Callable[[], bool], timeout_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come to pass"
        time.sleep(0.005)


def sequences(broker: FakeBroker, topic: str = "event") -> list[int]:
    return [json.loads(payload)["sequence"] for payload in broker.payloads(f"{ROOT}/{topic}")]


def first_times(numbers: list[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def test_what_is_told_arrives_in_order_and_leaves_the_queue(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    it = teller()
    for number in range(1, 41):
        it.event(made_up_event("desk", number))
    eventually(lambda: it.queue_health.waiting == 0)
    assert sequences(broker) == list(range(1, 41))
    assert broker.most_on_the_way <= broker.window
    reading = json.loads(broker.retained[f"{ROOT}/reading"])
    assert reading["sequence"] == 40
    assert f"{ROOT}/event" not in broker.retained


def test_a_connection_begins_with_availability_and_all_states(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    it = teller(start=False)
    it.camera(CameraStatus(CameraState.RUNNING, "cam", 0.0))
    it.problem(("The lens is dirty. Wipe it.",))
    it.event(made_up_event("desk", 1))
    it.start()
    wanted = [f"{ROOT}/availability", DISCOVERY, f"{ROOT}/camera/status", f"{ROOT}/problem",
              f"{ROOT}/reading", f"{ROOT}/event"]  # fmt: skip
    eventually(lambda: len(broker.got) >= len(wanted))
    assert [message.topic for message in broker.got] == wanted
    assert broker.got[0].payload == b"online"
    assert broker.subscribed == [f"{ROOT}/cmd/+", "homeassistant/status"]
    broker.got.clear()
    broker.away = True
    broker.wake()
    eventually(lambda: not it.connected)
    # The will, as told by the broker for one that is gone.
    assert broker.retained[f"{ROOT}/availability"] == b"offline"
    broker.away = False
    eventually(lambda: len(broker.got) >= len(wanted) - 1)
    assert [message.topic for message in broker.got] == wanted[:-1]
    assert it.reconnects == 1


def test_nothing_else_is_sent_where_nothing_else_is_wanted(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    home = HomeAssistantSection(enabled=False)
    it = teller(MqttSection(host="fake", commands=False, home_assistant=home))
    it.event(made_up_event("desk", 1), jpeg=b"\xff\xd8")
    eventually(lambda: it.queue_health.waiting == 0)
    assert broker.subscribed == []
    assert {m.topic for m in broker.got} == {
        f"{ROOT}/availability", f"{ROOT}/reading", f"{ROOT}/event"
    }  # fmt: skip


def test_a_picture_goes_out_only_where_it_is_wanted(broker: FakeBroker, teller: MakeTeller) -> None:
    it = teller(MqttSection(host="fake", image=True))
    eventually(lambda: it.connected)
    it.event(made_up_event("desk", 1), jpeg=b"\xff\xd8")
    eventually(lambda: broker.payloads(f"{ROOT}/image") == [b"\xff\xd8"])
    assert f"{ROOT}/image" not in broker.retained


def test_what_is_told_while_the_broker_is_away_is_delivered_later(
    broker: FakeBroker, teller: MakeTeller, caplog: pytest.LogCaptureFixture
) -> None:
    broker.away = True
    it = teller()
    eventually(lambda: "Call it back" in caplog.text)
    assert not it.connected
    assert it.problems == (), "it would be told to a broker that is back"
    for number in range(1, 31):
        it.event(made_up_event("desk", number))
    it.health(HEALTH)
    it.health(replace(HEALTH, uptime_s=2.0))
    broker.away = False
    eventually(lambda: it.queue_health.waiting == 0)
    assert sequences(broker) == list(range(1, 31))
    assert sequences(broker, "reading") == [30]
    assert [json.loads(p)["uptime_s"] for p in broker.payloads(f"{ROOT}/health")] == [2.0]
    assert it.problems == ()


def test_a_reading_overtakes_the_events_that_wait(broker: FakeBroker, teller: MakeTeller) -> None:
    it = teller(start=False)
    for number in range(1, 201):
        it.event(made_up_event("desk", number))
    it.start()
    eventually(lambda: bool(sequences(broker, "reading")))
    it.event(made_up_event("desk", 201))
    eventually(lambda: it.queue_health.waiting == 0)
    order = [
        (message.topic, json.loads(message.payload)["sequence"])
        for message in broker.got
        if message.topic in {f"{ROOT}/event", f"{ROOT}/reading"}
    ]
    assert order.index((f"{ROOT}/reading", 201)) < order.index((f"{ROOT}/event", 200))
    assert sequences(broker) == list(range(1, 202))


def test_connections_that_break_at_any_moment_lose_nothing(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    it = teller()
    for number in range(1, 301):
        it.event(made_up_event("desk", number))
        if number % 23 == 0:
            broker.away = True
            broker.wake()
            time.sleep(0.002)
            broker.away = False
    eventually(lambda: it.queue_health.waiting == 0)
    assert broker.logins > 3
    # Doubles are allowed; whoever drops ids seen before has each once and in order.
    assert first_times(sequences(broker)) == list(range(1, 301))


def test_a_restarted_device_goes_on_where_it_was(broker: FakeBroker, teller: MakeTeller) -> None:
    broker.away = True
    first = teller()
    for number in range(1, 6):
        first.event(made_up_event("desk", number))
    first.close(1.0)
    broker.away = False
    second = teller()
    assert second.last_sequence == 5
    eventually(lambda: second.queue_health.waiting == 0)
    assert sequences(broker) == [1, 2, 3, 4, 5]
    # What it could not tell before it was stopped is the state now.
    assert sequences(broker, "reading") == [5]


def test_the_age_of_an_event_counts_the_time_it_waited(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    it = teller(start=False)
    it.event(replace(made_up_event("desk", 1), monotonic_s=time.monotonic() - 100))
    it.start()
    eventually(lambda: it.queue_health.waiting == 0)
    assert 100 <= json.loads(broker.payloads(f"{ROOT}/event")[0])["age_s"] < 120


def test_the_age_of_an_event_from_before_a_restart_is_not_known(
    broker: FakeBroker, tmp_path: Path
) -> None:
    path = tmp_path / "queue.db"
    queue = Queue(path, 1_000_000, boot="before")
    queue.put("x", 1, b'{"age_s":1}', 5.0)
    queue.close()
    queue = Queue(path, 1_000_000, boot="now")
    it = MqttTeller(SETTINGS, DeviceName("desk", "d"), broker, queue)
    it.start()
    eventually(lambda: it.queue_health.waiting == 0)
    it.close(1.0)
    assert broker.payloads(f"{ROOT}/event") == [b'{"age_s":null}']


def test_events_that_may_not_be_written_wait_and_are_told_as_a_problem(
    broker: FakeBroker, teller: MakeTeller, caplog: pytest.LogCaptureFixture
) -> None:
    broker.refuses[f"{ROOT}/event"] = "Not authorized"
    it = teller()
    for number in range(1, 21):
        it.event(made_up_event("desk", number))
    eventually(lambda: bool(it.problems))
    time.sleep(0.3)
    assert it.queue_health.waiting == 20
    assert "access list" in it.problems[0]
    assert caplog.text.count("access list") == 1
    broker.refuses.clear()
    eventually(lambda: it.queue_health.waiting == 0)
    assert first_times(sequences(broker)) == list(range(1, 21))
    eventually(lambda: it.problems == ())


def test_an_event_that_can_never_be_taken_is_dropped_and_counted(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    broker.refuses[f"{ROOT}/event"] = "Payload format invalid"
    broker.forever = True
    it = teller()
    it.event(made_up_event("desk", 1))
    eventually(lambda: it.queue_health.waiting == 0)
    assert it.queue_health.dropped == 1
    assert "dropped" in it.problems[0]


def test_an_event_that_is_too_large_does_not_stop_the_others(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    broker.largest = 800
    it = teller()
    giant = replace(made_up_event("desk", 1), raw="x" * 1000, unsure=1)
    it.event(giant)
    it.event(made_up_event("desk", 2))
    eventually(lambda: it.queue_health.waiting == 0)
    assert sequences(broker) == [2]
    assert it.queue_health.dropped == 1


def test_a_broker_that_acknowledges_nothing_is_left(
    broker: FakeBroker, teller: MakeTeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "ACCEPT_TIMEOUT_S", 0.05)
    monkeypatch.setattr(delivery_module, "_TURN_S", 0.02)
    broker.silent = True
    it = teller()
    it.event(made_up_event("desk", 1))
    eventually(lambda: broker.logins > 2)
    broker.silent = False
    eventually(lambda: it.queue_health.waiting == 0)
    assert sequences(broker) == [1]


def test_home_assistants_birth_is_answered_and_a_kept_one_is_not(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    it = teller()
    eventually(lambda: len(broker.payloads(DISCOVERY)) == 1)
    broker.send(Incoming("homeassistant/status", b"online", retained=True))
    broker.send(Incoming("homeassistant/status", b"offline"))
    it.event(made_up_event("desk", 1))
    eventually(lambda: it.queue_health.waiting == 0)
    time.sleep(0.1)
    assert len(broker.payloads(DISCOVERY)) == 1
    broker.send(Incoming("homeassistant/status", b"online"))
    eventually(lambda: len(broker.payloads(DISCOVERY)) == 2)


def test_a_command_is_handed_to_the_daemon_and_answered(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    it = teller()
    eventually(lambda: it.connected)
    broker.send(Incoming(f"{ROOT}/cmd/status", b'{"id":"7"}', correlation=b"c"))
    command = it.commands.get(timeout=5)
    it.respond(command, {"paused": False})
    eventually(lambda: bool(broker.payloads(f"{ROOT}/rsp/status")))
    assert json.loads(broker.payloads(f"{ROOT}/rsp/status")[0])["id"] == "7"


def test_closing_tells_offline_and_says_goodbye(broker: FakeBroker, teller: MakeTeller) -> None:
    it = teller()
    it.event(made_up_event("desk", 1))
    eventually(lambda: it.connected)
    began_s = time.monotonic()
    it.close(2.0)
    assert time.monotonic() - began_s < 2.0
    assert broker.retained[f"{ROOT}/availability"] == b"offline"
    assert broker.got[-1].payload == b"offline"
    assert broker.goodbyes == 1


def test_closing_does_not_wait_for_a_silent_broker(broker: FakeBroker, teller: MakeTeller) -> None:
    it = teller()
    eventually(lambda: it.connected)
    broker.silent = True
    it.event(made_up_event("desk", 1))
    began_s = time.monotonic()
    it.close(0.5)
    assert time.monotonic() - began_s < 1.5


def test_closing_before_the_start_and_while_away(broker: FakeBroker, teller: MakeTeller) -> None:
    teller(start=False).close(1.0)
    broker.away = True
    it = teller()
    began_s = time.monotonic()
    it.close(1.0)
    assert time.monotonic() - began_s < 1.0


def test_a_fault_of_ours_does_not_end_the_thread(
    broker: FakeBroker, teller: MakeTeller, caplog: pytest.LogCaptureFixture
) -> None:
    it = teller()
    eventually(lambda: it.connected)
    with caplog.at_level(logging.CRITICAL):
        it._outbox.set_state("broken", lambda: 1 / 0)  # type: ignore[arg-type, return-value]
        it._sender.wake()
        eventually(lambda: broker.logins > 2)
        it._outbox.set_state("broken", lambda: b"mended")
    it.event(made_up_event("desk", 1))
    eventually(lambda: it.queue_health.waiting == 0)


def test_connections_that_never_hold_are_told_as_such(
    broker: FakeBroker, teller: MakeTeller, caplog: pytest.LogCaptureFixture
) -> None:
    it = teller()
    for number in range(1, 10):
        eventually(lambda number=number: broker.logins == number and it.connected)  # type: ignore[misc]
        eventually(lambda: len(broker.payloads(DISCOVERY)) >= broker.logins)
        time.sleep(10 * caution_module.SETTLE_S)
        broker.away = True
        broker.wake()
        eventually(lambda: not it.connected)
        if "same device.id?" in caplog.text:
            assert number == caution_module.SHORT_SESSIONS + 1
            return
        broker.away = False
    pytest.fail("it was not told")


def test_a_broker_that_hangs_up_on_one_topic_gets_the_others(
    broker: FakeBroker, teller: MakeTeller
) -> None:
    broker.hangs_up = {DISCOVERY}
    it = teller()
    for number in range(1, 31):
        it.event(made_up_event("desk", number))
    eventually(lambda: it.queue_health.waiting == 0)
    assert first_times(sequences(broker)) == list(range(1, 31))
    (problem,) = it.problems
    assert DISCOVERY in problem
    assert "access list" in problem


def test_a_broker_that_hangs_up_on_events_still_hears_of_the_camera(
    broker: FakeBroker, teller: MakeTeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_module, "_REFUSED_PAUSE_S", (3.0, 3.0))
    broker.hangs_up = {f"{ROOT}/event"}
    it = teller()
    for number in range(1, 11):
        it.event(made_up_event("desk", number))
    eventually(lambda: any(f"{ROOT}/event" in words for words in it.problems) and it.connected)
    it.camera(CameraStatus(CameraState.RUNNING, "cam", 0.0))
    eventually(lambda: f"{ROOT}/camera/status" in broker.retained)
    assert it.queue_health.waiting == 10
    broker.hangs_up = set()
    eventually(lambda: it.queue_health.waiting == 0)
    assert first_times(sequences(broker)) == list(range(1, 11))
    assert it.problems == ()


def test_a_connection_that_held_begins_the_pauses_anew(
    broker: FakeBroker, teller: MakeTeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(backoff_module.Backoff, "succeeded", lambda _: told.append(True))
    monkeypatch.setattr(caution_module, "HELD_S", 0.0)
    it = teller()
    eventually(lambda: it.connected)
    broker.away = True
    broker.wake()
    eventually(lambda: bool(told))


def test_where_the_queue_lies() -> None:
    from inkwatch.config.model import QueueSection

    own = MqttSection(queue=QueueSection(path="/data/q.db"))
    assert queue_path(own, {"STATE_DIRECTORY": "/s"}) == Path("/data/q.db")
    assert queue_path(SETTINGS, {"STATE_DIRECTORY": "/s:/t"}) == Path("/s/queue.db")
    assert queue_path(SETTINGS, {"XDG_STATE_HOME": "/x"}) == Path("/x/inkwatch/queue.db")
    assert queue_path(SETTINGS, {}) == Path.home() / ".local/state/inkwatch/queue.db"
