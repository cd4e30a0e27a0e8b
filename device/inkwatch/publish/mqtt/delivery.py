"""What goes over a connection: states at once, events in order, at least once each."""

import time
from collections import deque
from collections.abc import Collection

from inkwatch.publish.mqtt.broker import Connection, ConnectionLostError, TooLargeError
from inkwatch.publish.mqtt.caution import Caution, OnTheWay
from inkwatch.publish.mqtt.listening import Listening
from inkwatch.publish.mqtt.messages import (
    Accepted,
    Arrival,
    Incoming,
    Outgoing,
    Refused,
    SubscriptionRefused,
)
from inkwatch.publish.mqtt.outbox import Outbox
from inkwatch.publish.mqtt.payloads import OFFLINE, with_age
from inkwatch.publish.mqtt.queue import Queue
from inkwatch.publish.mqtt.store import Message
from inkwatch.publish.mqtt.topics import Topics
from inkwatch.publish.mqtt.troubles import Troubles

ACCEPT_TIMEOUT_S = 30.0
"""A broker that leaves a message unacknowledged for so long is taken for dead."""

_TURN_S = 1.0
_AHEAD = 64
_REFUSED_PAUSE_S = (5.0, 300.0)


def age_s(event: Message, boot: str) -> float | None:
    """How old an event's picture is; None where it was taken before the last restart."""
    return time.monotonic() - event.taken_s if event.boot and event.boot == boot else None


class Delivery:
    """Used by the sender's thread alone, for one connection after the other.

    Events go out oldest first, at most a window of them unacknowledged, and leave the queue when
    the broker has acknowledged them. After a connection is lost they are sent again from the oldest
    one left, so that a receiver which drops ids it has seen gets each once and in order.
    An event that the broker refuses for want of a right stays; it is tried again, with pauses up to
    five minutes, and told as a problem; so is a state. One that it can never take (too large) is
    dropped and counted.
    """

    def __init__(
        self,
        queue: Queue,
        topics: Topics,
        outbox: Outbox,
        *,
        listening: Listening,
        troubles: Troubles,
        caution: Caution,
    ) -> None:
        self._queue = queue
        self._topics = topics
        self._outbox = outbox
        self._listening = listening
        self._troubles = troubles
        self._caution = caution
        self._on_the_way: dict[int, OnTheWay] = {}
        self._bytes_on_the_way = 0
        self._ahead: deque[Message] = deque()
        self._cursor = 0
        self._hold_until_s = 0.0
        self._refused_pause_s = _REFUSED_PAUSE_S[0]

    @property
    def on_the_way(self) -> Collection[OnTheWay]:
        """What was sent over this connection and not acknowledged yet, oldest first."""
        return self._on_the_way.values()

    def begin(self, connection: Connection) -> None:
        """Begin with a new connection; what was on the way over the last one is sent again.

        Raises:
            ConnectionLostError: it is lost already.
        """
        self._on_the_way.clear()
        self._bytes_on_the_way = 0
        self._ahead.clear()
        self._cursor = 0
        self._listening.begin(connection)
        self._outbox.connected()

    def turn(self, connection: Connection) -> None:
        """Send what fits, and take what came; waits a second at the most.

        Raises:
            ConnectionLostError: it is lost, or answers no more.
        """
        now_s = time.monotonic()
        self._listening.fall_due(now_s)
        if (survived := self._caution.settle(now_s)) is not None:
            self._delivered([survived])
        self._fill(connection)
        self._queue.tend()
        self._handle(connection.work(self._wait_s(now_s)))
        oldest = next(iter(self._on_the_way.values()), None)
        if oldest is not None and time.monotonic() - oldest.sent_s > ACCEPT_TIMEOUT_S:
            raise ConnectionLostError(f"nothing is acknowledged for {ACCEPT_TIMEOUT_S:.0f} s")

    def deny(self, sent: OnTheWay, reason: str) -> None:
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

    def goodbye(self, connection: Connection, deadline_s: float) -> None:
        """Tell `offline`, and wait for what is on the way until shortly before the deadline."""
        offline = Outgoing(self._topics.availability, OFFLINE, retain=True)
        token = connection.publish(offline)
        self._on_the_way[token] = OnTheWay(offline.topic, None, len(OFFLINE), time.monotonic())
        margin_s = 0.1
        while self._on_the_way:
            left_s = deadline_s - margin_s - time.monotonic()
            if left_s <= 0:
                break
            self._handle(connection.work(left_s))
        if (survived := self._caution.settle(float("inf"))) is not None:
            self._delivered([survived])

    def _wait_s(self, now_s: float) -> float:
        times_s = [now_s + _TURN_S, self._listening.next_at_s]
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
                    self._listening.receive(arrival)
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
        self.deny(sent, refusal.reason)

    def _give_up(self, topic: str, place: int | None, reason: str) -> None:
        self._troubles.refused(
            topic, f"The broker can never take a message to {topic} ({reason}); it was dropped."
        )
        if place is not None:
            self._queue.discard(place)
        else:
            self._outbox.arrived(topic)
