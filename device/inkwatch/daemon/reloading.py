"""Takes a new config while it runs: what is not touched by it goes on."""

import logging
from collections.abc import Callable

from inkwatch.config.model import Config
from inkwatch.config.reload import Room, plan_reload
from inkwatch.config.secrets import read_password
from inkwatch.daemon.loop import Loop
from inkwatch.daemon.named_files import changed_files, file_marks
from inkwatch.daemon.opening import Opener
from inkwatch.errors import InkwatchError

_LOG = logging.getLogger("inkwatch")


class Reloading:
    """Called by the loop on SIGHUP; see `Parts.reload`.

    Args:
        load: reads the config again, with what the command line says over it.
        opener: opens the parts anew.
        config: what the parts were opened by just now.
    """

    def __init__(self, load: Callable[[], Config], opener: Opener, config: Config) -> None:
        self._load = load
        self._opener = opener
        self._password = read_password(config)
        self._marks = file_marks(config)

    def __call__(self, loop: Loop) -> None:
        """Change what the new config changes; where it is wrong, all stays as it is."""
        parts = loop.parts
        try:
            new = self._load()
            password = read_password(new)
            marks = file_marks(new)
            files = changed_files(self._marks, marks)
            plan = plan_reload(
                parts.config, new, other_password=password != self._password, other_files=files
            )
            self._change(loop, plan.config, plan.rooms)
        except InkwatchError as error:
            _LOG.error("The config was not taken, all stays as it was: %s", error)
            return
        for key in plan.kept:
            _LOG.warning("%s holds only after a restart.", key)
        changed = [*plan.changed, *(f"the file of {key}" for key in files)]
        if password != self._password:
            changed.append("the broker's password")
        self._password, self._marks = password, marks
        _LOG.info("The config was read again; changed: %s.", ", ".join(changed) or "nothing")

    def _change(self, loop: Loop, config: Config, rooms: frozenset[Room]) -> None:
        parts, opener = loop.parts, self._opener
        # First what may fail, and changes nothing where it does.
        reader = opener.reader(config) if Room.READER in rooms else None
        if Room.MQTT in rooms:
            # Two cannot have one queue.
            opener.close_mqtt(parts)
            opener.open_mqtt(parts, config)
        if Room.CAMERA in rooms:
            parts.eyes.close()
            parts.eyes = opener.eyes(config)
        if rooms & {Room.READER, Room.WATCH}:
            opener.configure(parts.watcher, config, reader)
        parts.config = config
        opener.set_tellers(parts)
