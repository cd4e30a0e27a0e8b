"""The gate over glances that were made up, and over any at all."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.watch.counts import Skip
from inkwatch.watch.gate import (
    ASKED_WAIT_S,
    FOCUS_WAIT_S,
    MOTION_SHARE,
    Gate,
    GateRules,
    Read,
)
from inkwatch.watch.glance import Glance

STILL = Glance(motion=0.0, change=0.0, sharpness=1.0, brightness=120.0)
NEW = Glance(motion=0.0, change=0.3, sharpness=1.0, brightness=120.0)
MOVING = Glance(motion=0.2, change=0.3, sharpness=1.0, brightness=120.0)
BLURRED = Glance(motion=0.0, change=0.3, sharpness=0.2, brightness=120.0)
DARK = Glance(motion=0.0, change=0.3, sharpness=None, brightness=3.0)
STEP_S = 0.2


def verdicts(
    gate: Gate, glances: Sequence[Glance], *, news: bool = True, sure: bool = True
) -> list[Read | Skip]:
    """Show a gate views five times a second; after a reading nothing differs from it."""
    found: list[Read | Skip] = []
    was_read = False
    for number, glance in enumerate(glances):
        now_s = number * STEP_S
        shown = glance
        if was_read and glance is NEW:
            shown = STILL
        verdict = gate.step(shown, now_s)
        found.append(verdict)
        if isinstance(verdict, Read):
            gate.was_read(now_s, shown, news=news, sure=sure)
            was_read = True
        if glance is MOVING:
            was_read = False
    return found


def test_a_page_that_comes_to_rest_is_read_once() -> None:
    found = verdicts(Gate(GateRules(settle_s=0.4)), [MOVING] * 3 + [NEW] * 6)
    assert found[:3] == [Skip.MOVING] * 3
    # Still since the last view that moved, which shows the page where it lies.
    assert found[3:6] == [Skip.SETTLING, Read(), Skip.UNCHANGED]
    assert set(found[6:]) == {Skip.UNCHANGED}


def test_what_is_smaller_than_the_change_share_is_passed_over() -> None:
    gate = Gate(GateRules(change_share=0.01))
    small = Glance(0.0, 0.009, 1.0, 120.0)
    assert Read() not in verdicts(gate, [small] * 10)


def test_a_change_without_motion_is_read() -> None:
    gate = Gate(GateRules())
    assert Read() in verdicts(gate, [STILL] * 5 + [NEW])


def test_the_dark_is_not_read() -> None:
    assert set(verdicts(Gate(GateRules()), [DARK] * 30)) == {Skip.DARK}


def test_a_blurred_view_waits_for_focus_and_is_read_then() -> None:
    found = verdicts(Gate(GateRules()), [MOVING, *[BLURRED] * 8, *[NEW] * 4])
    assert found[3:9] == [Skip.BLURRED] * 6
    # Sharper than just before: the focus may not have come to its end.
    assert found[9:11] == [Skip.BLURRED, Read()]


def test_a_view_that_stays_blurred_is_read_once_and_that_is_said() -> None:
    gate = Gate(GateRules())
    found = [gate.step(MOVING, 0.0)]
    for number in range(1, 40):
        unread = Read(blurred=True) not in found
        glance = BLURRED if unread else Glance(0.0, 0.0, 0.2, 120.0)
        found.append(gate.step(glance, number * STEP_S))
        if isinstance(found[-1], Read):
            gate.was_read(number * STEP_S, glance, news=True, sure=False)
    at = found.index(Read(blurred=True))
    assert at * STEP_S == pytest.approx(FOCUS_WAIT_S + 0.4, abs=0.3)
    assert set(found[at + 1 :]) == {Skip.UNCHANGED}


def test_what_was_read_blurred_is_read_again_when_it_is_sharp() -> None:
    gate = Gate(GateRules())
    blurred = Glance(0.0, 0.0, 0.2, 120.0)
    gate.step(MOVING, 0.0)
    gate.was_read(0.0, blurred, news=False, sure=False)
    found = verdicts(gate, [blurred] * 5 + [STILL] * 4)
    assert found[:5] == [Skip.SETTLING, Skip.SETTLING, *[Skip.UNCHANGED] * 3]
    assert found[5:] == [Skip.BLURRED, Read(), Skip.UNCHANGED, Skip.UNCHANGED]


def test_large_letters_that_were_read_surely_are_sharp_enough_from_then_on() -> None:
    gate = Gate(GateRules())
    soft = Glance(0.0, 0.3, 0.3, 120.0)
    first = verdicts(gate, [MOVING, *[soft] * 20])
    assert Read(blurred=True) in first
    later = [gate.step(glance, 10 + STEP_S * n) for n, glance in enumerate([MOVING, *[soft] * 3])]
    assert later == [Skip.MOVING, Skip.SETTLING, Read(), Read()]


def test_what_is_asked_for_is_read_though_nothing_changed() -> None:
    gate = Gate(GateRules())
    verdicts(gate, [STILL] * 5)
    gate.ask(1.0)
    assert gate.step(STILL, 1.0) == Read(asked=True)
    assert gate.step(STILL, 1.2) is Skip.UNCHANGED


def test_what_is_asked_for_waits_for_rest_but_not_for_ever() -> None:
    gate = Gate(GateRules())
    gate.ask(0.0)
    found = [gate.step(MOVING, n * STEP_S) for n in range(20)]
    assert found.index(Read(asked=True)) * STEP_S == pytest.approx(ASKED_WAIT_S, abs=0.3)
    assert found.count(Skip.MOVING) == 19


def test_what_changes_without_news_is_read_ever_less_often() -> None:
    gate = Gate(GateRules())
    reads = []
    for number in range(600):
        verdict = gate.step(Glance(0.003, 0.003, 1.0, 120.0), number * STEP_S)
        if isinstance(verdict, Read):
            gate.was_read(number * STEP_S, NEW, news=False, sure=True)
            reads.append(number * STEP_S)
    assert 4 < len(reads) < 12
    gaps = [later - sooner for sooner, later in pairwise(reads)]
    assert gaps == sorted(gaps)
    # Whatever moves ends the pause.
    gate.step(MOVING, 120.0)
    found = [gate.step(NEW, 120.2 + n * STEP_S) for n in range(4)]
    assert Read() in found


glances = st.builds(
    Glance,
    motion=st.sampled_from([0.0, MOTION_SHARE, 0.02, 1.0]),
    change=st.sampled_from([0.0, 0.001, 0.002, 0.5, 1.0]),
    sharpness=st.none() | st.floats(0, 3),
    brightness=st.floats(0, 255),
)
steps = st.floats(0.01, 3.0)


@given(st.lists(st.tuples(glances, steps), max_size=60))
def test_nothing_that_moves_or_did_not_change_is_read_unasked(
    shown: list[tuple[Glance, float]],
) -> None:
    gate = Gate(GateRules())
    now_s, read_blurred = 0.0, False
    for glance, step_s in shown:
        now_s += step_s
        verdict = gate.step(glance, now_s)
        if isinstance(verdict, Read):
            assert glance.motion <= MOTION_SHARE
            assert glance.brightness >= 12
            assert glance.change >= 0.002 or read_blurred
            assert not verdict.asked
            read_blurred = verdict.blurred
            gate.was_read(now_s, glance, news=True, sure=False)


@given(
    before=st.lists(st.tuples(glances, steps), max_size=30),
    sharpness=st.floats(0, 3),
    news=st.booleans(),
    sure=st.booleans(),
)
def test_whatever_came_before_a_still_page_is_read_in_time(
    before: list[tuple[Glance, float]], sharpness: float, *, news: bool, sure: bool
) -> None:
    gate = Gate(GateRules(settle_s=0.4))
    now_s = 0.0
    for glance, step_s in before:
        now_s += step_s
        if isinstance(gate.step(glance, now_s), Read):
            gate.was_read(now_s, glance, news=news, sure=sure)
    gate.step(MOVING, now_s + STEP_S)
    page = Glance(0.0, 0.3, sharpness, 120.0)
    shown_s = now_s + STEP_S
    for number in range(1, 30):
        at_s = shown_s + number * STEP_S
        if isinstance(gate.step(page, at_s), Read):
            assert at_s - shown_s <= 0.4 + FOCUS_WAIT_S + 2 * STEP_S
            break
    else:
        pytest.fail("the page was never read")


@given(st.lists(st.tuples(glances, steps), max_size=40), st.integers(0, 20))
def test_what_is_asked_for_comes_in_time_whatever_is_seen(
    shown: list[tuple[Glance, float]], asked_at: int
) -> None:
    gate = Gate(GateRules())
    now_s, asked_s = 0.0, None
    for number, (glance, step_s) in enumerate(shown):
        if number == asked_at:
            asked_s = now_s
            gate.ask(now_s)
        last_s, now_s = now_s, now_s + step_s
        verdict = gate.step(glance, now_s)
        if isinstance(verdict, Read):
            gate.was_read(now_s, glance, news=False, sure=False)
            if verdict.asked:
                asked_s = None
        if asked_s is not None:
            assert last_s - asked_s < ASKED_WAIT_S
