"""Somebody who listens to everything, and does not miss what is sent while the broker restarts."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties


@dataclass(frozen=True, slots=True)
class Heard:
    """A message, and when it came (monotonic)."""

    topic: str
    payload: bytes
    retained: bool
    at_s: float
    correlation: bytes | None = None


class Observer:
    """Subscribes with a session that the broker keeps, and remembers what it hears, in order."""

    def __init__(
        self, port: int, filters: str = "#", *, user: str = "", password: str = "", ca: str = ""
    ) -> None:
        self._heard: list[Heard] = []
        self._changed = threading.Condition()
        self._filter = filters
        self._subscribed = threading.Event()
        self._client = client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"observer-{id(self)}",
            protocol=paho.MQTTv5,
        )
        client.reconnect_delay_set(1, 1)
        client.max_inflight_messages_set(1000)
        if user:
            client.username_pw_set(user, password)
        if ca:
            client.tls_set(ca)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = 3600
        client.connect("localhost", port, clean_start=False, properties=properties)
        client.loop_start()
        if not self._subscribed.wait(10):
            raise RuntimeError("the observer was not let in")

    def __enter__(self) -> "Observer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        self._client.disconnect()
        self._client.loop_stop()

    def send(
        self, topic: str, payload: bytes = b"", *, retain: bool = False, **properties: Any
    ) -> None:
        """Publish something."""
        extra = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        for name, value in properties.items():
            setattr(extra, name, value)
        self._client.publish(topic, payload, qos=1, retain=retain, properties=extra)

    def all(self, topic: str | None = None) -> list[Heard]:
        """What was heard so far, of one topic or of all."""
        with self._changed:
            return [h for h in self._heard if topic is None or h.topic == topic]

    def wait_until(self, holds: Callable[[list[Heard]], bool], timeout_s: float = 10.0) -> float:
        """Wait until something holds of all that was heard.

        Returns:
            When it did, monotonic.

        Raises:
            TimeoutError: it does not.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._changed:
            while not holds(self._heard):
                left_s = deadline_s - time.monotonic()
                if left_s <= 0:
                    topics = [h.topic for h in self._heard[-10:]]
                    raise TimeoutError(f"not heard; {len(self._heard)} messages, last: {topics}")
                self._changed.wait(left_s)
            return time.monotonic()

    def wait_for(self, topic: str, payload: bytes | None = None, timeout_s: float = 10.0) -> Heard:
        """Wait for a message on a topic, with that payload where one is given."""
        found: list[Heard] = []

        def holds(heard: list[Heard]) -> bool:
            found[:] = [h for h in heard if h.topic == topic and payload in {None, h.payload}]
            return bool(found)

        self.wait_until(holds, timeout_s)
        return found[-1]

    def forget(self) -> None:
        """Forget what was heard so far."""
        with self._changed:
            self._heard.clear()

    def forget_topic(self, topic: str) -> None:
        """Forget what was heard of one topic."""
        with self._changed:
            self._heard[:] = [h for h in self._heard if h.topic != topic]

    def _on_connect(self, client: paho.Client, *_: object) -> None:
        client.subscribe(self._filter, qos=1)

    def _on_subscribe(self, *_: object) -> None:
        self._subscribed.set()

    def _on_message(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        heard = Heard(
            message.topic,
            bytes(message.payload),
            bool(message.retain),
            time.monotonic(),
            getattr(message.properties, "CorrelationData", None),
        )
        with self._changed:
            self._heard.append(heard)
            self._changed.notify_all()
