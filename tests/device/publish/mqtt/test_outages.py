"""Short forms of `tools/soak`: a real broker away, devices killed, and many devices at once."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from tools.soak.broker_outage import run_outage
from tools.soak.events import made_up_event
from tools.soak.fleet import run_fleet
from tools.soak.mosquitto import Mosquitto, mosquitto_program
from tools.soak.observer import Observer
from tools.soak.publisher import make_teller

from inkwatch.config.model import MqttSection
from inkwatch.config.secrets import Secret
from inkwatch.publish.mqtt.topics import Topics

needs_mosquitto = pytest.mark.skipif(
    mosquitto_program() is None, reason="Mosquitto is not installed: apt install mosquitto"
)


@needs_mosquitto
def test_a_broker_away_and_a_device_killed_lose_nothing(tmp_path: Path) -> None:
    outage = run_outage(tmp_path, 300, 3, limit_s=120, chance=random.Random(7))
    assert outage.told == outage.delivered == 301
    assert outage.lost == 0
    assert outage.in_order
    assert outage.offline_after_kill_s <= 1


@needs_mosquitto
def test_a_fleet_loses_and_mixes_nothing(tmp_path: Path) -> None:
    fleet = run_fleet(tmp_path, 20, 10, limit_s=120, chance=random.Random(7))
    assert (fleet.lost, fleet.mixed, fleet.out_of_order) == (0, 0, 0)
    assert fleet.online == fleet.described == fleet.answered == 20


def test_a_broker_that_is_killed_again_and_again(
    mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    """What the broker took and lost itself is not ours; what it had not taken must come."""
    server = mosquitto()
    topics = Topics("inkwatch", "desk")
    settings = MqttSection(host="127.0.0.1", port=server.port)
    with Observer(server.port) as observer:
        teller = make_teller(settings, "desk", tmp_path / "queue.db")
        teller.start()
        observer.wait_for(topics.availability, b"online")
        for number in range(1, 201):
            teller.event(made_up_event("desk", number))
            if number in {60, 130}:
                server.kill()
            if number in {90, 160}:
                observer.forget()
                server.start()
                observer.wait_for(topics.availability, b"online")
        observer.wait_until(
            lambda heard: any(
                h.topic == topics.event and json.loads(h.payload)["sequence"] == 200 for h in heard
            )
        )
        assert teller.reconnects == 2
        deadline_s = time.monotonic() + 20
        while teller.queue_health.waiting and time.monotonic() < deadline_s:
            time.sleep(0.02)
        assert teller.queue_health.waiting == 0
        teller.close(2.0)
        assert observer.wait_for(topics.availability, b"offline").payload == b"offline"


def test_a_process_that_is_told_to_end_keeps_what_waits(
    mosquitto: Callable[..., Mosquitto], tmp_path: Path
) -> None:
    server = mosquitto()
    server.stop()
    settings = MqttSection(host="127.0.0.1", port=server.port)
    teller = make_teller(settings, "desk", tmp_path / "queue.db")
    teller.start()
    for number in range(1, 11):
        teller.event(made_up_event("desk", number))
    began_s = time.monotonic()
    teller.close(1.5)
    assert time.monotonic() - began_s < 2
    server.start()
    with Observer(server.port) as observer:
        again = make_teller(settings, "desk", tmp_path / "queue.db")
        assert again.queue_health.waiting == 10
        again.start()
        observer.wait_until(lambda heard: sum(h.topic.endswith("/event") for h in heard) == 10)
        again.close(1.5)


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_an_access_list_without_home_assistant_stops_no_event(
    mosquitto: Callable[..., Mosquitto], tmp_path: Path, protocol: Literal["5", "3.1.1"]
) -> None:
    """Mosquitto 2.0.11 hangs up on what is not allowed, with all that was sent behind it."""
    acl = "user ink\ntopic readwrite inkwatch/#\n\nuser all\ntopic readwrite #\n"
    server = mosquitto(users={"ink": "x", "all": "x"}, acl=acl)
    settings = MqttSection(host="127.0.0.1", port=server.port, username="ink", protocol=protocol)
    with Observer(server.port, user="all", password="x") as observer:
        teller = make_teller(settings, "desk", tmp_path / "queue.db", Secret("x"))
        for number in range(1, 101):
            teller.event(made_up_event("desk", number))
        teller.start()
        observer.wait_until(
            lambda heard: len({h.payload[:80] for h in heard if h.topic.endswith("/event")}) == 100,
            60,
        )
        assert "homeassistant/device/desk/config" in teller.problems[0]
        teller.close(2.0)


def test_telling_over_mqtt_is_not_loaded_before_it_is_wanted() -> None:
    program = "import sys, inkwatch.cli; sys.exit(any('paho' in name for name in sys.modules))"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
