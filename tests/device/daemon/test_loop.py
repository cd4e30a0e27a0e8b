"""The loop with eyes, readers and tellers from memory."""

import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from tests.device.watch.desk import Desk, ScriptedReader, a_view

from inkwatch.camera.fakes import FakeEyes
from inkwatch.camera.faults import FaultKind
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.camera.view import View
from inkwatch.config.model import Config, HealthSection, ReadingSection
from inkwatch.daemon.cooling import Cooling
from inkwatch.daemon.daemon import run_daemon
from inkwatch.daemon.loop import Loop
from inkwatch.daemon.running import Ending, Parts
from inkwatch.daemon.stopping import Signals
from inkwatch.errors import ExitCode, InputError
from inkwatch.health import Health, QueueHealth
from inkwatch.machine.clock import FakeClock
from inkwatch.machine.notify import Notifier
from inkwatch.page_reader import HowToRead
from inkwatch.watch.event import Event, EventKind, Trigger
from inkwatch.watch.watcher import Watcher

RUNNING = CameraStatus(CameraState.RUNNING, "fake", 0.0)
FAILED = CameraStatus(
    CameraState.FAILED, "fake", 0.0, kind=FaultKind.VANISHED, message="It is gone.", mend="Plug it."
)
PAGE = Desk(page=0).picture()
OTHER = Desk(page=1).picture()


@dataclass
class Told:
    """A teller that remembers."""

    events: list[Event] = field(default_factory=list)
    cameras: list[CameraState] = field(default_factory=list)
    healths: list[Health] = field(default_factory=list)
    problems: list[tuple[str, ...]] = field(default_factory=list)
    logged: list[tuple[str, ...]] = field(default_factory=list)
    closed: int = 0

    def event(self, event: Event, jpeg: bytes | None = None) -> None:
        self.events.append(event)

    def camera(self, status: CameraStatus) -> None:
        self.cameras.append(status.state)

    def health(self, health: Health) -> None:
        self.healths.append(health)

    def problem(self, problems: tuple[str, ...], logged: Collection[str] = ()) -> None:
        self.problems.append(problems)
        self.logged.append(tuple(logged))

    def close(self, timeout_s: float) -> None:
        self.closed += 1


@dataclass
class Heard(Notifier):
    """A service manager that remembers what it was told."""

    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watchdog_s = None

    def _send(self, *assignments: str) -> bool:
        self.said += assignments
        return True


class TickingEyes(FakeEyes):
    """Lets a clock go on by a fifth of a second with each look."""

    def __init__(self, script: Iterable[View | CameraStatus | None], clock: FakeClock) -> None:
        super().__init__(script)
        self._clock = clock

    def newest(self, timeout_s: float) -> View | None:
        self._clock.advance(0.2)
        return super().newest(timeout_s)


@dataclass
class Bench:
    """All that a loop needs; `bench.run(...)` runs it over a script."""

    texts: list[str] = field(default_factory=lambda: ["milk\nbread"])
    config: Config = field(default_factory=Config)
    told: Told = field(default_factory=Told)
    heard: Heard = field(default_factory=Heard)
    clock: FakeClock = field(default_factory=FakeClock)
    temperature: Callable[[], float | None] = lambda: None

    def __post_init__(self) -> None:
        self.reader = ScriptedReader(self.texts)
        self.watcher = Watcher(self.reader, self.config.watch, HowToRead(min_confidence=0.5))

    def parts(self, script: Iterable[View | CameraStatus | None]) -> Parts:
        self.eyes = TickingEyes(script, self.clock)
        return Parts(
            self.config,
            self.eyes,
            self.watcher,
            [self.told],
            notifier=self.heard,
            clock=self.clock,
            cooling=Cooling(self.temperature),
        )

    def run(
        self, script: Iterable[View | CameraStatus | None], ending: Ending | None = None
    ) -> ExitCode:
        parts = self.parts(script)
        return run_daemon(lambda: parts, Ending() if ending is None else ending)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def views(count: int = 8, first: int = 0, picture: object = PAGE) -> list[View]:
    return [a_view(picture, number) for number in range(first, first + count)]  # type: ignore[arg-type]


def test_a_source_is_told_to_its_end(bench: Bench) -> None:
    assert bench.run(views()) is ExitCode.OK
    assert [event.reading.text for event in bench.told.events] == ["milk\nbread"]
    assert bench.told.closed == 1
    assert bench.eyes.closed


def test_memory_is_given_back_after_each_reading_and_only_then(bench: Bench) -> None:
    given: list[int] = []

    def give_back() -> bool:
        given.append(bench.watcher.counts.read)
        return True

    parts = bench.parts(views(20))
    parts.give_back = give_back
    run_daemon(lambda: parts, Ending())
    assert given == list(range(1, bench.watcher.counts.read + 1))
    assert given


