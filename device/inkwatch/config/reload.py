"""What a new config changes in a daemon that runs: which rooms are made anew, and what stays."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from inkwatch.config.model import Config
from inkwatch.config.settings import all_settings, make_config, value_of


class Room(StrEnum):
    """A part of the daemon that can be made anew while the others go on."""

    CAMERA = "camera"
    READER = "reader"
    WATCH = "watch"
    CONSOLE = "console"
    MQTT = "mqtt"
    HEALTH = "health"


FIXED = ("device.id", "mqtt.queue.path")
"""Settings that hold until the daemon is started again: what waits in the queue bears the id."""

_ROOMS = {
    "device.name": Room.MQTT,
    "camera": Room.CAMERA,
    "reading.model": Room.READER,
    "reading.engine": Room.READER,
    "reading.lines_model": Room.READER,
    "reading.language": Room.READER,
    "reading.pattern": Room.READER,
    "reading.words_file": Room.READER,
    # These are told to the reader with each page.
    "reading": Room.WATCH,
    "watch": Room.WATCH,
    "console": Room.CONSOLE,
    "mqtt": Room.MQTT,
    "health": Room.HEALTH,
}


@dataclass(frozen=True, slots=True)
class Reload:
    """What to do about a new config.

    `config` is the new one, with the old values of what cannot change while running. `rooms` are
    to be made anew, `changed` are the keys that differ and hold now, `kept` those that differ and
    hold only after a restart.
    """

    config: Config
    rooms: frozenset[Room]
    changed: tuple[str, ...]
    kept: tuple[str, ...]


def plan_reload(
    old: Config, new: Config, *, other_password: bool = False, other_files: Collection[str] = ()
) -> Reload:
    """Compare two configs.

    Args:
        old: what the daemon runs by.
        new: what was read just now.
        other_password: whether the broker's password is another one.
        other_files: settings whose value is the same, and the file that they name another one.
    """
    differing = [key for key in all_settings() if not _same(value_of(old, key), value_of(new, key))]
    kept = tuple(key for key in differing if key in FIXED)
    changed = tuple(key for key in differing if key not in FIXED)
    rooms = {room for room in map(room_of, (*changed, *other_files)) if room is not None}
    if other_password:
        rooms.add(Room.MQTT)
    values = {key: value_of(old if key in kept else new, key) for key in all_settings()}
    return Reload(make_config(values), frozenset(rooms), changed, kept)


def room_of(key: str) -> Room | None:
    """The room that is made anew for a setting, None for one that cannot change while running."""
    if key in FIXED:
        return None
    while key not in _ROOMS:
        key = key.rpartition(".")[0]
    return _ROOMS[key]


def _same(one: object, other: object) -> bool:
    # 1 == True: a setting that takes both must not hide a change.
    return one == other and type(one) is type(other)
