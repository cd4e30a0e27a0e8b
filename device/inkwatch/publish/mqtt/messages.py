"""What goes over the wire, in either direction."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be published with QoS 1.

    `correlation` goes along as MQTT 5's correlation data; MQTT 3.1.1 has no place for it.
    """

    topic: str
    payload: bytes
    retain: bool = False
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message from the broker.

    `retained` tells that the broker had kept it. `response_topic` is '' and `correlation` None
    where the sender gave none, and always with MQTT 3.1.1.
    """

    topic: str
    payload: bytes
    retained: bool = False
    response_topic: str = ""
    correlation: bytes | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The broker has taken what was published under `token`."""

    token: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker will not have what was published under `token` (MQTT 5 only).

    `reason` is the broker's word for it. `forever` says that this very message will never be
    taken, whatever is mended; else it may be once somebody gives the right.
    """

    token: int
    reason: str
    forever: bool


@dataclass(frozen=True, slots=True)
class SubscriptionRefused:
    """The broker will not send what these filters ask for."""

    filters: tuple[str, ...]


Arrival = Incoming | Accepted | Refused | SubscriptionRefused
"""What may come of waiting for the broker."""