def test_what_waits_for_a_vote_is_told_when_the_source_ends() -> None:
    bench = Bench(["milk?"])
    bench.run(views(3))
    assert [event.raw for event in bench.told.events] == ["milk"]


def test_once_ends_with_the_first_page(bench: Bench) -> None:
    assert bench.run(views(50), Ending(once=True)) is ExitCode.OK
    assert len(bench.told.events) == 1
    assert bench.watcher.counts.seen < 6


@dataclass
class Slow:
    """A broker that takes what waits after some looks, or never."""

    looks: int
    connected: bool = True
    reconnects: int = 0
    problems: tuple[str, ...] = ()

    @property
    def queue_health(self) -> QueueHealth:
        self.looks -= 1
        return QueueHealth(waiting=1 if self.looks > 0 else 0)


@pytest.mark.parametrize(("looks", "left"), [(8, False), (1000, True)])
def test_once_lets_the_broker_have_the_page_or_says_that_it_waits(
    bench: Bench, caplog: pytest.LogCaptureFixture, looks: int, left: bool
) -> None:
    parts = bench.parts(views(50))
    parts.link = link = Slow(looks)
    assert run_daemon(lambda: parts, Ending(once=True)) is ExitCode.OK
    assert left is ("1 reading waits for the broker" in caplog.text)
    assert link.looks <= 0 or left


def test_once_that_is_ended_before_a_page_is_no_success() -> None:
    bench = Bench([""])

    def shown() -> Iterable[View]:
        for number, view in enumerate(views(20)):
            if number == 5:
                os.kill(os.getpid(), signal.SIGTERM)
            yield view

    assert bench.run(shown(), Ending(once=True)) is ExitCode.INTERRUPTED


def test_once_without_a_page_says_so() -> None:
    bench = Bench([""])
    assert bench.run(views(20), Ending(once=True)) is ExitCode.NOTHING
    assert bench.told.events == []


def test_once_waits_no_longer_than_it_was_given() -> None:
    bench = Bench([""])
    ending = Ending(once=True, timeout_s=3.0)
    assert bench.run([*views(40), FAILED], ending) is ExitCode.NOTHING
    assert bench.watcher.counts.seen <= 16


def test_once_ends_with_a_camera_that_stays_broken(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="inkwatch")
    broken = replace(FAILED, permanent=True)
    assert bench.run([broken, None], Ending(once=True)) is ExitCode.CAMERA
    assert "tried again" not in caplog.text
    late = Ending(once=True, timeout_s=2.0)
    assert bench.run([FAILED, *[None] * 50], late) is ExitCode.CAMERA


def test_a_camera_that_fails_is_said_to_be_tried_again(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="inkwatch")
    gone = replace(FAILED, retry_in_s=2.4)
    bench.run([gone, None, gone, RUNNING, *views(2), gone, None], Ending(timeout_s=5.0))
    assert caplog.text.count("It is tried again in 2 s") == 2
    caplog.clear()
    bench.run([replace(gone, kind=FaultKind.HUNG), None], Ending(timeout_s=1.0))
    assert "tried again" not in caplog.text


@pytest.mark.parametrize("pattern", ["", "digits"])
def test_a_page_that_is_too_unsure_is_said_once(
    pattern: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="inkwatch")
    bench = Bench(["milk"], Config(reading=ReadingSection(pattern=pattern)))
    bench.reader.confidence = 0.1
    bench.run([*views(), *views(8, 8, OTHER)])
    assert bench.told.events == []
    assert bench.watcher.counts.read > 1
    fits = " or fits the pattern" if pattern else ""
    said = f"The view was read, but nothing on it is sure enough{fits}."
    assert [message for message in caplog.messages if "sure enough" in message] == [said]


