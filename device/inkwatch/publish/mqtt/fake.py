"""A broker in memory, for tests: it can be away, refuse, forget to acknowledge, or hang up."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from inkwatch.publish.mqtt.broker import Connection, ConnectionLostError, TooLargeError, Will
from inkwatch.publish.mqtt.faults import BrokerFault, BrokerFaultKind
from inkwatch.publish.mqtt.messages import Accepted, Arrival, Incoming, Outgoing, Refused


@dataclass
class FakeBroker:
    """Keeps what it was sent. Everything but the lists is set by the test, at any time.

    Attributes:
        away: nobody can connect, and whoever is connected loses the connection.
        refuses: topics that nobody may write, with what is said to it.
        forever: whether such a refusal is for good.
        hangs_up: does so on whoever writes to these topics.
        silent: takes messages and never acknowledges them.
        largest: how many bytes a payload may have.
        window: how many messages may be on the way.
        got: all messages that were accepted, in order.
        retained: what is kept, by topic.
        subscribed: the filters of all that subscribed.
        logins: how many connections there were.
        most_on_the_way: how many messages were unacknowledged at the most.
    """

    away: bool = False
    refuses: dict[str, str] = field(default_factory=dict)
    forever: bool = False
    hangs_up: set[str] = field(default_factory=set)
    silent: bool = False
    largest: int = 1_000_000
    window: int = 8
    got: list[Outgoing] = field(default_factory=list)
    retained: dict[str, bytes] = field(default_factory=dict)
    subscribed: list[str] = field(default_factory=list)
    logins: int = 0
    goodbyes: int = 0
    most_on_the_way: int = 0
    address: str = "fake:1883"

    def __post_init__(self) -> None:
        self.changed = threading.Condition()
        self.incoming: deque[Incoming] = deque()
        self._woken = False

    def connect(self, will: Will | None) -> Connection:
        """See `Broker`."""
        with self.changed:
            if self.away:
                raise BrokerFault(BrokerFaultKind.CLOSED, "The fake is away. Call it back.")
            self.logins += 1
            return _FakeConnection(self, will)

    def wake(self) -> None:
        """See `Broker`."""
        with self.changed:
            self._woken = True
            self.changed.notify_all()

    def close(self) -> None:
        """See `Broker`."""

    def payloads(self, topic: str) -> list[bytes]:
        """What was accepted on a topic, in order."""
        with self.changed:
            return [message.payload for message in self.got if message.topic == topic]

    def send(self, message: Incoming) -> None:
        """Send something to whoever is connected."""
        with self.changed:
            self.incoming.append(message)
            self.changed.notify_all()

    def wait(self, timeout_s: float) -> None:
        """Wait until something happens, with the condition held."""
        if not self._woken and not self.incoming:
            self.changed.wait(timeout_s)
        self._woken = False


class _FakeConnection:
    """See `Connection`."""

    def __init__(self, broker: FakeBroker, will: Will | None) -> None:
        self._broker = broker
        self._will = will
        self._arrivals: list[Arrival] = []
        self._next = 1
        self._lost = False
        self._unacknowledged = 0
        self.window = broker.window
        self.window_bytes = 256 * 1024

    def subscribe(self, filters: Sequence[str]) -> None:
        self._check()
        self._broker.subscribed += filters

    def publish(self, message: Outgoing) -> int:
        with self._broker.changed:
            self._check()
            if len(message.payload) > self._broker.largest:
                raise TooLargeError(f"{len(message.payload)} bytes")
            if message.topic in self._broker.hangs_up:
                self._lost = True
            token, self._next = self._next, self._next + 1
            self._unacknowledged += 1
            self._broker.most_on_the_way = max(self._broker.most_on_the_way, self._unacknowledged)
            if (reason := self._broker.refuses.get(message.topic)) is not None:
                self._arrivals.append(Refused(token, reason, self._broker.forever))
            elif not self._broker.silent and not self._lost:
                self._arrivals.append(Accepted(token))
                self._broker.got.append(message)
                if message.retain:
                    self._broker.retained[message.topic] = message.payload
            self._broker.changed.notify_all()
            return token

    def work(self, timeout_s: float) -> list[Arrival]:
        with self._broker.changed:
            self._check()
            if not self._arrivals:
                self._broker.wait(timeout_s)
                self._check()
            while self._broker.incoming:
                self._arrivals.append(self._broker.incoming.popleft())
            arrivals, self._arrivals = self._arrivals, []
            self._unacknowledged -= sum(
                isinstance(arrival, Accepted | Refused) for arrival in arrivals
            )
            return arrivals

    def close(self) -> None:
        self._will = None
        self._broker.goodbyes += 1

    def drop(self) -> None:
        if self._will is not None:
            self._broker.retained[self._will.topic] = self._will.payload
            self._will = None

    def _check(self) -> None:
        if self._broker.away or self._lost:
            raise ConnectionLostError("the fake hung up")
