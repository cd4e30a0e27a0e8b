"""Tells over MQTT: what is told is in the queue when the call returns; the sender does the rest."""

import os
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from inkwatch.camera.status import CameraStatus
from inkwatch.config.model import Config, MqttSection
from inkwatch.config.secrets import Secret
from inkwatch.errors import MissingPackageError
from inkwatch.health import Health, QueueHealth
from inkwatch.machine.identity import device_id, host_name
from inkwatch.publish.event_form import event_form
from inkwatch.publish.mqtt.broker import Broker
from inkwatch.publish.mqtt.commands import Command, CommandDesk, ResultValue
from inkwatch.publish.mqtt.delivery import age_s
from inkwatch.publish.mqtt.discovery import discovery_message
from inkwatch.publish.mqtt.listening import Subscriptions
from inkwatch.publish.mqtt.messages import Outgoing
from inkwatch.publish.mqtt.outbox import Outbox
from inkwatch.publish.mqtt.payloads import (
    camera_payload,
    event_payload,
    health_payload,
    problem_payload,
    with_age,
)
from inkwatch.publish.mqtt.queue import Queue
from inkwatch.publish.mqtt.sender import Sender
from inkwatch.publish.mqtt.topics import Topics
from inkwatch.watch.event import Event

if TYPE_CHECKING:
    from queue import Queue as CommandQueue


@dataclass(frozen=True, slots=True)
class DeviceName:
    """Who tells: `id` in topics, `name` for people. Neither is ''."""

    id: str
    name: str


def device_name(config: Config) -> DeviceName:
    """Who this device is: as configured, else by the machine's id and the host's name."""
    return DeviceName(config.device.id or device_id(), config.device.name or host_name())


def open_broker(settings: MqttSection, password: Secret | None, client_id: str) -> Broker:
    """The broker of the config, not connected yet.

    Raises:
        MissingPackageError: paho-mqtt is not installed, or too old.
    """
    try:
        from inkwatch.publish.mqtt.paho_broker import PahoBroker
    except ImportError as error:
        raise MissingPackageError(
            f"MQTT needs the package paho-mqtt, 2 or newer ({error}). In the project's folder: "
            ".venv/bin/pip install -e '.[mqtt]'"
        ) from error
    return PahoBroker(settings, password, client_id)


def queue_path(settings: MqttSection, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the queue's file is: as configured, else in the service's or user's state folder."""
    if settings.queue.path:
        return Path(settings.queue.path).expanduser()
    if state := environment.get("STATE_DIRECTORY", "").partition(":")[0]:
        return Path(state) / "queue.db"
    home = environment.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(home).expanduser() / "inkwatch" / "queue.db"


def open_teller(config: Config, password: Secret | None) -> "MqttTeller":
    """Make the teller of the config, which must name a broker; it is not started yet.

    Raises:
        MissingPackageError: paho-mqtt is not installed, or too old.
        QueueHeldError: another process uses the queue.
    """
    device = device_name(config)
    broker = open_broker(config.mqtt, password, device.id)
    queue = Queue(queue_path(config.mqtt), config.mqtt.queue.max_bytes)
    return MqttTeller(config.mqtt, device, broker, queue)


class MqttTeller:
    """Tells a broker. See `Teller`; besides, it takes commands and gives their answers back."""

    def __init__(
        self, settings: MqttSection, device: DeviceName, broker: Broker, queue: Queue
    ) -> None:
        """Take over broker and queue; both are closed by `close`. Nothing is sent before `start`.

        Args:
            settings: the config's `[mqtt]`.
            device: who tells.
            broker: whom to tell.
            queue: what keeps events until the broker has them.
        """
        self._settings = settings
        self._device = device.id
        self._queue = queue
        self._broker = broker
        self._topics = topics = Topics(settings.base, device.id)
        self._outbox = Outbox()
        self._desk = CommandDesk(topics, self._send, pictures=settings.image)
        home = settings.home_assistant
        discovery, description = discovery_message(
            home.prefix, topics, device.name, commands=settings.commands
        )
        self._sender = Sender(
            broker,
            queue,
            topics,
            self._outbox,
            Subscriptions(
                self._desk.take if settings.commands else None,
                discovery if home.enabled else "",
                home.prefix,
            ),
        )
        if home.enabled:
            self._outbox.set_state(discovery, lambda: description)
        if (last := queue.newest()) is not None:
            # A device that was stopped before it could tell: the retained state follows first.
            self._outbox.set_state(
                topics.reading, lambda: with_age(last.payload, age_s(last, queue.boot))
            )

    @property
    def commands(self) -> "CommandQueue[Command]":
        """What came over MQTT to be obeyed; each is to be answered with `respond`."""
        return self._desk.commands

    @property
    def last_sequence(self) -> int:
        """The last event's sequence number, over restarts."""
        return self._queue.last_sequence

    @property
    def connected(self) -> bool:
        """Whether the broker has us now."""
        return self._sender.connected

    @property
    def reconnects(self) -> int:
        """How often a lost connection was made again."""
        return self._sender.reconnects

    @property
    def queue_health(self) -> QueueHealth:
        """What waits for the broker."""
        return self._queue.health

    @property
    def problems(self) -> tuple[str, ...]:
        """What the broker refuses and what ails the queue, each with what mends it; all is logged.

        That the broker is away is none: nobody could be told of it there.
        """
        return (*self._sender.problems, *self._queue.problems)

    def start(self) -> None:
        """Begin to connect."""
        self._sender.start()

    def event(self, event: Event, jpeg: bytes | None = None) -> None:
        """Tell an event. See `Teller`.

        Args:
            event: what to tell.
            jpeg: its picture; sent only where the config allows pictures.
        """
        payload = event_payload(event_form(event, self._device, time.monotonic()))
        self._queue.put(event.id, event.sequence, payload, event.monotonic_s)
        taken_s = event.monotonic_s
        self._outbox.set_state(
            self._topics.reading, lambda: with_age(payload, time.monotonic() - taken_s)
        )
        if jpeg is not None and self._settings.image:
            self.image(jpeg)
        self._sender.wake()

    def image(self, jpeg: bytes) -> None:
        """Send a picture; only the newest is, and none that waited for the broker's return."""
        if self._sender.connected:
            self._outbox.set_state(self._topics.image, lambda: jpeg, retain=False)
            self._sender.wake()

    def camera(self, status: CameraStatus) -> None:
        """Tell how the camera is. See `Teller`."""
        payload = camera_payload(status, self._device)
        self._outbox.set_state(self._topics.camera, lambda: payload)
        self._sender.wake()

    def health(self, health: Health) -> None:
        """Tell how the device is. See `Teller`."""
        payload = health_payload(health, self._device)
        self._outbox.set_state(self._topics.health, lambda: payload, retain=False)
        self._sender.wake()

    def problem(self, problems: tuple[str, ...], logged: Collection[str] = ()) -> None:
        """Tell what is wrong. See `Teller`."""
        payload = problem_payload(problems, self._device)
        self._outbox.set_state(self._topics.problem, lambda: payload)
        self._sender.wake()

    def respond(
        self,
        command: Command,
        result: Mapping[str, ResultValue] | None = None,
        *,
        error: str = "",
    ) -> None:
        """Answer a command that was obeyed, or say why it was not."""
        self._desk.respond(command, result, error=error)

    def close(self, timeout_s: float) -> None:
        """Tell `offline`, and end; what waits stays in the queue. See `Teller`."""
        ended = self._sender.close(timeout_s)
        self._queue.close()
        if ended:
            self._broker.close()

    def _send(self, message: Outgoing) -> None:
        self._outbox.answer(message)
        self._sender.wake()
