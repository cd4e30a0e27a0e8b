"""Carries what there is to tell to the broker, in a thread of its own, for years."""

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from inkwatch.publish.mqtt.backoff import Backoff
from inkwatch.publish.mqtt.broker import (
    Broker,
    Connection,
    ConnectionLostError,
    TooLargeError,
    Will,
)
from inkwatch.publish.mqtt.caution import Caution, OnTheWay
from inkwatch.publish.mqtt.faults import BrokerFault
from inkwatch.publish.mqtt.messages import (
    Accepted,
    Arrival,
    Incoming,
    Outgoing,
    Refused,
    SubscriptionRefused,
)
from inkwatch.publish.mqtt.outbox import Outbox
from inkwatch.publish.mqtt.payloads import OFFLINE, ONLINE, with_age
from inkwatch.publish.mqtt.queue import Queue
from inkwatch.publish.mqtt.store import Message
from inkwatch.publish.mqtt.topics import Topics, birth_topic
from inkwatch.publish.mqtt.troubles import Troubles

ACCEPT_TIMEOUT_S = 30.0
"""A broker that leaves a message unacknowledged for so long is taken for dead."""

BIRTH_JITTER_S = 5.0
"""Home Assistant asks all devices at once; they answer within so many seconds."""

_TURN_S = 1.0
_AHEAD = 64
_REFUSED_PAUSE_S = (5.0, 300.0)

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


def age_s(event: Message, boot: str) -> float | None:
    """How old an event's picture is; None where it was taken before the last restart."""
    return time.monotonic() - event.taken_s if event.boot and event.boot == boot else None


