"""MQTT over websockets for brokers that cannot: takes frames, hands their content on over TCP.

RFC 6455, as far as paho speaks it: binary frames, masked from the client, none in parts.
"""

import base64
import contextlib
import hashlib
import socket
import threading
from collections.abc import Callable

_MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class WebsocketBridge:
    """Listens on `port` until closed; `paths` are those that were asked for."""

    def __init__(self, target_port: int) -> None:
        self._target = target_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.paths: list[str] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._bridge, args=(client,), daemon=True).start()

    def _bridge(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        lines = head.decode().split("\r\n")
        self.paths.append(lines[0].split()[1])
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        digest = hashlib.sha1(headers["sec-websocket-key"].encode() + _MAGIC.encode()).digest()
        client.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Protocol: mqtt\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        broker = socket.create_connection(("127.0.0.1", self._target))
        back = threading.Thread(target=_quietly, args=(_wrap, broker, client), daemon=True)
        back.start()
        _quietly(_unwrap, client, broker)


def _quietly(
    run: Callable[[socket.socket, socket.socket], None], source: socket.socket, to: socket.socket
) -> None:
    with contextlib.suppress(OSError, EOFError):
        run(source, to)
    for each in (source, to):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


def _wrap(broker: socket.socket, client: socket.socket) -> None:
    while data := broker.recv(60_000):
        length = len(data)
        head = bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2, "big")
        client.sendall(b"\x82" + head + data)


def _unwrap(client: socket.socket, broker: socket.socket) -> None:
    while True:
        first, second = _exactly(client, 2)
        length = second & 0x7F
        if length >= 126:
            length = int.from_bytes(_exactly(client, 2 if length == 126 else 8), "big")
        mask = _exactly(client, 4) if second & 0x80 else b"\0\0\0\0"
        masked = _exactly(client, length)
        if first & 0x0F == 0x08:
            return
        repeated = (mask * (length // 4 + 1))[:length]
        plain = int.from_bytes(masked, "big") ^ int.from_bytes(repeated, "big")
        broker.sendall(plain.to_bytes(length, "big"))


def _exactly(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = source.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data
