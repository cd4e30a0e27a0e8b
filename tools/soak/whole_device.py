"""A whole device's bad day: the broker goes, pages come, everything is killed, the broker returns.

    python -m tools.soak.whole_device [--pages 30] [--kills 3] [--limit-s 600]

The real daemon with a real Mosquitto watches a folder into which pages are dropped; a page is taken
away once it stands on the console. While the broker is away the daemon and its camera's process are
killed with SIGKILL at random moments, and the daemon is started again. Afterwards it is killed once
more while connected, and once it is stopped as a program that hangs, which the broker must notice.
"""

import contextlib
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from inkwatch.publish.mqtt.topics import Topics, discovery_topic
from tools.bench.table import Row
from tools.soak.daemon import Daemon, Told
from tools.soak.heard import event_ids, first_events, said_offline
from tools.soak.mosquitto import Mosquitto
from tools.soak.observer import Heard, Observer
from tools.soak.pages import draw_page
from tools.soak.report import all_of, finish, holds, none_of, options, within

TOPICS = Topics("inkwatch", "desk")
KEEPALIVE_S = 5
_START_S = 60.0
_STATES = frozenset(
    {TOPICS.availability, TOPICS.camera, TOPICS.problem, TOPICS.reading,
     discovery_topic("homeassistant", "desk")}
)  # fmt: skip


@dataclass(frozen=True)
class Day:
    """What came of it. Times are seconds; None where it did not happen."""

    pages: int
    pages_arrived: int
    pages_in_order: bool
    told: int
    told_lost: int
    events_in_order: bool
    gaps: int
    kills: int
    camera_kills: int
    states_s: float | None
    all_s: float | None
    offline_after_kill_s: float | None
    offline_after_hang_s: float | None
    online_after_hang: bool
    code: int


class Device:
    """The daemon, its folder, and the hand that drops pages and takes read ones away."""

    def __init__(self, folder: Path, port: int) -> None:
        self.pages = folder / "pages"
        self.pages.mkdir()
        config = folder / "config.toml"
        config.write_text(
            f'[device]\nid = "desk"\n[camera]\nsource = "{self.pages}"\n'
            "[reading]\nrotation = 0\n"
            f'[mqtt]\nhost = "127.0.0.1"\nport = {port}\nkeepalive_s = {KEEPALIVE_S}\n'
            f'[mqtt.queue]\npath = "{folder / "queue.db"}"\n'
        )
        self.daemon = Daemon(config)
        self.dropped: list[str] = []

    def drop(self) -> None:
        """Drop the next page into the folder."""
        number = len(self.dropped)
        name = f"page-{number:03}.png"
        written = self.pages / f".{name}"
        written.write_bytes(draw_page(number))
        written.rename(self.pages / name)
        self.dropped.append(str(self.pages / name))

    def clear_told(self) -> None:
        """Take away what stands on the console; what does not is shown again after a restart."""
        for told in self.daemon.told():
            with contextlib.suppress(FileNotFoundError):
                Path(told.form["source"]).unlink()

    def all_told(self, told: Sequence[Told]) -> bool:
        """Whether every page was told at least once."""
        return set(self.dropped) <= {line.form["source"] for line in told}


