"""The broker's teller, made of the config; nothing of MQTT is loaded where no host is set."""

from typing import TYPE_CHECKING

from inkwatch.config.model import Config

if TYPE_CHECKING:
    from inkwatch.publish.mqtt.teller import MqttTeller


def open_mqtt(config: Config) -> "MqttTeller | None":
    """Open the queue and begin to connect.

    Returns:
        None where the config names no broker.

    Raises:
        ConfigError: the password cannot be had.
        OutputError: another process has the queue.
        MissingPackageError: paho-mqtt is not installed.
    """
    if not config.mqtt.host:
        return None
    from inkwatch.config.secrets import read_password
    from inkwatch.publish.mqtt.queue import Queue
    from inkwatch.publish.mqtt.teller import MqttTeller, device_name, open_broker, queue_path

    password = read_password(config)
    device = device_name(config)
    broker = open_broker(config.mqtt, None if password is None else password.secret, device.id)
    path = queue_path(config.mqtt)
    queue = Queue(path, config.mqtt.queue.max_bytes)
    teller = MqttTeller(config.mqtt, device, broker, queue)
    teller.start()
    return teller
