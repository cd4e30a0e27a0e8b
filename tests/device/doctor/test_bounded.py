import threading
import time

from inkwatch.doctor.bounded import bounded
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.errors import ConfigError

FINE = Finding("x", Grade.OK, "fine")


def test_what_a_check_finds_is_given() -> None:
    assert bounded("x", lambda: [FINE, FINE], 5.0) == [FINE, FINE]


def test_an_error_for_the_user_is_a_fault_in_its_own_words() -> None:
    def check() -> list[Finding]:
        raise ConfigError("line 3 is wrong")

    assert bounded("config", check, 5.0) == [Finding("config", Grade.FAULT, "line 3 is wrong")]


def test_a_broken_check_is_told_without_its_words() -> None:
    def check() -> list[Finding]:
        raise ValueError("hunter2")

    (found,) = bounded("x", check, 5.0)
    assert found.grade is Grade.WARNING
    assert "ValueError" in found.message
    assert "hunter2" not in found.message


def test_a_check_that_hangs_is_left_behind() -> None:
    over = threading.Event()
    started = time.monotonic()
    (found,) = bounded("x", lambda: [] if over.wait(60) else [FINE], 0.2)
    assert time.monotonic() - started < 20
    assert found.grade is Grade.WARNING
    assert "within" in found.message
    over.set()