def run_day(folder: Path, pages: int, kills: int, *, limit_s: float, chance: random.Random) -> Day:
    """Run it once.

    Raises:
        TimeoutError: pages are not told in time, or the device does not come up.
    """
    ends_s = time.monotonic() + limit_s

    def left_s(most_s: float = float("inf")) -> float:
        return max(0.1, min(ends_s - time.monotonic(), most_s))

    broker = Mosquitto(folder / "broker").start()
    device = Device(folder, broker.port)
    daemon = device.daemon
    try:
        with Observer(broker.port) as observer:
            daemon.start()
            observer.wait_for(TOPICS.availability, b"online", left_s(_START_S))
            broker.stop()
            observer.forget()
            camera_kills = _bad_hours(device, pages, kills, ends_s, chance)
            if not daemon.wait_told(device.all_told, left_s()):
                told = {line.form["source"] for line in daemon.told()}
                left = [name for name in device.dropped if name not in told]
                raise TimeoutError(f"pages were not told: {left}\n{daemon.log}")
            broker.start()
            back_s = time.monotonic()
            wanted = {line.form["id"] for line in daemon.told()}
            states_s = _when(
                observer, lambda heard: {h.topic for h in heard} >= _STATES, back_s, left_s(60)
            )
            all_s = _when(
                observer, lambda heard: set(event_ids(heard, TOPICS)) >= wanted, back_s, left_s(60)
            )

            killed_s = time.monotonic()
            daemon.kill()
            offline_s = said_offline(observer, TOPICS, killed_s, left_s(20))
            observer.forget_topic(TOPICS.availability)
            daemon.start()
            observer.wait_for(TOPICS.availability, b"online", left_s(_START_S))

            observer.forget_topic(TOPICS.availability)
            daemon.signal(signal.SIGSTOP)
            hung_s = time.monotonic()
            hang_s = said_offline(observer, TOPICS, hung_s, left_s(10 * KEEPALIVE_S))
            observer.forget_topic(TOPICS.availability)
            daemon.signal(signal.SIGCONT)
            with contextlib.suppress(TimeoutError):
                observer.wait_for(TOPICS.availability, b"online", left_s(30))
            online = bool(observer.all(TOPICS.availability))
            daemon.signal(signal.SIGTERM)
            code = daemon.wait(20)
            events = first_events(observer.all(), TOPICS)
    finally:
        daemon.kill()
        broker.stop()
    sources = list(dict.fromkeys(event["source"] for event in events))
    arrived = [name for name in device.dropped if name in sources]
    numbers = [int(str(event["sequence"])) for event in events]
    return Day(
        pages=len(device.dropped),
        pages_arrived=len(arrived),
        pages_in_order=[name for name in sources if name in device.dropped] == arrived,
        told=len(wanted),
        told_lost=len(wanted - {str(event["id"]) for event in events}),
        events_in_order=numbers == sorted(numbers),
        gaps=sum(later - one - 1 for one, later in pairwise(numbers)),
        kills=kills,
        camera_kills=camera_kills,
        states_s=states_s,
        all_s=all_s,
        offline_after_kill_s=offline_s,
        offline_after_hang_s=hang_s,
        online_after_hang=online,
        code=code,
    )


def _bad_hours(device: Device, pages: int, kills: int, ends_s: float, chance: random.Random) -> int:
    """Drop pages while daemon and camera are killed; gives how often the camera was."""
    daemon = device.daemon
    moments = sorted(chance.sample(range(1, pages + 1), kills))
    camera_moments = set(chance.sample(range(1, pages + 1), kills))
    camera_kills = 0
    for number in range(1, pages + 1):
        device.drop()
        # Some come faster than they are read, so that there is always something under way.
        time.sleep(chance.uniform(0.5, 3.5))
        device.clear_told()
        if number in moments:
            daemon.kill()
            device.clear_told()
            daemon.start()
        if number in camera_moments:
            for pid in _camera_of(daemon, ends_s):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    camera_kills += 1
    return camera_kills


def _camera_of(daemon: Daemon, ends_s: float) -> list[int]:
    while not (found := daemon.children()) and time.monotonic() < ends_s:
        time.sleep(0.05)
    return found


def _when(
    observer: Observer, holds_of: Callable[[list[Heard]], bool], since_s: float, timeout_s: float
) -> float | None:
    try:
        return observer.wait_until(holds_of, timeout_s) - since_s
    except TimeoutError:
        return None


def rows(day: Day) -> list[Row]:
    """What came of it beside the targets."""
    never = float("inf")

    def seen(value: float | None) -> float:
        return never if value is None else value

    return [
        all_of("bad day: pages whose event arrived", day.pages_arrived, day.pages),
        holds("bad day: pages in order", kept=day.pages_in_order),
        none_of(f"bad day: of {day.told} events on the console, lost", day.told_lost),
        holds("bad day: events in order", kept=day.events_in_order),
        none_of("bad day: numbers left out", day.gaps),
        Row("bad day: kills of daemon, of camera", f"{day.kills + 1}, {day.camera_kills}"),
        within("bad day: broker back, all states told after", seen(day.states_s), 5),
        within("bad day: broker back, all events there after", seen(day.all_s), 60),
        within("daemon killed: offline seen after", seen(day.offline_after_kill_s), 1),
        within(
            f"daemon hangs, keepalive {KEEPALIVE_S} s: offline seen after",
            seen(day.offline_after_hang_s),
            2 * KEEPALIVE_S + 1,
        ),
        holds("daemon goes on after hanging: online again", kept=day.online_after_hang),
        all_of("bad day: exit code at the end", day.code, 0),
    ]


def main() -> int:
    """Run it and print the figures; 1 where a target is missed."""
    parser = options(__doc__, 600.0)
    parser.add_argument("--pages", type=int, default=30)
    parser.add_argument("--kills", type=int, default=3, help="of the daemon, and of its camera")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        day = run_day(Path(folder), args.pages, args.kills, limit_s=args.limit_s, chance=chance)
    return finish(rows(day), args.json)


if __name__ == "__main__":
    sys.exit(main())