@pytest.mark.parametrize("pattern", ["", "digits"])
def test_once_without_a_page_names_a_pattern_that_may_be_to_blame(
    pattern: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = Bench(["milk"], Config(reading=ReadingSection(pattern=pattern)))
    bench.reader.confidence = 0.1
    assert bench.run([*views()], Ending(once=True, timeout_s=2.0)) is ExitCode.NOTHING
    fits = "sure enough or fits the pattern" if pattern else "sure enough"
    assert f" read without writing that is {fits}" in caplog.text
    assert ("pattern" in caplog.text) == bool(pattern)


def test_the_end_tells_what_became_of_the_views(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="inkwatch")
    bench.run(views())
    assert caplog.messages[-1].startswith("8 views seen, 1 read, 1 told; passed over: ")
    caplog.clear()
    Bench().run(views(), Ending(once=True))
    assert "views seen" not in caplog.text


def test_a_camera_that_fails_and_comes_back_is_told(bench: Bench) -> None:
    bench.run([RUNNING, *views(3), FAILED, *[None] * 10, RUNNING, *views(10, 20)])
    assert bench.told.cameras == [
        CameraState.RUNNING,
        CameraState.FAILED,
        CameraState.RUNNING,
        CameraState.ENDED,
    ]
    assert ("It is gone. Plug it.",) in bench.told.problems
    assert bench.told.problems[-1] == ()
    assert len(bench.told.events) == 1


def test_that_all_is_well_is_told_once(bench: Bench) -> None:
    """A broker may keep a problem from before; what was never told is unknown."""
    bench.run(views(40))
    assert bench.told.problems == [()]


def test_it_is_ready_only_when_the_camera_runs(bench: Bench) -> None:
    starting = CameraStatus(CameraState.STARTING, "", 0.0)
    bench.run([starting, None, None, RUNNING, *views(3)])
    said = bench.heard.said
    ready = said.index("READY=1")
    assert [line.partition("=")[0] for line in said[:ready]] == ["EXTEND_TIMEOUT_USEC"] * 2
    assert said.count("READY=1") == 1
    assert said[-1] == "STOPPING=1"


def test_health_is_told_every_so_often() -> None:
    bench = Bench(config=Config(health=HealthSection(every_s=2.0)))
    bench.run(views(25))
    assert 2 <= len(bench.told.healths) <= 4
    last = bench.told.healths[-1]
    assert last.seen > 15
    assert (last.read, last.told) == (1, 1)
    assert last.skipped["unchanged"] > 10
    assert last.stage_ms == {"ink": 100.0}
    assert any(line.startswith("STATUS=Watching through fake; ") for line in bench.heard.said)


def test_a_hot_processor_is_spared_until_it_is_cooler() -> None:
    degrees = iter([70.0, 82.0, 77.0, 74.0, 74.0, 74.0])
    bench = Bench(temperature=lambda: next(degrees))
    bench.run(views(200))
    assert bench.eyes.rates == [1.0, 5.0]
    (hot,) = [told for told in bench.told.problems if told]
    assert "above 80 degrees" in hot[0]
    assert bench.told.problems[-1] == ()


def test_a_view_that_cannot_be_read_is_a_problem_and_the_next_is_read(bench: Bench) -> None:
    bench.reader.fails_with = InputError("the region lies outside the picture.")
    parts = bench.parts([*views(10)])

    def obey(loop: Loop, view: View | None, event: Event | None) -> None:
        if bench.watcher.counts.seen == 10:
            bench.reader.fails_with = None

    parts.obey = obey
    parts.eyes = TickingEyes([*views(10), *views(10, 10, OTHER)], bench.clock)
    assert run_daemon(lambda: parts, Ending()) is ExitCode.OK
    assert ("the region lies outside the picture.",) in bench.told.problems
    assert len(bench.told.events) == 1
    assert bench.told.problems[-1] == ()


def test_faults_of_our_own_are_a_problem_first_and_an_end_at_last(bench: Bench) -> None:
    bench.reader.fails_with = RuntimeError("a bug")
    bench.run(views(10))
    assert any("a bug" in problem for told in bench.told.problems for problem in told)
    always = Bench()
    always.reader.fails_with = RuntimeError("a bug")
    shown = [v for n in range(20) for v in views(6, 6 * n, OTHER if n % 2 else PAGE)]
    with pytest.raises(RuntimeError, match="a bug"):
        always.run(shown)
    assert always.told.closed == 1


def test_the_clock_may_jump_by_years(bench: Bench) -> None:
    from datetime import timedelta

    script: list[View | None] = list(views(10))

    def jumping() -> Iterable[View | None]:
        for number, view in enumerate(script):
            bench.clock.jump(timedelta(days=3650 if number % 2 else -3650))
            yield view

    assert bench.run(jumping()) is ExitCode.OK
    assert len(bench.told.events) == 1
    assert len(bench.told.healths) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_within_a_reading(bench: Bench, number: signal.Signals) -> None:
    """The reading here would take a minute."""
    began = threading.Event()

    def slow(*_: object, **__: object) -> None:
        began.set()
        deadline_s = time.monotonic() + 60
        while time.monotonic() < deadline_s:
            time.sleep(0.01)

    bench.reader.read = slow  # type: ignore[assignment]

    def kill() -> None:
        assert began.wait(30)
        os.kill(os.getpid(), number)

    killer = threading.Thread(target=kill)
    killer.start()
    began_s = time.monotonic()
    assert bench.run(views(20)) is ExitCode.OK
    killer.join()
    assert time.monotonic() - began_s < 20
    assert bench.told.closed == 1
    assert signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}


