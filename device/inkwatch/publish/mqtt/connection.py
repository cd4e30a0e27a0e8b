"""A connection over paho-mqtt, from login to its end.

What paho does beyond the protocol is not used, for it holds messages in memory without bound,
takes them while offline, and sends them again on its own. Each connection has a client of its own,
which is thrown away with all that it holds; what was not accepted is sent again from our queue.
There is no thread of paho's either: `work` waits for the socket with `poll`.
"""

import contextlib
import os
import select
import socket
import time
from collections.abc import Sequence

from paho.mqtt.client import (
    MQTT_CLEAN_START_FIRST_ONLY,
    MQTT_ERR_SUCCESS,
    Client,
    WebsocketConnectionError,
)
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from inkwatch.publish.mqtt import faults
from inkwatch.publish.mqtt.broker import ConnectionLostError, TooLargeError
from inkwatch.publish.mqtt.client import (
    CONNECT_TIMEOUT_S,
    LARGEST_INCOMING_BYTES,
    WINDOW,
)
from inkwatch.publish.mqtt.faults import BrokerFault, BrokerFaultKind, Where
from inkwatch.publish.mqtt.inbox import Inbox
from inkwatch.publish.mqtt.messages import Arrival, Outgoing

WINDOW_BYTES = 256 * 1024
_WEBSOCKET_BYTES = 64 * 1024
_WEBSOCKET_LARGEST = 128 * 1024
_WEBSOCKET_BUFFER = 512 * 1024
"""paho loses track when the kernel takes only a part of a websocket frame: what is on the way must
fit into the kernel's buffer whole."""

_HEADER_BYTES = 32
"""More than a PUBLISH has beside topic, payload and correlation data."""

_PACKETS_A_TURN = 200


