import itertools

from inkwatch.camera.pauses import LONGEST_S, Pauses

MIDDLE = 0.5


def outage(pauses: Pauses, for_s: float, start_s: float = 0.0) -> list[float]:
    """The pauses of a camera that fails at once whenever it is started."""
    given = []
    now_s = start_s
    while now_s < start_s + for_s:
        given.append(pauses.next_s(now_s, permanent=False))
        now_s += given[-1]
    return given


def test_pauses_grow_from_two_seconds_to_sixty() -> None:
    given = outage(Pauses(lambda: MIDDLE), 3600)
    assert given[0] == 2.0
    assert all(a <= b for a, b in itertools.pairwise(given))
    assert given[-1] == LONGEST_S


def test_they_stay_short_for_five_minutes_so_that_a_camera_is_seen_again_soon() -> None:
    assert max(outage(Pauses(lambda: 1.0), 299)) < 3


def test_a_permanent_fault_waits_longest_and_does_not_forget_the_rest() -> None:
    pauses = Pauses(lambda: MIDDLE)
    assert pauses.next_s(0.0, permanent=True) == LONGEST_S
    assert pauses.next_s(60.0, permanent=False) < 5


def test_devices_that_lost_power_together_do_not_start_together() -> None:
    assert Pauses(lambda: 0.0).next_s(0.0, permanent=False) == 1.8
    assert Pauses(lambda: 1.0).next_s(0.0, permanent=False) == 2.2


def test_a_camera_that_ran_for_seconds_is_not_held_back_for_what_was_before() -> None:
    pauses = Pauses(lambda: MIDDLE)
    outage(pauses, 3600)
    pauses.ran(6.0)
    assert pauses.next_s(4000.0, permanent=False) == 2.5


def test_after_a_minute_the_first_pause_is_short_again() -> None:
    pauses = Pauses(lambda: MIDDLE)
    outage(pauses, 3600)
    pauses.ran(60.0)
    assert pauses.next_s(4000.0, permanent=False) == 2.0


def test_a_camera_that_fails_soon_after_each_start_waits_ever_longer() -> None:
    pauses = Pauses(lambda: MIDDLE)
    now_s = 0.0
    for _ in range(100):
        last_s = pauses.next_s(now_s, permanent=False)
        pauses.ran(3.0)
        now_s += last_s + 3.0
    assert last_s == LONGEST_S