class Sender:
    """Connects, and connects again; sends states at once and events in order, at least once each.

    Events go out oldest first, at most a window of them unacknowledged, and leave the queue when
    the broker has acknowledged them. After a connection is lost they are sent again from the oldest
    one left, so that a receiver which drops ids it has seen gets each once and in order.
    An event that the broker refuses for want of a right stays; it is tried again, with pauses up to
    five minutes, and told as a problem; so is a state. One that it can never take (too large) is
    dropped and counted.
    """

    def __init__(
        self,
        broker: Broker,
        queue: Queue,
        topics: Topics,
        outbox: Outbox,
        subscriptions: Subscriptions,
        *,
        chance: random.Random | None = None,
    ) -> None:
        self._broker = broker
        self._queue = queue
        self._topics = topics
        self._outbox = outbox
        self._subscriptions = subscriptions
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._backoff = Backoff(self._chance)
        self._thread = threading.Thread(target=self._run, name="inkwatch-mqtt", daemon=True)
        self._stop = threading.Event()
        self._deadline_s = 0.0
        self._connected = False
        self._connections = 0
        self._troubles = Troubles()
        self._caution = Caution()
        # The session's own; used by the thread alone.
        self._on_the_way: dict[int, OnTheWay] = {}
        self._bytes_on_the_way = 0
        self._ahead: deque[Message] = deque()
        self._cursor = 0
        self._hold_until_s = 0.0
        self._refused_pause_s = _REFUSED_PAUSE_S[0]
        self._discover_at_s: float | None = None
        outbox.set_state(topics.availability, lambda: ONLINE)

    @property
    def connected(self) -> bool:
        """Whether the broker has taken us in, and we have not noticed since that it is gone."""
        return self._connected

    @property
    def reconnects(self) -> int:
        """How often a lost connection was made again."""
        return max(0, self._connections - 1)

    @property
    def problems(self) -> tuple[str, ...]:
        """What the broker does not allow now, each with what mends it."""
        return self._troubles.all

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def wake(self) -> None:
        """Look at queue and outbox now."""
        self._broker.wake()

    def close(self, timeout_s: float) -> bool:
        """Tell `offline` and end.

        Returns:
            False where it did not end in time; it ends with the process then.
        """
        self._deadline_s = time.monotonic() + timeout_s
        self._stop.set()
        self._broker.wake()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stop.is_set():
            lasting = False
            try:
                connection = self._broker.connect(Will(self._topics.availability, OFFLINE))
            except BrokerFault as fault:
                lasting = fault.lasting
                self._troubles.away(str(fault), lasting=lasting)
            except Exception:
                _log.exception("The connection to the broker failed in an unknown way.")
            else:
                if self._stop.is_set():
                    # Somebody else may tell in our place already: no `offline` from us.
                    connection.close()
                    return
                self._hold(connection)
            self._queue.tend()
            if not self._stop.is_set():
                self._stop.wait(self._backoff.pause(time.monotonic(), lasting=lasting))

    def _hold(self, connection: Connection) -> None:
        """Use a connection until it is lost or all is to end."""
        self._caution.began(time.monotonic())
        try:
            self._begin(connection)
            while not self._stop.is_set():
                self._turn(connection)
            self._goodbye(connection)
            connection.close()
        except ConnectionLostError as error:
            verdict = self._caution.lost(time.monotonic(), self._on_the_way.values())
            if verdict.culprit is not None:
                self._deny(verdict.culprit, "it hangs up each time")
            words = f"The connection to {self._broker.address} is lost: {error}.{verdict.hint}"
            self._troubles.away(words, lasting=bool(verdict.hint))
        except Exception:
            _log.exception("The connection to the broker is given up for a fault in Inkwatch.")
        finally:
            self._connected = False
            connection.drop()
            if self._caution.held(time.monotonic()):
                self._backoff.succeeded()

    def _begin(self, connection: Connection) -> None:
        self._on_the_way.clear()
        self._bytes_on_the_way = 0
        self._ahead.clear()
        self._cursor = 0
        self._discover_at_s = None
        self._connections += 1
        self._connected = True
        self._troubles.connected(self._broker.address)
        wanted = self._subscriptions
        filters = [self._topics.commands] if wanted.obey else []
        if wanted.discovery:
            filters.append(birth_topic(wanted.prefix))
        if filters:
            connection.subscribe(filters)
        self._outbox.connected()

    def _turn(self, connection: Connection) -> None:
        now_s = time.monotonic()
        if self._discover_at_s is not None and now_s >= self._discover_at_s:
            self._discover_at_s = None
            self._outbox.repeat(self._subscriptions.discovery)
        if (survived := self._caution.settle(now_s)) is not None:
            self._delivered([survived])
        self._fill(connection)
        self._queue.tend()
        self._handle(connection.work(self._wait_s(now_s)))
        oldest = next(iter(self._on_the_way.values()), None)
        if oldest is not None and time.monotonic() - oldest.sent_s > ACCEPT_TIMEOUT_S:
            raise ConnectionLostError(f"nothing is acknowledged for {ACCEPT_TIMEOUT_S:.0f} s")

    def _wait_s(self, now_s: float) -> float:
        times_s = [now_s + _TURN_S]
        if self._discover_at_s is not None:
            times_s.append(self._discover_at_s)
        later_s = (self._hold_until_s, self._caution.next_at_s())
        times_s += [at_s for at_s in later_s if at_s > now_s]
        return max(0.0, min(times_s) - now_s)

    def _fill(self, connection: Connection) -> None:
        """Send as much as the window takes: states and answers first, then events in order."""
        while len(self._on_the_way) < connection.window:
            message = self._outbox.take()
            if message is None:
                break
            if not self._send(connection, message, None):
                self._outbox.give_back(message)
                return
        while len(self._on_the_way) < connection.window and self._next_event() is not None:
            event = self._ahead[0]
            try:
                payload = with_age(event.payload, age_s(event, self._queue.boot))
            except ValueError as error:
                self._give_up(self._topics.event, event.place, f"it is damaged: {error}")
            else:
                if not self._send(connection, Outgoing(self._topics.event, payload), event.place):
                    return
            self._ahead.popleft()
            self._cursor = event.place

    def _next_event(self) -> Message | None:
        if not self._ahead and time.monotonic() >= self._hold_until_s:
            self._ahead.extend(self._queue.peek(self._cursor, _AHEAD))
        return self._ahead[0] if self._ahead else None

    def _send(self, connection: Connection, message: Outgoing, place: int | None) -> bool:
        """Send one message; False where it does not fit on the way now."""
        now_s, size = time.monotonic(), len(message.payload)
        if not self._caution.may_send(message.topic, self._on_the_way.values(), now_s):
            return False
        if self._on_the_way and self._bytes_on_the_way + size > connection.window_bytes:
            return False
        try:
            token = connection.publish(message)
        except TooLargeError as error:
            self._give_up(message.topic, place, f"the message is too large: {error}")
            return True
        self._on_the_way[token] = OnTheWay(message.topic, place, size, now_s)
        self._bytes_on_the_way += size
        return True

    def _handle(self, arrivals: list[Arrival]) -> None:
        delivered: list[OnTheWay] = []
        for arrival in arrivals:
            match arrival:
                case Accepted(token):
                    sent = self._landed(token)
                    if sent is not None and self._caution.accepted(sent, time.monotonic()):
                        delivered.append(sent)
                case Refused():
                    self._refused(arrival)
                case Incoming():
                    self._receive(arrival)
                case SubscriptionRefused(filters):
                    self._troubles.unheard(filters)
        self._delivered(delivered)

    def _delivered(self, sent: list[OnTheWay]) -> None:
        self._troubles.delivered(sent)
        places = [each.place for each in sent if each.place is not None]
        if places:
            self._refused_pause_s = _REFUSED_PAUSE_S[0]
            self._queue.acknowledge(places)

    def _landed(self, token: int) -> OnTheWay | None:
        sent = self._on_the_way.pop(token, None)
        if sent is not None:
            self._bytes_on_the_way -= sent.size
            if sent.place is None:
                self._outbox.arrived(sent.topic)
        return sent

    def _refused(self, refusal: Refused) -> None:
        sent = self._landed(refusal.token)
        if sent is None:
            return
        if refusal.forever:
            self._give_up(sent.topic, sent.place, refusal.reason)
            return
        self._deny(sent, refusal.reason)

    def _deny(self, sent: OnTheWay, reason: str) -> None:
        """The broker does not allow it now: tell that, and try again after a while."""
        self._troubles.refused(
            sent.topic,
            f"The broker does not take what is sent to {sent.topic} ({reason}). Allow it in the "
            "broker's access list.",
        )
        now_s = time.monotonic()
        if sent.place is None:
            self._outbox.hold(sent.topic, now_s + _REFUSED_PAUSE_S[1])
            return
        if now_s >= self._hold_until_s:
            self._hold_until_s = now_s + self._refused_pause_s
            self._refused_pause_s = min(2 * self._refused_pause_s, _REFUSED_PAUSE_S[1])
            self._ahead.clear()
        self._cursor = min(self._cursor, sent.place - 1)

    def _give_up(self, topic: str, place: int | None, reason: str) -> None:
        self._troubles.refused(
            topic, f"The broker can never take a message to {topic} ({reason}); it was dropped."
        )
        if place is not None:
            self._queue.discard(place)
        else:
            self._outbox.arrived(topic)

    def _receive(self, message: Incoming) -> None:
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

    def _goodbye(self, connection: Connection) -> None:
        """Tell `offline`, and wait a moment for what is on the way."""
        offline = Outgoing(self._topics.availability, OFFLINE, retain=True)
        token = connection.publish(offline)
        self._on_the_way[token] = OnTheWay(offline.topic, None, len(OFFLINE), time.monotonic())
        margin_s = 0.1
        while self._on_the_way:
            left_s = self._deadline_s - margin_s - time.monotonic()
            if left_s <= 0:
                break
            self._handle(connection.work(left_s))
        if (survived := self._caution.settle(float("inf"))) is not None:
            self._delivered([survived])
