"""A broker that is reached over paho-mqtt: where it is, who we are there, and what wakes us."""

import contextlib
import os

from inkwatch.config.model import MqttSection
from inkwatch.config.secrets import Secret
from inkwatch.publish.mqtt.broker import Connection, Will
from inkwatch.publish.mqtt.client import make_client
from inkwatch.publish.mqtt.connection import PahoConnection
from inkwatch.publish.mqtt.faults import Where


class PahoBroker:
    """A broker reached as the config says."""

    def __init__(self, settings: MqttSection, password: Secret | None, client_id: str) -> None:
        """Remember how to connect; nothing is opened yet.

        Args:
            settings: the config's `[mqtt]`, with a host.
            password: the user's, None for none.
            client_id: what the broker knows this client by; two with one id throw each other out.
        """
        self._settings = settings
        self._password = password
        port = settings.port or (8883 if settings.tls.enabled else 1883)
        self._where = Where(settings.host, port, settings.username, settings.tls.enabled, client_id)
        self._wake_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)

    @property
    def address(self) -> str:
        """Host and port, for people."""
        return self._where.address

    def connect(self, will: Will | None) -> Connection:
        """Connect and log in. See `Broker`."""
        client = make_client(self._settings, self._password, self._where.client_id, will)
        connection = PahoConnection(client, self._where, self._wake_fd)
        try:
            connection.log_in(self._settings.keepalive_s)
        except BaseException:
            connection.drop()
            raise
        return connection

    def wake(self) -> None:
        """Make `work` return at once. See `Broker`."""
        with contextlib.suppress(OSError, ValueError):
            os.eventfd_write(self._wake_fd, 1)

    def close(self) -> None:
        """Let go of the descriptor that wakes. See `Broker`."""
        descriptor, self._wake_fd = self._wake_fd, -1
        if descriptor >= 0:
            os.close(descriptor)
