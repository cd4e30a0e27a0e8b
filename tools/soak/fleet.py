"""Many devices on one broker: is anything lost, doubled or mixed up?

    python -m tools.soak.fleet [--devices 200] [--events 50] [--limit-s 600]

Every device has a queue, a connection and a thread of its own, as on machines of their own; one
subscriber hears them all, and asks each of them for its status.
"""

import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from inkwatch.config.model import MqttSection
from inkwatch.publish.mqtt.teller import MqttTeller
from inkwatch.publish.mqtt.topics import Topics, discovery_topic
from tools.bench.table import Row
from tools.soak.events import made_up_event
from tools.soak.mosquitto import Mosquitto
from tools.soak.observer import Heard, Observer
from tools.soak.publisher import make_teller
from tools.soak.report import all_of, finish, none_of, options


@dataclass(frozen=True)
class Fleet:
    """What came of it. `mixed` counts messages in which topic and content name two devices."""

    devices: int
    events: int
    heard: int
    lost: int
    doubles: int
    mixed: int
    out_of_order: int
    online: int
    described: int
    answered: int
    all_s: float


def run_fleet(
    folder: Path, devices: int, events: int, *, limit_s: float, chance: random.Random
) -> Fleet:
    """Run it once.

    Raises:
        TimeoutError: it is not over after `limit_s`.
    """
    deadline_s = time.monotonic() + limit_s
    broker = Mosquitto(folder / "broker").start()
    observer = Observer(broker.port)
    names = [f"ink-{number:03}" for number in range(devices)]
    tellers: dict[str, MqttTeller] = {}
    try:
        for name in names:
            settings = MqttSection(host="127.0.0.1", port=broker.port)
            tellers[name] = make_teller(settings, name, folder / name / "queue.db")
            tellers[name].start()
        began_s = time.monotonic()
        order = names * events
        chance.shuffle(order)
        told: Counter[str] = Counter()
        for name in order:
            told[name] += 1
            tellers[name].event(made_up_event(name, told[name]))
        answering = threading.Thread(target=_answer_all, args=(tellers, deadline_s), daemon=True)
        answering.start()
        for name in names:
            observer.send(
                Topics("inkwatch", name).command("status"), b'{"id":"%s"}' % name.encode()
            )
        all_s = observer.wait_until(
            lambda heard: (
                len(heard) >= devices * events
                and _count(heard, "event") >= devices * events
                and _count(heard, "rsp/status") >= devices
            ),
            max(0.1, deadline_s - time.monotonic()),
        )
        answering.join(10)
        return _judge(observer.all(), names, events, all_s - began_s)
    finally:
        for teller in tellers.values():
            teller.close(1.0)
        observer.close()
        broker.stop()


def _answer_all(tellers: dict[str, MqttTeller], deadline_s: float) -> None:
    for name, teller in tellers.items():
        command = teller.commands.get(timeout=max(0.1, deadline_s - time.monotonic()))
        teller.respond(command, {"device": name})


def _count(heard: list[Heard], ending: str) -> int:
    return sum(h.topic.endswith(f"/{ending}") for h in heard)


def _judge(heard: list[Heard], names: list[str], events: int, all_s: float) -> Fleet:
    taken: dict[str, list[int]] = {name: [] for name in names}
    mixed = answered = 0
    for message in heard:
        _, _, rest = message.topic.partition("inkwatch/")
        name, _, what = rest.partition("/")
        if what in {"event", "reading"}:
            form = json.loads(message.payload)
            mixed += form["device"] != name or not form["text"].startswith(f"{name} ")
            if what == "event":
                taken[name].append(form["sequence"])
        elif what == "rsp/status":
            form = json.loads(message.payload)
            answered += form["ok"]
            mixed += len({name, form["device"], form["id"], form["result"]["device"]}) > 1
    topics = {message.topic for message in heard}
    first = {name: list(dict.fromkeys(found)) for name, found in taken.items()}
    return Fleet(
        devices=len(names),
        events=len(names) * events,
        heard=len(heard),
        lost=sum(len(set(range(1, events + 1)) - set(found)) for found in first.values()),
        doubles=sum(len(taken[name]) - len(first[name]) for name in names),
        mixed=mixed,
        out_of_order=sum(found != sorted(found) for found in first.values()),
        online=sum(
            any(
                m.topic == Topics("inkwatch", name).availability and m.payload == b"online"
                for m in heard
            )
            for name in names
        ),
        described=sum(discovery_topic("homeassistant", name) in topics for name in names),
        answered=answered,
        all_s=round(all_s, 2),
    )


def rows(fleet: Fleet) -> list[Row]:
    """What came of it beside the targets."""
    told = f"{fleet.devices} devices, {fleet.events} events"
    return [
        none_of(f"{told}: lost", fleet.lost),
        none_of("fleet: mixed up", fleet.mixed),
        none_of("fleet: devices with events out of order", fleet.out_of_order),
        Row("fleet: doubles", str(fleet.doubles)),
        all_of("fleet: online", fleet.online, fleet.devices),
        all_of("fleet: described for Home Assistant", fleet.described, fleet.devices),
        all_of("fleet: commands answered", fleet.answered, fleet.devices),
        Row("fleet: all there after", f"{fleet.all_s:.1f} s", value=fleet.all_s),
    ]


def main() -> int:
    """Run it and print the figures; 1 where something was lost or mixed."""
    parser = options(__doc__, 600.0)
    parser.add_argument("--devices", type=int, default=200)
    parser.add_argument("--events", type=int, default=50, help="of each")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fleet = run_fleet(
            Path(folder),
            args.devices,
            args.events,
            limit_s=args.limit_s,
            chance=random.Random(args.seed),  # noqa: S311
        )
    return finish(rows(fleet), args.json)


if __name__ == "__main__":
    sys.exit(main())
