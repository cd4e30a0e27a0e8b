"""Commands: what is obeyed, and above all what is not."""

import json
import random
from typing import Any

import pytest
from tools.soak.hostile_commands import hostile_command

from inkwatch.publish.mqtt.commands import (
    BURST,
    LARGEST_BYTES,
    PER_SECOND,
    WAITING,
    Command,
    CommandDesk,
    CommandName,
    TokenBucket,
)
from inkwatch.publish.mqtt.messages import Incoming, Outgoing
from inkwatch.publish.mqtt.topics import Topics

TOPICS = Topics("inkwatch", "desk")


class Desk:
    def __init__(self, *, pictures: bool = False) -> None:
        self.sent: list[Outgoing] = []
        self.now_s = 0.0
        self.desk = CommandDesk(
            TOPICS, self.sent.append, pictures=pictures, clock=lambda: self.now_s
        )

    def ask(self, name: str, payload: bytes = b"", **more: Any) -> list[dict[str, Any]]:
        before = len(self.sent)
        self.desk.take(Incoming(TOPICS.command(name), payload, **more))
        return [json.loads(message.payload) for message in self.sent[before:]]


@pytest.mark.parametrize("name", list(CommandName))
@pytest.mark.parametrize("payload", [b"", b"  \n", b"{}", b'{"id": "7"}', b'{"id": null}'])
def test_each_command_is_handed_on(name: CommandName, payload: bytes) -> None:
    desk = Desk(pictures=True)
    assert desk.ask(name, payload, correlation=b"\x00\xff") == []
    command = desk.desk.commands.get_nowait()
    assert command.name is name
    desk.desk.respond(command, {"text": "abc"})
    (answer,) = desk.sent
    assert answer.topic == f"inkwatch/desk/rsp/{name}"
    assert answer.correlation == b"\x00\xff"
    assert not answer.retain
    form = json.loads(answer.payload)
    assert (form["command"], form["ok"], form["error"]) == (name, True, "")
    assert form["id"] == ("7" if b"7" in payload else None)
    assert form["result"] == {"text": "abc"}


def test_what_could_not_be_done_is_said() -> None:
    desk = Desk()
    desk.ask("read")
    desk.desk.respond(desk.desk.commands.get_nowait(), error="there is no camera")
    form = json.loads(desk.sent[0].payload)
    assert (form["ok"], form["error"]) == (False, "there is no camera")


def test_the_answer_goes_where_the_asker_wants_below_rsp() -> None:
    desk = Desk()
    desk.ask("status", response_topic="inkwatch/rsp/panel")
    desk.desk.respond(desk.desk.commands.get_nowait())
    assert desk.sent[0].topic == "inkwatch/rsp/panel"


@pytest.mark.parametrize(
    ("name", "payload", "more", "words"),
    [
        ("reboot", b"", {}, "there is no command reboot"),
        ("READ", b"", {}, "no command READ"),
        ("read", b"[]", {}, "not understood"),
        ("read", b'{"id": 7}', {}, "not understood"),
        ("read", b'{"id": "7", "now": true}', {}, "not understood"),
        ("read", b'{"id": "7"} x', {}, "not understood"),
        ("read", b"\xff\xfe", {}, "not understood"),
        ("read", b"PRESS", {}, "not understood"),
        ("read", b"[" * 1000, {}, "not understood"),
        ("read", b" " * (LARGEST_BYTES + 1), {}, "larger than"),
        ("read", json.dumps({"id": "x" * 200}).encode(), {}, "too long"),
        ("read", b"", {"correlation": b"x" * 200}, "too long"),
        ("read", b"", {"response_topic": "homeassistant/status"}, "answers go below"),
        ("snapshot", b"", {}, "pictures are off"),
    ],
)
def test_what_is_not_obeyed_is_told_why(
    name: str, payload: bytes, more: dict[str, Any], words: str
) -> None:
    desk = Desk()
    (form,) = desk.ask(name, payload, **more)
    assert words in form["error"]
    assert form["ok"] is False
    assert desk.sent[0].topic == f"inkwatch/desk/rsp/{name}"
    assert desk.desk.commands.empty()


def test_a_retained_command_is_never_obeyed_nor_answered() -> None:
    desk = Desk()
    for _ in range(100):
        assert desk.ask("read", retained=True) == []
    assert desk.desk.commands.empty()
    # It takes nothing from those who ask now.
    desk.ask("read")
    assert desk.desk.commands.qsize() == 1


def test_a_busy_daemon_turns_commands_away() -> None:
    desk = Desk()
    answers = [desk.ask("read") for _ in range(WAITING + 1)]
    assert answers[:-1] == [[]] * WAITING
    assert "busy" in answers[-1][0]["error"]


def test_what_comes_too_fast_is_dropped_without_an_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    desk = Desk()
    for name in ("nonsense", "read", "status"):
        for _ in range(400):
            desk.ask(name, b"{")
            desk.now_s += 0.001
    assert len(desk.sent) <= BURST + PER_SECOND * 1.2 + 1
    assert desk.desk.dropped == 1200 - len(desk.sent)
    assert caplog.text.count("too fast") == 1
    desk.now_s += 60
    assert len(desk.ask("nonsense")) == 1


def test_the_bucket_fills_to_its_burst_and_no_more() -> None:
    bucket = TokenBucket(0.0)
    assert sum(bucket.take(0.0) for _ in range(100)) == BURST
    assert sum(bucket.take(1.0) for _ in range(100)) == PER_SECOND
    assert sum(bucket.take(1e6) for _ in range(100)) == BURST
    assert not bucket.take(-1e6), "a clock that goes back gives nothing"


def test_commands_grow_stale() -> None:
    command = Command(CommandName.READ, None, None, "x", 100.0)
    assert not command.is_stale(110.0)
    assert command.is_stale(200.0)


def test_answers_to_hostile_commands_are_valid_and_few() -> None:
    chance, desk = random.Random(4), Desk()
    for _ in range(5000):
        desk.desk.take(hostile_command(chance))
        desk.now_s += 0.001
    assert desk.desk.commands.empty()
    assert len(desk.sent) <= BURST + PER_SECOND * 5 + 1
    for message in desk.sent:
        assert len(message.payload) < 1000
        json.loads(message.payload)