class PahoConnection:
    """One connection over paho. See `Connection`."""

    def __init__(self, client: Client, where: Where, wake_fd: int) -> None:
        self._client = client
        self._where = where
        self._wake_fd = wake_fd
        self._inbox = Inbox(client, where.client_id)
        self._version5 = client.protocol == MQTTProtocolVersion.MQTTv5
        self._websocket = client.transport == "websockets"
        self._largest = _WEBSOCKET_LARGEST if self._websocket else 268_435_455
        self.window = WINDOW
        self.window_bytes = _WEBSOCKET_BYTES if self._websocket else WINDOW_BYTES

    def log_in(self, keepalive_s: int) -> None:
        """Connect, encrypt, log in.

        Raises:
            BrokerFault: any of these failed.
        """
        self._open(keepalive_s)
        deadline_s = time.monotonic() + CONNECT_TIMEOUT_S
        while self._inbox.welcome is None:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise faults.no_answer(self._where)
            try:
                self._turn(left_s)
            except ConnectionLostError as error:
                if self._inbox.welcome is None:
                    raise self._unwelcome() from error
        reason, properties = self._inbox.welcome
        # A refused login is an answer too: only 0 is a welcome.
        if reason.is_failure or reason.value != 0:
            raise faults.fault_from_reason(reason.value, str(reason), self._where)
        if self._inbox.lost is not None:
            raise faults.closed_early(self._where)
        self._heed(properties)
        # From here on nothing is to be explained, and paho would write a line for each packet.
        self._client.on_log = None

    def subscribe(self, filters: Sequence[str]) -> None:
        """Subscribe with QoS 1. See `Connection`."""
        if self._version5:
            # 2: nothing that is retained is sent at the start.
            options = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
            result, mid = self._client.subscribe([(topic, options) for topic in filters])
        else:
            result, mid = self._client.subscribe([(topic, 1) for topic in filters])
        if result != MQTT_ERR_SUCCESS or mid is None:
            raise ConnectionLostError(self._inbox.lost or "the connection is gone")
        self._inbox.filters[mid] = tuple(filters)

    def publish(self, message: Outgoing) -> int:
        """Publish with QoS 1. See `Connection`."""
        extra = len(message.correlation or b"")
        size = len(message.topic.encode()) + len(message.payload) + extra + _HEADER_BYTES
        if size > self._largest:
            raise TooLargeError(f"{size} bytes, {self._largest} are the most")
        properties = None
        if self._version5 and message.correlation is not None:
            properties = _properties(PacketTypes.PUBLISH)
            properties.CorrelationData = message.correlation
        if self._inbox.lost is not None:
            raise ConnectionLostError(self._inbox.lost)
        try:
            info = self._client.publish(
                message.topic, message.payload, qos=1, retain=message.retain, properties=properties
            )
        except OSError as error:
            raise ConnectionLostError(str(error)) from error
        if info.rc != MQTT_ERR_SUCCESS or self._inbox.lost is not None:
            raise ConnectionLostError(self._inbox.lost or f"nothing can be sent ({info.rc.name})")
        return info.mid

    def work(self, timeout_s: float) -> list[Arrival]:
        """Send and receive. See `Connection`."""
        if not self._inbox.arrivals and self._inbox.lost is None:
            self._turn(timeout_s)
        arrivals = self._inbox.take()
        if not arrivals and self._inbox.lost is not None:
            raise ConnectionLostError(self._inbox.lost)
        return arrivals

    def close(self) -> None:
        """Say goodbye and let go. See `Connection`."""
        with contextlib.suppress(Exception):
            self._client.disconnect()
            deadline_s = time.monotonic() + 0.5
            while self._client.want_write() and time.monotonic() < deadline_s:
                self._turn(0.05)
        self.drop()

    def drop(self) -> None:
        """Let go without a goodbye. See `Connection`."""
        with contextlib.suppress(Exception):
            self._client.on_disconnect = None
            sock = self._client.socket()
            if sock is not None:
                sock.close()

    def _open(self, keepalive_s: int) -> None:
        client, where = self._client, self._where
        properties = None
        if self._version5:
            properties = _properties(PacketTypes.CONNECT)
            properties.MaximumPacketSize = LARGEST_INCOMING_BYTES
            properties.SessionExpiryInterval = 0
        try:
            client.connect(
                where.host,
                where.port,
                keepalive_s,
                # With 3.1.1 paho refuses to be told; the client was made with a clean session.
                clean_start=True if self._version5 else MQTT_CLEAN_START_FIRST_ONLY,
                properties=properties,
            )
        except WebsocketConnectionError as error:
            raise faults.fault_from_websocket(error, where) from error
        except (OSError, ValueError) as error:
            raise faults.fault_from_error(error, where) from error
        sock = client.socket()
        if sock is None:
            raise faults.closed_early(where)
        # Options belong to the connection, so a second descriptor reaches them through any wrapper.
        with socket.socket(fileno=os.dup(sock.fileno())) as plain, contextlib.suppress(OSError):
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._websocket:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WEBSOCKET_BUFFER)

    def _unwelcome(self) -> BrokerFault:
        # With TLS 1.3 a certificate of ours is judged after the handshake: the first read fails.
        if faults.is_about_our_certificate(self._inbox.last_error):
            return faults.client_certificate_refused(self._where)
        return faults.closed_early(self._where)

    def _heed(self, properties: Properties | None) -> None:
        """Keep to what the broker said at the login."""
        if properties is None:
            return
        self.window = max(1, min(WINDOW, getattr(properties, "ReceiveMaximum", WINDOW)))
        self._largest = min(self._largest, getattr(properties, "MaximumPacketSize", self._largest))
        if getattr(properties, "MaximumQoS", 1) == 0 or not getattr(
            properties, "RetainAvailable", 1
        ):
            raise BrokerFault(
                BrokerFaultKind.VERSION,
                f"{self._where.address} knows no QoS 1 or keeps no retained messages. Inkwatch "
                "needs a broker that does, such as Mosquitto.",
            )

    def _turn(self, timeout_s: float) -> None:
        """Wait for the socket or `wake`, then let paho read and write."""
        client = self._client
        sock = client.socket()
        if sock is None or self._inbox.lost is not None:
            raise ConnectionLostError(self._inbox.lost or "the connection is gone")
        buffered = bool(getattr(sock, "pending", int)())
        poll = select.poll()
        descriptor = sock.fileno()
        wanted = select.POLLIN | (select.POLLOUT if client.want_write() else 0)
        poll.register(descriptor, wanted)
        poll.register(self._wake_fd, select.POLLIN)
        ready = dict(poll.poll(0 if buffered else max(0, round(timeout_s * 1000))))
        if self._wake_fd in ready:
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._wake_fd)
        try:
            if descriptor in ready or buffered:
                self._read()
            if client.want_write():
                client.loop_write()
            client.loop_misc()
        except Exception as error:  # packets that make no sense raise anything
            self._inbox.lost = self._inbox.lost or f"{type(error).__name__}: {error}"
        if client.socket() is None:
            self._inbox.lost = self._inbox.lost or "the connection broke"
        if self._inbox.lost is not None and not self._inbox.arrivals:
            raise ConnectionLostError(self._inbox.lost)

    def _read(self) -> None:
        for _ in range(_PACKETS_A_TURN):
            before = len(self._inbox.arrivals)
            if self._client.loop_read() != MQTT_ERR_SUCCESS or len(self._inbox.arrivals) == before:
                return


def _properties(packet: int) -> Properties:
    return Properties(packet)  # type: ignore[no-untyped-call]
