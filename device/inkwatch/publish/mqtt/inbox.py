"""What paho calls back with, in our own words."""

from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import LogLevel
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from inkwatch.publish.mqtt.messages import (
    Accepted,
    Arrival,
    Incoming,
    Refused,
    SubscriptionRefused,
)


class Inbox:
    """Collects what arrives on one connection; used by the thread that lets paho read.

    Attributes:
        arrivals: what nobody has taken yet.
        welcome: the answer to the login, which may be a refusal.
        lost: why the connection is gone; None while it is not known to be.
        last_error: what paho logged last as an error.
        filters: the topics of each subscription that is not answered yet.
    """

    def __init__(self, client: Client, client_id: str) -> None:
        """Have a client call back here."""
        self._client_id = client_id
        self.arrivals: list[Arrival] = []
        self.welcome: tuple[ReasonCode, Properties | None] | None = None
        self.lost: str | None = None
        self.last_error = ""
        self.filters: dict[int, tuple[str, ...]] = {}
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_log = self._on_log

    def take(self) -> list[Arrival]:
        """Give what arrived, once."""
        arrivals, self.arrivals = self.arrivals, []
        return arrivals

    def _on_connect(
        self, _client: Client, _data: Any, _flags: ConnectFlags, reason: ReasonCode,
        properties: Properties | None,
    ) -> None:  # fmt: skip
        self.welcome = (reason, properties)

    def _on_disconnect(
        self, _client: Client, _data: Any, flags: DisconnectFlags, reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:  # fmt: skip
        if not flags.is_disconnect_packet_from_server:
            self.lost = self.lost or "the connection broke"
        elif reason.value == 0x8E:
            self.lost = (
                f"another client has logged in as {self._client_id!r}; give each device a "
                "device.id of its own"
            )
        else:
            self.lost = f"the broker ended the connection ({reason})"

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        properties = message.properties
        correlation = getattr(properties, "CorrelationData", None)
        self.arrivals.append(
            Incoming(
                topic,
                bytes(message.payload),
                bool(message.retain),
                str(getattr(properties, "ResponseTopic", "")),
                None if correlation is None else bytes(correlation),
            )
        )

    def _on_publish(
        self, _client: Client, _data: Any, mid: int, reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:  # fmt: skip
        if not reason.is_failure:
            self.arrivals.append(Accepted(mid))
            return
        # Topic name invalid, packet too large, payload format invalid: about this message alone.
        forever = reason.value in {0x90, 0x95, 0x99}
        self.arrivals.append(Refused(mid, str(reason), forever))

    def _on_subscribe(
        self, _client: Client, _data: Any, mid: int, reasons: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:  # fmt: skip
        filters = self.filters.pop(mid, ())
        refused = tuple(
            topic for topic, reason in zip(filters, reasons, strict=False) if reason.value >= 0x80
        )
        if refused:
            self.arrivals.append(SubscriptionRefused(refused))

    def _on_log(self, _client: Client, _data: Any, level: int, words: str) -> None:
        if level == LogLevel.MQTT_LOG_ERR:
            self.last_error = words
