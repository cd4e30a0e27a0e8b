import random

from inkwatch.publish.mqtt.backoff import LONGEST_S, QUICK_FOR_S, QUICK_S, Backoff


def pauses(*, lasting: bool, until_s: float) -> list[tuple[float, float]]:
    backoff, now_s, found = Backoff(random.Random(1)), 100.0, []
    while now_s < 100 + until_s:
        pause_s = backoff.pause(now_s, lasting=lasting)
        found.append((now_s - 100, pause_s))
        now_s += pause_s
    return found


def test_a_broker_that_was_gone_for_minutes_is_found_within_two_seconds() -> None:
    quick = [pause_s for at_s, pause_s in pauses(lasting=False, until_s=QUICK_FOR_S) if at_s < 599]
    assert max(quick) <= QUICK_S
    assert min(quick) >= 0.5
    assert len(set(quick)) == len(quick), "no jitter"


def test_pauses_grow_to_a_minute_and_no_further() -> None:
    late = [pause_s for at_s, pause_s in pauses(lasting=False, until_s=3000) if at_s > 1500]
    assert LONGEST_S / 2 <= min(late) <= max(late) <= LONGEST_S


def test_a_refused_login_is_not_hurried() -> None:
    found = pauses(lasting=True, until_s=600)
    assert len(found) < 30
    assert found[-1][1] >= LONGEST_S / 2


def test_after_a_success_it_begins_anew() -> None:
    backoff = Backoff(random.Random(1))
    for at_s in range(40):
        backoff.pause(at_s * 60.0, lasting=True)
    backoff.succeeded()
    assert backoff.pause(9999.0, lasting=True) <= 1.0