def test_sigusr1_has_the_page_read_again(bench: Bench) -> None:
    def shown() -> Iterable[View]:
        for number, view in enumerate(views(20)):
            if number == 10:
                os.kill(os.getpid(), signal.SIGUSR1)
            yield view

    bench.run(shown())
    assert [event.trigger for event in bench.told.events] == [Trigger.SEEN, Trigger.SIGNAL]
    assert bench.told.events[1].kind is EventKind.UNCHANGED


def test_sighup_calls_for_the_config(bench: Bench) -> None:
    reloads: list[Loop] = []

    def shown() -> Iterable[View]:
        for number, view in enumerate(views(10)):
            if number == 5:
                os.kill(os.getpid(), signal.SIGHUP)
            yield view

    parts = bench.parts(shown())
    parts.reload = reloads.append
    run_daemon(lambda: parts, Ending())
    assert len(reloads) == 1
    assert "RELOADING=1" in bench.heard.said


def test_a_teller_that_comes_with_a_new_config_is_told_how_things_are(bench: Bench) -> None:
    newcomer = Told()

    def shown() -> Iterable[View | CameraStatus | None]:
        yield from (RUNNING, *views(3), FAILED, *[None] * 20)
        os.kill(os.getpid(), signal.SIGHUP)
        yield from [None] * 5

    def reload(loop: Loop) -> None:
        loop.parts.tellers = [newcomer]

    parts = bench.parts(shown())
    parts.reload = reload
    run_daemon(lambda: parts, Ending())
    assert newcomer.cameras[0] is CameraState.FAILED
    assert newcomer.problems[0] == ("It is gone. Plug it.",)


def test_tellers_know_which_problems_the_link_has_logged(bench: Bench) -> None:
    parts = bench.parts([FAILED, *views(3)])
    parts.link = Slow(0, problems=("It refuses.",))
    run_daemon(lambda: parts, Ending())
    assert bench.told.problems[0] == ("It is gone. Plug it.", "It refuses.")
    assert bench.told.logged[0] == ("It refuses.",)


@pytest.mark.parametrize(("every_s", "healths"), [(60.0, 1), (30.0, 2)])
def test_only_what_a_new_config_changes_is_told_again(
    bench: Bench, every_s: float, healths: int
) -> None:
    def shown() -> Iterable[View | CameraStatus | None]:
        yield RUNNING
        yield from views(10)
        os.kill(os.getpid(), signal.SIGHUP)
        yield from views(20, 10)

    def reload(loop: Loop) -> None:
        # A wrong config changes nothing; a right one that changes nothing else makes a new list.
        loop.parts.tellers = list(loop.parts.tellers)
        loop.parts.config = Config(health=HealthSection(every_s=every_s))

    parts = bench.parts(shown())
    parts.reload = reload
    run_daemon(lambda: parts, Ending())
    assert bench.told.cameras == [CameraState.RUNNING, CameraState.ENDED]
    assert bench.told.problems == [()]
    assert len(bench.told.healths) == healths


def test_sighup_before_the_camera_runs_makes_nothing_ready(bench: Bench) -> None:
    early: list[str] = []

    def shown() -> Iterable[View | CameraStatus | None]:
        yield CameraStatus(CameraState.STARTING, "", 0.0)
        yield None
        os.kill(os.getpid(), signal.SIGHUP)
        yield None
        yield None
        early.extend(bench.heard.said)
        yield CameraStatus(CameraState.RUNNING, "fake", 0.0)
        yield from views(3)

    parts = bench.parts(shown())
    reloads: list[Loop] = []
    parts.reload = reloads.append
    run_daemon(lambda: parts, Ending())
    assert len(reloads) == 1
    assert not {"READY=1", "RELOADING=1"} & set(early)
    assert "READY=1" in bench.heard.said


def test_the_second_stage_says_goodbye_and_ends_the_process() -> None:
    """Native code that does not come back: the main thread never gets to Python."""
    ended: list[int] = []
    said: list[str] = []
    over = threading.Event()

    def end(code: int) -> None:
        ended.append(code)
        over.set()

    with Signals(lambda: said.append("goodbye"), end) as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        assert over.wait(10)
        assert signals.stop
    assert (said, ended) == (["goodbye"], [0])


def test_an_end_in_time_needs_no_second_stage() -> None:
    ended: list[int] = []
    with Signals(lambda: None, ended.append):
        os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(1.5)
    assert ended == []


def test_the_parts_that_were_opened_are_closed_where_the_loop_fails(
    bench: Bench, tmp_path: Path
) -> None:
    def broken(*_: object) -> None:
        raise BrokenPipeError

    bench.told.event = broken  # type: ignore[method-assign, assignment]
    with pytest.raises(BrokenPipeError):
        bench.run(views(10))
    assert bench.eyes.closed
