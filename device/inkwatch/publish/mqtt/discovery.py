"""How the device describes itself to Home Assistant: one message for all its entities.

The form is Home Assistant's device discovery (https://www.home-assistant.io/integrations/mqtt/,
"Device discovery payload"): `dev` the device, `o` who says so, `cmps` the entities by key.
"""

from typing import Any

import msgspec

from inkwatch._version import __version__
from inkwatch.publish.mqtt.commands import CommandName
from inkwatch.publish.mqtt.payloads import OFFLINE, ONLINE
from inkwatch.publish.mqtt.topics import Topics, discovery_topic

_STATE_LENGTH = 255
"""Home Assistant refuses a longer state; the whole text is an attribute."""


def discovery_message(
    prefix: str, topics: Topics, name: str, *, commands: bool
) -> tuple[str, bytes]:
    """Describe the device.

    Args:
        prefix: Home Assistant's discovery prefix.
        topics: the device's.
        name: what people call it.
        commands: whether it obeys commands, and so has buttons.

    Returns:
        The topic, and the payload to be retained there.
    """
    components = _sensors(topics)
    if commands:
        components |= _buttons(topics)
    for key, component in components.items():
        component["unique_id"] = f"{topics.device}_{key}"
        component["default_entity_id"] = f"{component['p']}.{_entity_part(topics.device)}_{key}"
    payload = {
        "dev": {
            "ids": [topics.device],
            "name": name,
            "mf": "Inkwatch",
            "mdl": "Handwriting reader",
            "sw": __version__,
        },
        "o": {"name": "inkwatch", "sw": __version__},
        "avty_t": topics.availability,
        "pl_avail": ONLINE.decode(),
        "pl_not_avail": OFFLINE.decode(),
        "qos": 1,
        "cmps": components,
    }
    return discovery_topic(prefix, topics.device), msgspec.json.encode(payload)


def _entity_part(device: str) -> str:
    return device.lower().replace("-", "_")


def _sensors(topics: Topics) -> dict[str, dict[str, Any]]:
    return {
        "text": {
            "p": "sensor",
            "name": "Text",
            "ic": "mdi:text-recognition",
            "stat_t": topics.reading,
            "val_tpl": f"{{{{ (value_json.text or '')[:{_STATE_LENGTH}] }}}}",
            "json_attr_t": topics.reading,
            # Not the whole message: the recorder keeps attributes, and boxes are of no use there.
            "json_attr_tpl": "{{ {'text': value_json.text, 'raw': value_json.raw, "
            "'kind': value_json.kind, 'source': value_json.source, "
            "'sequence': value_json.sequence} | tojson }}",
        },
        "confidence": {
            "p": "sensor",
            "name": "Confidence",
            "ic": "mdi:gauge",
            "stat_t": topics.reading,
            # "None" is Home Assistant's word for unknown: nothing was read, surely or not.
            "val_tpl": "{{ (value_json.confidence * 100) | round(1) if value_json.text "
            "else 'None' }}",
            "unit_of_meas": "%",
            "stat_cla": "measurement",
            "ent_cat": "diagnostic",
        },
        "last_reading": {
            "p": "sensor",
            "name": "Last reading",
            "dev_cla": "timestamp",
            "stat_t": topics.reading,
            "val_tpl": "{{ value_json.time if value_json.time_synced else 'None' }}",
        },
        "problem": {
            "p": "binary_sensor",
            "name": "Problem",
            "dev_cla": "problem",
            "stat_t": topics.problem,
            "val_tpl": "{{ 'ON' if value_json.problems else 'OFF' }}",
            "json_attr_t": topics.problem,
            "json_attr_tpl": "{{ {'problems': value_json.problems} | tojson }}",
            "ent_cat": "diagnostic",
        },
        "camera": {
            "p": "binary_sensor",
            "name": "Camera",
            "dev_cla": "connectivity",
            "stat_t": topics.camera,
            "val_tpl": "{{ 'ON' if value_json.state == 'running' else 'OFF' }}",
            "json_attr_t": topics.camera,
            # Home Assistant drops an attribute that is called `state`.
            "json_attr_tpl": "{{ {'status': value_json.state, 'camera': value_json.name, "
            "'message': value_json.message, 'mend': value_json.mend} | tojson }}",
            "ent_cat": "diagnostic",
        },
    }


def _buttons(topics: Topics) -> dict[str, dict[str, Any]]:
    buttons = {
        CommandName.READ: ("Read now", "mdi:eye"),
        CommandName.PAUSE: ("Pause", "mdi:pause"),
        CommandName.RESUME: ("Resume", "mdi:play"),
    }
    return {
        str(command): {
            "p": "button",
            "name": name,
            "ic": icon,
            "cmd_t": topics.command(command),
            "pl_prs": "{}",
        }
        for command, (name, icon) in buttons.items()
    }
