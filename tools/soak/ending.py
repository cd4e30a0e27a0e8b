"""The daemon is told to end at random moments, also within a reading.

    python -m tools.soak.ending [--times 30] [--limit-s 300]

The real daemon with a real Mosquitto; pages change before its fake camera without a pause, so that
it reads most of the time. After each end it is judged: how long it took, the exit code, whether the
queue is whole, whether `offline` was told, whether every event that was on the console arrives.
"""

import contextlib
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from inkwatch.publish.mqtt.topics import Topics
from tools.bench.table import Row
from tools.soak.daemon import SAMPLES, Daemon, Desk
from tools.soak.heard import event_ids, said_offline
from tools.soak.mosquitto import Mosquitto
from tools.soak.observer import Observer
from tools.soak.report import all_of, finish, none_of, options, within

TARGET_S = 2.0
TOPICS = Topics("inkwatch", "desk")
_START_S = 60.0


@dataclass(frozen=True)
class Endings:
    """What came of `times` ends, each told by SIGTERM."""

    times: int
    slowest_s: float
    good_codes: int
    whole_queues: int
    offline: int
    told: int
    lost: int


def run_endings(folder: Path, times: int, *, limit_s: float, chance: random.Random) -> Endings:
    """End it so often, or as often as the time allows."""
    ends_s = time.monotonic() + limit_s
    broker = Mosquitto(folder / "broker").start()
    desk = Desk(folder, SAMPLES)
    queue = folder / "queue.db"
    config = folder / "config.toml"
    config.write_text(
        f'[device]\nid = "desk"\n[camera]\nsource = "{desk.source}"\n'
        f'[mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n[mqtt.queue]\npath = "{queue}"\n'
    )
    daemon = Daemon(config)
    took: list[float] = []
    codes: list[int] = []
    whole = offline = 0
    try:
        with Observer(broker.port) as observer:
            while len(took) < times and time.monotonic() < ends_s:
                before = len(daemon.told())
                observer.forget_topic(TOPICS.availability)
                daemon.start()
                if not daemon.wait_count(before + 1, _START_S):
                    raise TimeoutError(f"nothing was told:\n{daemon.log}")
                observer.wait_for(TOPICS.availability, b"online")
                with _restless(desk):
                    time.sleep(chance.uniform(0.0, 3.0))
                    told_s = time.monotonic()
                    daemon.signal(signal.SIGTERM)
                    codes.append(daemon.wait(20))
                    took.append(time.monotonic() - told_s)
                whole += _is_whole(queue)
                offline += said_offline(observer, TOPICS, told_s, 5.0) is not None
            # What waited when it was ended comes with the next start.
            daemon.start()
            ids = {told.form["id"] for told in daemon.told()}
            with contextlib.suppress(TimeoutError):
                observer.wait_until(lambda heard: ids <= set(event_ids(heard, TOPICS)), 30)
            lost = len(ids - set(event_ids(observer.all(), TOPICS)))
    finally:
        daemon.kill()
        broker.stop()
    return Endings(
        times=len(took),
        slowest_s=max(took, default=float("inf")),
        good_codes=codes.count(0),
        whole_queues=whole,
        offline=offline,
        told=len(ids),
        lost=lost,
    )


@contextlib.contextmanager
def _restless(desk: Desk) -> Iterator[None]:
    """Change the page again and again, just slowly enough to be read."""
    over = threading.Event()

    def change() -> None:
        number = 0
        while not over.wait(0.9):
            number = (number + 1) % len(SAMPLES)
            desk.lay(number)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _is_whole(queue: Path) -> bool:
    with contextlib.closing(sqlite3.connect(queue)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def rows(endings: Endings, times: int) -> list[Row]:
    """What came of it beside the targets."""
    return [
        all_of("told to end", endings.times, times),
        within("told to end: ended after, worst", endings.slowest_s, TARGET_S),
        all_of("told to end: exit code 0", endings.good_codes, times),
        all_of("told to end: queue whole", endings.whole_queues, times),
        all_of("told to end: offline told", endings.offline, times),
        none_of(f"told to end: of {endings.told} events on the console, lost", endings.lost),
    ]


def main() -> int:
    """Run it and print the figures; 1 where a target is missed."""
    parser = options(__doc__, 300.0)
    parser.add_argument("--times", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        endings = run_endings(Path(folder), args.times, limit_s=args.limit_s, chance=chance)
    return finish(rows(endings, args.times), args.json)


if __name__ == "__main__":
    sys.exit(main())
