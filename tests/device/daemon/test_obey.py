"""Commands between the broker and the loop: each is done or turned down, and answered once."""

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import pytest
from tests.device.watch.desk import Desk, ScriptedReader, a_view

from inkwatch.camera.fakes import FakeEyes
from inkwatch.config.model import Config
from inkwatch.daemon.loop import Loop
from inkwatch.daemon.obey import Obedience
from inkwatch.daemon.running import Ending, Parts
from inkwatch.daemon.stopping import Signals
from inkwatch.machine.clock import FakeClock
from inkwatch.publish.mqtt.commands import STALE_S, Command, CommandDesk, CommandName
from inkwatch.publish.mqtt.messages import Incoming
from inkwatch.publish.mqtt.topics import Topics
from inkwatch.watch.watcher import Watcher

TOPICS = Topics("inkwatch", "desk")


@dataclass
class Broker:
    """Stands for the `MqttTeller`: takes commands, remembers pictures and answers."""

    clock: FakeClock
    images: list[bytes] = field(default_factory=list)
    answers: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._desk = CommandDesk(
            TOPICS, lambda _: None, pictures=True, clock=self.clock.monotonic_s
        )
        self.commands = self._desk.commands

    def ask(self, name: CommandName) -> None:
        self._desk.take(Incoming(TOPICS.command(name), b""))

    def image(self, jpeg: bytes) -> None:
        self.images.append(jpeg)

    def respond(
        self, command: Command, result: dict[str, Any] | None = None, *, error: str = ""
    ) -> None:
        self.answers.append((str(command.name), dict(result or {}), error))


@dataclass
class Room:
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        config = Config()
        self.reader = ScriptedReader(["milk"])
        self.watcher = Watcher(self.reader, config.watch)
        parts = Parts(config, FakeEyes([]), self.watcher, [], clock=self.clock)
        self.loop = Loop(parts, Signals(lambda: None), Ending())
        self.broker = Broker(self.clock)
        self.obey = Obedience(self.broker)  # type: ignore[arg-type]


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.mark.parametrize("name", list(CommandName))
def test_a_command_that_waited_for_too_long_is_not_obeyed(room: Room, name: CommandName) -> None:
    room.broker.ask(name)
    room.clock.advance(STALE_S + 1)
    room.obey(room.loop, a_view(Desk().picture(), 0), None)
    room.obey(room.loop, a_view(Desk().picture(), 1), None)
    assert room.broker.answers == [(name, {}, "it waited for too long; ask again")]
    assert not room.watcher.paused
    assert room.broker.images == []


def test_a_snapshot_is_the_next_view_and_its_answer_tells_the_size(room: Room) -> None:
    picture = Desk(page=1).picture()
    room.broker.ask(CommandName.SNAPSHOT)
    room.obey(room.loop, None, None)
    assert room.broker.answers == []
    room.obey(room.loop, a_view(picture, 0), None)
    (jpeg,) = room.broker.images
    height, width = picture.shape
    result = {"width": width, "height": height, "bytes": len(jpeg)}
    assert room.broker.answers == [("snapshot", result, "")]
    seen = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    assert np.abs(seen.astype(int) - picture).mean() < 4
    room.obey(room.loop, a_view(picture, 1), None)
    assert len(room.broker.images) == 1


@pytest.mark.parametrize("name", [CommandName.SNAPSHOT, CommandName.READ])
def test_nobody_waits_for_a_view_that_does_not_come(room: Room, name: CommandName) -> None:
    room.broker.ask(name)
    for _ in range(5):
        room.obey(room.loop, None, None)
        room.clock.advance(STALE_S / 4)
    room.obey(room.loop, None, None)
    assert room.broker.answers == [(name, {}, "no view came; see camera/status")]
    assert room.broker.images == []


def test_a_reading_that_was_asked_for_is_the_answer(room: Room) -> None:
    room.broker.ask(CommandName.READ)
    room.obey(room.loop, None, None)
    for number in range(10):
        view = a_view(Desk().picture(), number)
        room.obey(room.loop, view, room.watcher.step(view))
    ((name, result, error),) = room.broker.answers
    assert (name, result["text"], result["kind"], error) == ("read", "milk", "new", "")


def test_pausing_and_going_on(room: Room) -> None:
    for name, paused in ((CommandName.PAUSE, True), (CommandName.RESUME, False)):
        room.broker.ask(name)
        room.obey(room.loop, None, None)
        assert room.watcher.paused is paused
        assert room.broker.answers[-1] == (name, {"paused": paused}, "")
