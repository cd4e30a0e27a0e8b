"""What looks like commands over MQTT and must not be obeyed."""

import json
import queue
import random
import time
from dataclasses import dataclass
from pathlib import Path

from inkwatch.config.model import MqttSection
from inkwatch.publish.mqtt.commands import BURST, PER_SECOND, Command, Rejection, parse_command
from inkwatch.publish.mqtt.messages import Incoming
from inkwatch.publish.mqtt.topics import Topics
from tools.soak.mosquitto import Mosquitto
from tools.soak.observer import Observer
from tools.soak.publisher import make_teller

TOPICS = Topics("inkwatch", "desk")

_LONG = [b'{"id":"' + b"a" * size + b'"}' for size in (129, 5000, 70_000)]
_LONG_NAME = "a" * 60_000
_NAMES = ("read", "pause", "resume", "status", "snapshot")
_ODD_NAMES = ("", "read/", "../read", "read\n", "ｒead", "\ud800", _LONG_NAME, "+", "#", "$SYS")
_ODD_ANSWERS = ("inkwatch/desk/reading", "#", "a" * 999, "inkwatch/x/cmd/read", "\x00")


def hostile_command(chance: random.Random) -> Incoming:
    """Something that looks like a command, and is none."""
    good = json.dumps({"id": "".join(chance.choices('ab\\"\u0000é', k=5))}).encode()
    name = TOPICS.command(chance.choice(_NAMES))
    match chance.randrange(4):
        case 0:
            odd = TOPICS.command(chance.choice(_ODD_NAMES))
            return Incoming(odd, chance.choice([b"", b"{}", good]))
        case 1:
            return Incoming(name, good, retained=True)
        case 2:
            return Incoming(name, good, response_topic=chance.choice(_ODD_ANSWERS))
        case _:
            return Incoming(name, hostile_payload(chance, good))


def hostile_payload(chance: random.Random, good: bytes) -> bytes:
    """A payload that no command has; `good` is one that it is made of."""
    return chance.choice(
        [
            # Blanks alone count as no payload, which is a command's.
            chance.randbytes(chance.randint(1, 60)).strip() or b"\0",
            good[: chance.randint(1, len(good) - 1)],
            good + chance.randbytes(3) + b"x",
            b"{" * chance.randint(1, 1500),
            b'{"id":' * chance.randint(1, 150),
            json.dumps({"id": chance.choice([1, 1e300, [], {}, True])}).encode(),
            json.dumps({chance.choice(["cmd", "__class__", "ID", ""]): "x"}).encode(),
            chance.choice(_LONG),
            b"'; DROP TABLE message; --",
            "{\u2028}".encode(),
        ]
    )


def through_parser(count: int, chance: random.Random) -> tuple[int, int]:
    """Parse so many; gives how many were parsed, and how many would be obeyed.

    Raises:
        ValueError: one would be answered where no answer may go.
    """
    obeyed = 0
    for _ in range(count):
        parsed = parse_command(TOPICS, hostile_command(chance), 0.0)
        obeyed += isinstance(parsed, Command)
        if isinstance(parsed, Rejection):
            topic = parsed.response_topic
            if not topic.startswith(TOPICS.response("")) or set(topic) & set("+#\x00"):
                raise ValueError(f"it would be answered on {topic!r}")
            if len(topic.encode()) > 400:
                raise ValueError(f"its answer's topic has {len(topic)} characters")
    return count, obeyed


@dataclass(frozen=True)
class Through:
    """What came of commands through a real broker."""

    sent: int
    obeyed: int
    answers_too_many: int


def through_broker(folder: Path, count: int, chance: random.Random) -> Through:
    """Send so many through a real Mosquitto to a real teller.

    Raises:
        queue.Empty: a good command is not obeyed any more afterwards.
    """
    broker = Mosquitto(folder / "hostile-broker").start()
    teller = make_teller(
        MqttSection(host="127.0.0.1", port=broker.port), "desk", folder / "hostile.db"
    )
    good = b'{"id":"x"}'
    try:
        with Observer(broker.port, TOPICS.response("#")) as observer:
            observer.send(TOPICS.command("read"), b"{}", retain=True)
            teller.start()
            deadline_s = time.monotonic() + 10
            while not teller.connected and time.monotonic() < deadline_s:
                time.sleep(0.01)
            # Its subscription follows the login.
            time.sleep(0.2)
            began_s = time.monotonic()
            for _ in range(count):
                name = chance.choice([*_NAMES, "rm -rf", "日本", "x" * 500])
                payload = hostile_payload(chance, good) if name in _NAMES else b"{}"
                observer.send(
                    TOPICS.command(name),
                    payload,
                    CorrelationData=chance.randbytes(chance.randint(0, 200)),
                )
            # What was sent before is through when this is; the rate lets it pass after a while.
            time.sleep(BURST / PER_SECOND + 1)
            obeyed = _drain(teller.commands)
            observer.send(TOPICS.command("status"), b'{"id":"good"}')
            command = teller.commands.get(timeout=10)
            obeyed += command.id != "good"
            allowed = BURST + PER_SECOND * (time.monotonic() - began_s) + 1
            return Through(count, obeyed, max(0, round(len(observer.all()) - allowed)))
    finally:
        teller.close(1.0)
        broker.stop()


def _drain(commands: "queue.Queue[Command]") -> int:
    count = 0
    while True:
        try:
            commands.get_nowait()
        except queue.Empty:
            return count
        count += 1
