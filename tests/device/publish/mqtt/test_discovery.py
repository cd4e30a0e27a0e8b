"""The description for Home Assistant, judged by the rules of its documentation.

https://www.home-assistant.io/integrations/mqtt/ and the pages of its sensor, binary_sensor and
button; written down here so that a key which Home Assistant would refuse, or pass over, is noticed.
"""

import json
import re
from typing import Any

import pytest

from inkwatch.publish.mqtt.discovery import discovery_message
from inkwatch.publish.mqtt.topics import Topics

TOPICS = Topics("inkwatch", "inkwatch-0a1b2c3d")

DEVICE_KEYS = {
    "ids",
    "cns",
    "name",
    "mf",
    "mdl",
    "mdl_id",
    "hw",
    "sw",
    "sn",
    "sa",
    "cu",
    "via_device",
}
ORIGIN_KEYS = {"name", "sw", "url"}
ROOT_KEYS = {"dev", "o", "cmps", "avty_t", "avty", "avty_mode", "pl_avail", "pl_not_avail", "qos",
             "stat_t", "cmd_t", "e"}  # fmt: skip
ENTITY_KEYS = {"p", "name", "unique_id", "default_entity_id", "ic", "ent_cat", "en", "json_attr_t",
               "json_attr_tpl", "qos"}  # fmt: skip
PLATFORM_KEYS = {
    "sensor": {
        "stat_t",
        "val_tpl",
        "dev_cla",
        "unit_of_meas",
        "stat_cla",
        "exp_aft",
        "sug_dsp_prc",
    },
    "binary_sensor": {"stat_t", "val_tpl", "dev_cla", "pl_on", "pl_off", "exp_aft", "off_dly"},
    "button": {"cmd_t", "cmd_tpl", "pl_prs", "dev_cla", "ret"},
}
REQUIRED = {"sensor": {"stat_t"}, "binary_sensor": {"stat_t"}, "button": {"cmd_t"}}
# https://github.com/home-assistant/core, components/mqtt/entity.py: attributes of these names
# are dropped without a word.
BLOCKED_ATTRIBUTES = {
    "assumed_state", "available", "device_class", "device_info", "entity_category",
    "entity_picture", "entity_registry_enabled_default", "extra_state_attributes", "force_update",
    "icon", "friendly_name", "should_poll", "state", "supported_features", "unique_id",
    "unit_of_measurement",
}  # fmt: skip
DEVICE_CLASSES = {"sensor": {"timestamp"}, "binary_sensor": {"problem", "connectivity"}}


def check(topic: str, description: dict[str, Any]) -> None:
    """Raises AssertionError where Home Assistant would refuse it or pass over a key."""
    assert re.fullmatch(r"[^+#]+/device/[A-Za-z0-9_-]+/config", topic)
    assert set(description) <= ROOT_KEYS
    assert {"dev", "o", "cmps"} <= set(description)
    assert set(description["dev"]) <= DEVICE_KEYS
    assert description["dev"].get("ids") or description["dev"].get("cns")
    assert set(description["o"]) <= ORIGIN_KEYS
    assert description["o"]["name"]
    assert description["qos"] in {0, 1, 2}
    unique = [component["unique_id"] for component in description["cmps"].values()]
    assert len(unique) == len(set(unique))
    for component in description["cmps"].values():
        platform = component["p"]
        assert set(component) <= ENTITY_KEYS | PLATFORM_KEYS[platform]
        assert REQUIRED[platform] <= set(component)
        assert re.fullmatch(rf"{platform}\.[a-z0-9]+(_[a-z0-9]+)*", component["default_entity_id"])
        assert component.get("ent_cat", "config") in {"config", "diagnostic"}
        if "dev_cla" in component:
            assert component["dev_cla"] in DEVICE_CLASSES[platform]
        # A unit with a timestamp, or statistics of text, are refused.
        assert ("unit_of_meas" in component) == ("stat_cla" in component)
        assert component.get("ic", "mdi:x").startswith("mdi:")
        attributes = set(re.findall(r"'(\w+)': ", component.get("json_attr_tpl", "")))
        assert not attributes & BLOCKED_ATTRIBUTES
        for key, value in component.items():
            if key.endswith("tpl"):
                assert value.count("{{") == value.count("}}") == 1
            if key.endswith("_t"):
                assert value.startswith(f"{TOPICS.root}/")


def described(*, commands: bool = True) -> dict[str, Any]:
    topic, payload = discovery_message("homeassistant", TOPICS, "The desk", commands=commands)
    description: dict[str, Any] = json.loads(payload)
    check(topic, description)
    return description


def test_it_keeps_home_assistants_rules() -> None:
    description = described()
    assert description["avty_t"] == TOPICS.availability
    assert (description["pl_avail"], description["pl_not_avail"]) == ("online", "offline")
    assert description["dev"]["ids"] == ["inkwatch-0a1b2c3d"]
    kinds = {key: component["p"] for key, component in description["cmps"].items()}
    assert kinds == {
        "text": "sensor", "confidence": "sensor", "last_reading": "sensor",
        "problem": "binary_sensor", "camera": "binary_sensor",
        "read": "button", "pause": "button", "resume": "button",
    }  # fmt: skip


def test_a_state_is_never_too_long() -> None:
    text = described()["cmps"]["text"]
    assert text["val_tpl"].endswith("[:255] }}")
    assert "value_json.text" in text["json_attr_tpl"]


def test_a_bare_page_has_no_confidence() -> None:
    """Of an event that says that the page was cleared, 0 % would be a false alarm."""
    template = described()["cmps"]["confidence"]["val_tpl"]
    assert template.endswith("if value_json.text else 'None' }}")


def test_the_camera_says_how_it_is_in_an_attribute() -> None:
    assert "'status': value_json.state" in described()["cmps"]["camera"]["json_attr_tpl"]


def test_without_commands_there_are_no_buttons() -> None:
    assert "button" not in {c["p"] for c in described(commands=False)["cmps"].values()}


def test_buttons_send_what_the_device_understands() -> None:
    buttons = [c for c in described()["cmps"].values() if c["p"] == "button"]
    assert {button["pl_prs"] for button in buttons} == {"{}"}
    assert {TOPICS.command_name(button["cmd_t"]) for button in buttons} == {
        "read",
        "pause",
        "resume",
    }


def test_the_rules_notice_a_wrong_key() -> None:
    description = described()
    description["cmps"]["text"]["state_topik"] = "x"
    with pytest.raises(AssertionError):
        check("homeassistant/device/a/config", description)


def test_the_rules_notice_an_attribute_that_would_be_dropped() -> None:
    description = described()
    description["cmps"]["text"]["json_attr_tpl"] = "{{ {'state': 1} | tojson }}"
    with pytest.raises(AssertionError):
        check("homeassistant/device/a/config", description)
