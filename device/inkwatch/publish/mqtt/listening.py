"""What the broker is listened to for: commands, and Home Assistant's start."""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from inkwatch.publish.mqtt.broker import Connection
from inkwatch.publish.mqtt.messages import Incoming
from inkwatch.publish.mqtt.outbox import Outbox
from inkwatch.publish.mqtt.topics import Topics, birth_topic

BIRTH_JITTER_S = 5.0
"""Home Assistant asks all devices at once; they answer within so many seconds."""

_log = logging.getLogger("inkwatch")


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What the broker is asked for, besides being told.

    Commands are handed to `obey`. `discovery` is the topic of the device's description, sent again
    when Home Assistant with that `prefix` says that it has started; '' for neither.
    """

    obey: Callable[[Incoming], None] | None = None
    discovery: str = ""
    prefix: str = ""


class Listening:
    """Subscribes, hands commands on, and repeats the description where Home Assistant started."""

    def __init__(
        self,
        subscriptions: Subscriptions,
        topics: Topics,
        outbox: Outbox,
        chance: random.Random,
    ) -> None:
        self._subscriptions = subscriptions
        self._topics = topics
        self._outbox = outbox
        self._chance = chance
        self._discover_at_s: float | None = None

    @property
    def next_at_s(self) -> float:
        """When there is something to do, in monotonic seconds; infinite for nothing."""
        return float("inf") if self._discover_at_s is None else self._discover_at_s

    def begin(self, connection: Connection) -> None:
        """Subscribe over a new connection.

        Raises:
            ConnectionLostError: it is lost already.
        """
        self._discover_at_s = None
        wanted = self._subscriptions
        filters = [self._topics.commands] if wanted.obey else []
        if wanted.discovery:
            filters.append(birth_topic(wanted.prefix))
        if filters:
            connection.subscribe(filters)

    def fall_due(self, now_s: float) -> None:
        """Describe the device again where it is time."""
        if self._discover_at_s is not None and now_s >= self._discover_at_s:
            self._discover_at_s = None
            self._outbox.repeat(self._subscriptions.discovery)

    def receive(self, message: Incoming) -> None:
        """Take what came. Never raises."""
        wanted = self._subscriptions
        if wanted.discovery and message.topic == birth_topic(wanted.prefix):
            # The description is retained as well: one that was kept needs no answer.
            if message.payload == b"online" and not message.retained:
                self._discover_at_s = time.monotonic() + self._chance.uniform(0, BIRTH_JITTER_S)
        elif wanted.obey is not None:
            try:
                wanted.obey(message)
            except Exception:
                _log.exception("A command failed for a fault in Inkwatch.")
