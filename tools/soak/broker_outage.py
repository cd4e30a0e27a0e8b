"""A broker is away, a device reads on and is killed: what is lost, how fast all comes back.

    python -m tools.soak.broker_outage [--readings 10000] [--limit-s 1200]

A real Mosquitto is stopped; a device's process tells readings and is killed with SIGKILL at random
moments, and started again; one kill more comes while the queue drains. Then the broker returns.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from inkwatch.publish.mqtt.topics import Topics, discovery_topic
from tools.bench.table import Row
from tools.soak.mosquitto import Mosquitto
from tools.soak.observer import Heard, Observer
from tools.soak.report import all_of, finish, holds, none_of, options, within

DEVICE = "soak"
KILLS = 3
TOPICS = Topics("inkwatch", DEVICE)


@dataclass(frozen=True)
class Outage:
    """What came of it. Times count from the moment the broker listens again.

    `delivered` counts events after doubles were dropped by id; `told` those that the device said it
    had taken before it was killed, or since.
    """

    told: int
    delivered: int
    doubles: int
    lost: int
    in_order: bool
    kills: int
    put_s: float
    states_after_s: float
    all_after_s: float
    live_after_s: float
    offline_after_kill_s: float


class Device:
    """The publisher's process; `told` is the last sequence number that it said it had taken."""

    def __init__(self, port: int, queue: Path) -> None:
        self._port, self._queue = port, queue
        self.told = 0
        self._process: subprocess.Popen[str] | None = None

    def run(self, until: int, *, kill_at: int | None = None, pause_s: float = 0.0) -> None:
        """Tell readings up to `until`; with `kill_at` it is killed once it has told that one."""
        self._process = process = subprocess.Popen(
            [sys.executable, "-m", "tools.soak.publisher", str(self._port), str(self._queue),
             DEVICE, str(until), str(pause_s)],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101
        for line in process.stdout:
            self.told = int(line)
            if self.told == kill_at:
                # What it goes on to tell until the kill arrives is still in the pipe: read on.
                process.kill()
            elif self.told >= until:
                return
        process.wait(10)

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)


def run_outage(
    folder: Path, readings: int, kills: int, *, limit_s: float, chance: random.Random
) -> Outage:
    """Run it once.

    Raises:
        TimeoutError: it is not over after `limit_s`.
    """
    deadline_s = time.monotonic() + limit_s

    def left_s() -> float:
        return max(0.1, deadline_s - time.monotonic())

    broker = Mosquitto(folder / "broker").start()
    device = Device(broker.port, folder / "queue.db")
    moments = sorted(chance.sample(range(2, readings), kills))
    observer = Observer(broker.port)
    try:
        broker.stop()
        began_s = time.monotonic()
        for moment in moments:
            device.run(readings, kill_at=max(moment, device.told + 1))
        device.run(readings)
        put_s = time.monotonic() - began_s
        broker.start()
        back_s = time.monotonic()
        states = {TOPICS.availability, TOPICS.camera, TOPICS.problem, TOPICS.reading,
                  discovery_topic("homeassistant", DEVICE)}  # fmt: skip
        states_s = observer.wait_until(lambda heard: states <= {h.topic for h in heard}, left_s())
        # One kill more in the middle of draining, and a live reading on top.
        half = min(readings // 2, 1000)
        observer.wait_until(lambda heard: count(heard) >= half, left_s())
        killed_s = time.monotonic()
        device.kill()
        offline_s = observer.wait_until(
            lambda heard: any(
                h.topic == TOPICS.availability and h.payload == b"offline" and h.at_s >= killed_s
                for h in heard
            ),
            left_s(),
        )
        asked_s = time.monotonic()
        device.run(readings + 1)
        live = observer.wait_until(is_live(readings + 1), left_s())
        all_s = observer.wait_until(lambda heard: len(set(numbers(heard))) > readings, left_s())
        taken = numbers(observer.all())
        first = list(dict.fromkeys(taken))
        return Outage(
            told=device.told,
            delivered=len(first),
            doubles=len(taken) - len(first),
            lost=len(set(range(1, device.told + 1)) - set(first)),
            in_order=first == sorted(first),
            kills=kills + 1,
            put_s=round(put_s, 2),
            states_after_s=round(states_s - back_s, 2),
            all_after_s=round(all_s - back_s, 2),
            live_after_s=round(live - asked_s, 2),
            offline_after_kill_s=round(offline_s - killed_s, 3),
        )
    finally:
        device.kill()
        observer.close()
        broker.stop()


def count(heard: list[Heard]) -> int:
    """How many events were heard."""
    return sum(h.topic == TOPICS.event for h in heard)


def numbers(heard: list[Heard]) -> list[int]:
    """The events' sequence numbers as they came, with a check that ids and numbers fit."""
    found: dict[str, int] = {}
    taken = []
    for message in heard:
        if message.topic == TOPICS.event:
            form = json.loads(message.payload)
            if found.setdefault(form["id"], form["sequence"]) != form["sequence"]:
                raise ValueError(f"one id, two numbers: {form['id']}")
            taken.append(form["sequence"])
    return taken


def is_live(sequence: int) -> Callable[[list[Heard]], bool]:
    """Whether the retained reading with that number was heard."""
    return lambda heard: any(
        h.topic == TOPICS.reading and json.loads(h.payload)["sequence"] == sequence
        for h in heard[-2000:]
    )


def rows(outage: Outage, readings: int) -> list[Row]:
    """What came of it beside the targets."""
    return [
        none_of("broker away: readings lost", outage.lost),
        all_of("broker away: readings after dropping doubles", outage.delivered, readings + 1),
        Row("broker away: doubles", str(outage.doubles)),
        holds("broker away: order kept", kept=outage.in_order),
        all_of("broker away: kills", outage.kills, KILLS + 1),
        within("broker back: all states told after", outage.states_after_s, 5),
        within(f"broker back: all {readings} delivered after", outage.all_after_s, 60),
        within("a live reading while old ones drain, with a restart", outage.live_after_s, 2),
        within("killed while it drains: offline seen after", outage.offline_after_kill_s, 1),
    ]


def main() -> int:
    """Run it and print the figures; 1 where a target is missed."""
    parser = options(__doc__, 1200.0)
    parser.add_argument("--readings", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outage = run_outage(
            Path(folder),
            args.readings,
            KILLS,
            limit_s=args.limit_s,
            chance=random.Random(args.seed),  # noqa: S311
        )
    return finish(rows(outage, args.readings), args.json)


if __name__ == "__main__":
    sys.exit(main())
