"""Finds out what a broker hangs up on, when connections do not hold.

Mosquitto 2.0.11, Debian 12's, ends the connection of whoever sends what its access list does not
allow, often before its refusal arrives, and with MQTT 3.1.1 after an acknowledgement. So after some
connections that did not hold, the first message to each topic goes out alone, and must be survived
for a moment before it counts; whatever two connections did not survive is the cause.
"""

from collections.abc import Collection
from dataclasses import dataclass

HELD_S = 30.0
"""A connection that held for so long was no passing luck."""

SHORT_SESSIONS = 2
"""After so many connections in a row that did not hold, care is taken."""

SETTLE_S = 0.3
"""So long a connection must survive a message for the message to be above suspicion."""


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """A message that was sent and not accepted yet.

    `place` is an event's in the queue, None for what is no event; `size` its bytes, `sent_s` when.
    """

    topic: str
    place: int | None
    size: int
    sent_s: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a connection did not hold: words for people, '' for none, and the message at fault."""

    hint: str = ""
    culprit: OnTheWay | None = None


class Caution:
    """Watches connections come and go. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._began_s = 0.0
        self._short = 0
        self._suspected = ""
        self._unsettled: OnTheWay | None = None
        self._settled_at_s = 0.0
        self._harmless: set[str] = set()

    def began(self, now_s: float) -> None:
        """A connection begins."""
        self._began_s = now_s
        self._unsettled = None
        self._settled_at_s = 0.0
        self._harmless.clear()

    def held(self, now_s: float) -> bool:
        """Whether this connection has held for long enough."""
        return now_s - self._began_s >= HELD_S

    def is_careful(self, now_s: float) -> bool:
        """Whether care is taken."""
        return self._short >= SHORT_SESSIONS and not self.held(now_s)

    def may_send(self, topic: str, on_the_way: Collection[OnTheWay], now_s: float) -> bool:
        """Whether a message to that topic may go out while those are on the way."""
        if not self.is_careful(now_s):
            return True
        if now_s < self._settled_at_s:
            return False
        if topic not in self._harmless:
            return not on_the_way
        return all(sent.topic in self._harmless for sent in on_the_way)

    def next_at_s(self) -> float:
        """When to ask again, after `may_send` said no; in the past where acknowledgements tell."""
        return self._settled_at_s

    def accepted(self, sent: OnTheWay, now_s: float) -> bool:
        """The broker has acknowledged a message; False where it still must be survived."""
        if not self.is_careful(now_s) or sent.topic in self._harmless:
            return True
        self._unsettled = sent
        self._settled_at_s = now_s + SETTLE_S
        return False

    def settle(self, now_s: float) -> OnTheWay | None:
        """Give the message that the connection has survived by now, once."""
        if self._unsettled is None or now_s < self._settled_at_s:
            return None
        sent, self._unsettled = self._unsettled, None
        self._harmless.add(sent.topic)
        return sent

    def lost(self, now_s: float, on_the_way: Collection[OnTheWay]) -> Verdict:
        """A connection was lost with that still on the way: say why, if it may be told."""
        if self.held(now_s):
            self._short = 0
            self._suspected = ""
            return Verdict()
        careful = self.is_careful(now_s)
        self._short += 1
        if not careful:
            return Verdict()
        unknown = [sent for sent in on_the_way if sent.topic not in self._harmless]
        suspect = unknown[0] if unknown else self._unsettled
        if suspect is None:
            self._suspected = ""
            return Verdict(
                " It is lost again and again: does another device have the same device.id?"
            )
        again, self._suspected = suspect.topic == self._suspected, suspect.topic
        hint = f" It was lost after a message to {suspect.topic}: is that allowed?"
        return Verdict(hint, suspect if again else None)
