"""paho's client, as the config says, and with a bound on what it takes in."""

from typing import NoReturn

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from inkwatch.config.model import MqttSection
from inkwatch.config.secrets import Secret
from inkwatch.publish.mqtt.broker import Will
from inkwatch.publish.mqtt.tls import make_context

CONNECT_TIMEOUT_S = 5.0
"""For each step: the connection, the encryption, the login."""

WINDOW = 32
"""Messages on the way at once: 10,000 in a minute need no more at 0.1 s there and back."""

LARGEST_INCOMING_BYTES = 64 * 1024
"""Told to the broker (MQTT 5); commands are far smaller."""

KEPT_BYTES = 2 * LARGEST_INCOMING_BYTES
"""What is kept of a larger packet that comes nevertheless: a topic alone may have 64 KiB."""


class OverlongError(Exception):
    """The broker sends a packet that is too large, where it cannot be cut."""


class BoundedClient(Client):
    """Keeps the beginning of what is too large, and throws the rest away as it comes.

    A broker of MQTT 3.1.1 cannot be told a bound, and paho would take up to 256 MB into memory. A
    message that was cut is acknowledged as any other, so that it does not come again, and is no
    command: those are far smaller. Over websockets paho takes in whole frames; there a packet that
    is too large ends the connection.
    """

    def _sock_recv(self, bufsize: int) -> bytes:
        # Within a packet paho asks for all that is left of it, and puts what it gets behind this.
        packet = self._in_packet["packet"]
        if bufsize > KEPT_BYTES and self.transport == "websockets":
            self._refuse(bufsize)
        del packet[KEPT_BYTES:]
        return super()._sock_recv(min(bufsize, KEPT_BYTES))

    def _refuse(self, size: int) -> NoReturn:
        raise OverlongError(
            f"a packet of {size} bytes came, {LARGEST_INCOMING_BYTES} are the most; set the "
            'broker\'s message_size_limit, or mqtt.protocol = "5"'
        )


def make_client(
    settings: MqttSection, password: Secret | None, client_id: str, will: Will | None
) -> Client:
    """A client for one connection; nothing is opened yet.

    Raises:
        BrokerFault: a certificate's file cannot be used.
    """
    version5 = settings.protocol == "5"
    client = BoundedClient(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        # Commands sent while we are away shall not be obeyed late: no session is kept.
        clean_session=None if version5 else True,
        protocol=MQTTProtocolVersion.MQTTv5 if version5 else MQTTProtocolVersion.MQTTv311,
        transport=settings.transport,
        reconnect_on_failure=False,
    )
    client.connect_timeout = CONNECT_TIMEOUT_S
    # Our own window is narrower; should that ever fail, paho must refuse and not queue.
    client.max_inflight_messages_set(2 * WINDOW)
    client.max_queued_messages_set(2 * WINDOW)
    if will is not None:
        client.will_set(will.topic, will.payload, qos=1, retain=True)
    if settings.username or password:
        client.username_pw_set(settings.username, password.reveal() if password else None)
    if settings.transport == "websockets":
        client.ws_set_options(path=settings.websocket_path)
    if settings.tls.enabled:
        client.tls_set_context(make_context(settings.tls))
    return client
