"""What telling over MQTT needs of a broker; paho is behind this, and so is the fake."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from inkwatch.publish.mqtt.messages import Arrival, Outgoing


class ConnectionLostError(Exception):
    """The connection is gone; the message says why, as far as it is known."""


class TooLargeError(Exception):
    """The broker takes no message of that size."""


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker tells for us, retained, once we are gone without a goodbye."""

    topic: str
    payload: bytes


class Connection(Protocol):
    """One connection, from login to its end; used by one thread, but for `wake`."""

    @property
    def window(self) -> int:
        """How many messages may be on the way, not accepted or refused yet."""
        ...

    @property
    def window_bytes(self) -> int:
        """How many bytes may be on the way together; a larger message goes alone."""
        ...

    def subscribe(self, filters: Sequence[str]) -> None:
        """Ask for what is sent to these topics from now on, not for what is retained.

        Raises:
            ConnectionLostError: the connection is gone.
        """
        ...

    def publish(self, message: Outgoing) -> int:
        """Send with QoS 1.

        Returns:
            The token under which it will be accepted or refused.

        Raises:
            TooLargeError: the broker takes no message of that size; nothing was sent.
            ConnectionLostError: the connection is gone.
        """
        ...

    def work(self, timeout_s: float) -> list[Arrival]:
        """Send and receive until something arrives, `wake` is called, or the time is over.

        Raises:
            ConnectionLostError: the connection is gone.
        """
        ...

    def close(self) -> None:
        """Say goodbye, so that the will is not told, and let go. Never raises."""
        ...

    def drop(self) -> None:
        """Let go without a goodbye. Never raises."""
        ...


class Broker(Protocol):
    """A broker that one can connect to, again and again."""

    @property
    def address(self) -> str:
        """Host and port, for people."""
        ...

    def connect(self, will: Will | None) -> Connection:
        """Connect and log in; what is returned is connected and welcome.

        Raises:
            BrokerFault: it cannot be reached, or refuses; says why and what mends it.
        """
        ...

    def wake(self) -> None:
        """Make the connection's `work` return at once. May be called from any thread."""
        ...

    def close(self) -> None:
        """Let go of what `wake` needs. The connection must have ended before."""
        ...
