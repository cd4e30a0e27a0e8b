from typing import Any

import pytest

from inkwatch.config.model import Config
from inkwatch.config.reload import FIXED, Room, plan_reload, room_of
from inkwatch.config.settings import all_settings, make_config, value_of


def changed(**values: Any) -> Config:
    return make_config({key.replace("__", "."): value for key, value in values.items()})


def test_the_same_config_changes_nothing() -> None:
    plan = plan_reload(Config(), Config())
    assert plan.config == Config()
    assert (plan.rooms, plan.changed, plan.kept) == (frozenset(), (), ())


@pytest.mark.parametrize(
    ("key", "value", "room"),
    [
        ("camera.rate_hz", 2.0, Room.CAMERA),
        ("reading.language", "none", Room.READER),
        ("reading.region", (0.0, 0.0, 0.5, 0.5), Room.WATCH),
        ("watch.votes", 1, Room.WATCH),
        ("console.format", "json", Room.CONSOLE),
        ("device.name", "x", Room.MQTT),
        ("mqtt.tls.enabled", True, Room.MQTT),
        ("mqtt.queue.max_bytes", 70_000, Room.MQTT),
        ("health.every_s", 1.0, Room.HEALTH),
    ],
)
def test_only_the_room_that_a_change_is_about_is_made_anew(
    key: str, value: object, room: Room
) -> None:
    plan = plan_reload(Config(), make_config({key: value}))
    assert plan.rooms == {room}
    assert (plan.changed, plan.kept) == ((key,), ())
    assert value_of(plan.config, key) == value


def test_what_cannot_change_is_kept_and_told() -> None:
    old = changed(device__id="a")
    new = changed(device__id="b", mqtt__queue__path="/q", mqtt__base="other")
    plan = plan_reload(old, new)
    assert plan.kept == FIXED
    assert plan.changed == ("mqtt.base",)
    assert plan.config == changed(device__id="a", mqtt__base="other")


def test_another_password_makes_the_connection_anew() -> None:
    plan = plan_reload(Config(), Config(), other_password=True)
    assert plan.rooms == {Room.MQTT}


def test_a_change_of_type_alone_is_a_change() -> None:
    assert plan_reload(changed(reading__rotation=0), changed(reading__rotation="auto")).changed


def test_every_setting_belongs_to_a_room_or_is_fixed() -> None:
    assert {key for key in all_settings() if room_of(key) is None} == set(FIXED)
