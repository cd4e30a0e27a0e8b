"""Does what was asked for over MQTT, and answers each asker."""

import queue
from typing import TYPE_CHECKING

from inkwatch.camera.view import View
from inkwatch.daemon.loop import Loop
from inkwatch.watch.event import Event, Trigger

if TYPE_CHECKING:
    from inkwatch.publish.mqtt.commands import Command, ResultValue
    from inkwatch.publish.mqtt.teller import MqttTeller


class Obedience:
    """Called by the loop after each view; see `Parts.obey`."""

    def __init__(self, mqtt: "MqttTeller") -> None:
        self._mqtt = mqtt
        self._readers: list[Command] = []
        self._watchers: list[Command] = []

    def __call__(self, loop: Loop, view: View | None, event: Event | None) -> None:
        """Answer what waited for this view or event, and take the next commands."""
        if event is not None and event.trigger is not Trigger.INTERVAL:
            self._answer_readers(event)
        if view is not None and self._watchers:
            self._send_picture(view)
        now_s = loop.parts.clock.monotonic_s()
        self._give_up(now_s)
        while (command := self._next()) is not None:
            if command.is_stale(now_s):
                self._mqtt.respond(command, error="it waited for too long; ask again")
            else:
                self._obey(loop, command, now_s)

    def _next(self) -> "Command | None":
        try:
            return self._mqtt.commands.get_nowait()
        except queue.Empty:
            return None

    def _obey(self, loop: Loop, command: "Command", now_s: float) -> None:
        from inkwatch.publish.mqtt.commands import CommandName

        watcher = loop.parts.watcher
        match command.name:
            case CommandName.READ:
                watcher.trigger(Trigger.COMMAND, now_s)
                self._readers.append(command)
            case CommandName.SNAPSHOT:
                self._watchers.append(command)
            case CommandName.PAUSE:
                watcher.pause()
                loop.tell_health()
                self._mqtt.respond(command, {"paused": True})
            case CommandName.RESUME:
                watcher.resume()
                loop.tell_health()
                self._mqtt.respond(command, {"paused": False})
            case CommandName.STATUS:
                health, camera = loop.health, loop.parts.eyes.status()
                loop.tell_health()
                self._mqtt.respond(
                    command,
                    {
                        "camera": str(camera.state),
                        "paused": health.paused,
                        "seen": health.seen,
                        "read": health.read,
                        "told": health.told,
                        "uptime_s": round(health.uptime_s, 1),
                        "waiting": health.queue.waiting,
                    },
                )

    def _answer_readers(self, event: Event) -> None:
        for command in self._readers:
            result: dict[str, ResultValue] = {
                "id": event.id,
                "sequence": event.sequence,
                "kind": str(event.kind),
                "text": event.reading.text,
            }
            self._mqtt.respond(command, result)
        self._readers.clear()

    def _send_picture(self, view: View) -> None:
        from inkwatch.daemon.picture import jpeg_of

        image = view.frame.image
        jpeg = jpeg_of(image)
        self._mqtt.image(jpeg)
        for command in self._watchers:
            size: dict[str, ResultValue] = {
                "width": image.shape[1],
                "height": image.shape[0],
                "bytes": len(jpeg),
            }
            self._mqtt.respond(command, size)
        self._watchers.clear()

    def _give_up(self, now_s: float) -> None:
        """Nobody waits for a view that does not come."""
        for waiting in (self._readers, self._watchers):
            for command in [command for command in waiting if command.is_stale(now_s)]:
                waiting.remove(command)
                self._mqtt.respond(command, error="no view came; see camera/status")
