"""`inkwatch mqtt`: whether the broker takes what this device tells, and taking it all back."""

import argparse
from typing import TYPE_CHECKING

from inkwatch.cli_console import Console
from inkwatch.errors import BrokerError, ConfigError, ExitCode

if TYPE_CHECKING:
    from inkwatch.config.model import Config
    from inkwatch.publish.mqtt.broker import Broker
    from inkwatch.publish.mqtt.topics import Topics


def run_mqtt(args: argparse.Namespace, console: Console) -> ExitCode:
    """Do what `inkwatch mqtt test` or `forget` asks for.

    Raises:
        ConfigError: the settings are wrong, or name no broker.
        BrokerError: the broker cannot be reached, or refuses.
        MissingPackageError: paho-mqtt is not installed.
    """
    from inkwatch.cli_service import beside_service, service_password
    from inkwatch.config.load import load
    from inkwatch.publish.mqtt.teller import device_name, open_broker
    from inkwatch.publish.mqtt.topics import Topics

    loaded = load(args.config)
    config = loaded.config
    if not config.mqtt.host:
        place = loaded.path or "the config file"
        raise ConfigError(
            f"mqtt.host is empty: there is no broker. Set it in {place}, or "
            "name it with INKWATCH_MQTT_HOST."
        )
    password = service_password(config, service := beside_service(args.config))
    if service.closed and password is None and config.mqtt.username:
        raise ConfigError(
            "The service's password is closed to this user. Run it as root: sudo inkwatch mqtt "
            f"{args.action}"
        )
    device = device_name(config).id
    # Another id than the service's, which would be thrown out of its connection.
    broker = open_broker(
        config.mqtt, password.secret if password else None, f"{device}-{args.action}"
    )
    topics = Topics(config.mqtt.base, device)
    try:
        if args.action == "forget":
            _forget(config, broker, topics, console, service_installed=service.installed)
        else:
            _test(config, broker, topics, console)
    finally:
        broker.close()
    return ExitCode.OK


def _test(config: "Config", broker: "Broker", topics: "Topics", console: Console) -> None:
    from inkwatch.publish.mqtt.probe import try_broker

    trial = try_broker(broker, topics)
    if trial.refusal:
        raise BrokerError(
            f"{broker.address} takes the login, but not a message to {topics.test} "
            f"({trial.refusal}). Allow this user to write to {topics.root}/# in the broker's "
            "access list."
        )
    how = f"MQTT {config.mqtt.protocol}{', TLS' if config.mqtt.tls.enabled else ''}"
    console.data(f"{broker.address} takes the login ({how}).\n")
    if trial.back_s is not None:
        console.data(f"A message to {topics.test} came back after {trial.back_s * 1000:.0f} ms.\n")
        return
    words = f"A message to {topics.test} was taken but did not come back: this user may not read it"
    if config.mqtt.protocol == "5":
        console.data(f"{words}, which the device has no need to.\n")
        return
    # MQTT 3.1.1 has no word for a refusal: brokers take the message and drop it.
    raise BrokerError(
        f"{words}, or may not write it. Allow both in the broker's access list, or set "
        'mqtt.protocol = "5" to be told which.'
    )


def _forget(
    config: "Config",
    broker: "Broker",
    topics: "Topics",
    console: Console,
    *,
    service_installed: bool,
) -> None:
    from inkwatch.publish.mqtt.probe import forget

    for topic in forget(broker, topics, config.mqtt.home_assistant.prefix):
        console.data(f"forgotten: {topic}\n")
    mend = "sudo systemctl stop inkwatch" if service_installed else "end `inkwatch watch`"
    console.note(f"A device that runs tells it all again; stop it first: {mend}")
