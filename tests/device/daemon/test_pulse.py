import threading

from inkwatch.daemon.pulse import READING_S, STEP_S, Pulse
from inkwatch.machine.clock import FakeClock
from inkwatch.machine.notify import Notifier


class Fed(Notifier):
    def __init__(self, watchdog_s: float | None) -> None:
        super().__init__({})
        self.watchdog_s = watchdog_s
        self.fed = threading.Event()

    def watchdog(self) -> bool:
        self.fed.set()
        return True


def alive_after(pulse: Pulse, clock: FakeClock, seconds: float) -> bool:
    clock.advance(seconds)
    return pulse.alive


def test_a_loop_that_stands_still_is_not_alive() -> None:
    clock = FakeClock()
    pulse = Pulse(Fed(None), clock.monotonic_s)
    assert alive_after(pulse, clock, STEP_S - 0.1)
    assert not alive_after(pulse, clock, 0.2)
    pulse.beat()
    assert alive_after(pulse, clock, 0.0)


def test_a_reading_may_take_longer_but_not_for_ever() -> None:
    clock = FakeClock()
    pulse = Pulse(Fed(None), clock.monotonic_s)
    pulse.beat(reading=True)
    assert alive_after(pulse, clock, READING_S - 1)
    assert not alive_after(pulse, clock, 2)


def test_the_watchdog_is_fed_while_the_loop_lives_and_not_after() -> None:
    clock = FakeClock()
    fed = Fed(0.04)
    pulse = Pulse(fed, clock.monotonic_s)
    pulse.start()
    assert fed.fed.wait(10)
    clock.advance(STEP_S + 1)
    # A feed may be under way; after it there is none.
    threading.Event().wait(0.1)
    fed.fed.clear()
    assert not fed.fed.wait(0.2)
    pulse.beat()
    assert fed.fed.wait(10)
    pulse.close()


def test_without_a_watchdog_nothing_is_fed() -> None:
    fed = Fed(None)
    Pulse(fed).start()
    assert not fed.fed.wait(0.1)
