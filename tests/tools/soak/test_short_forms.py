"""Each long test of the whole daemon, in a few seconds; times are judged with room."""

import random
from pathlib import Path

import pytest
from tools.soak.ending import run_endings
from tools.soak.hostile import run_hostile
from tools.soak.hostile_commands import through_broker
from tools.soak.hostile_configs import Refused
from tools.soak.idle import measure_cpu
from tools.soak.latency import rows, run_latency
from tools.soak.mosquitto import mosquitto_program
from tools.soak.whole_device import run_day

needs_mosquitto = pytest.mark.skipif(
    mosquitto_program() is None, reason="Mosquitto is not installed: apt install mosquitto"
)


def test_each_page_that_is_shown_is_told(tmp_path: Path) -> None:
    times = run_latency(tmp_path, 1, limit_s=60, chance=random.Random(3))
    every = [took_s for page in times.values() for took_s in page]
    assert len(every) == 3
    assert max(every) < 12


def test_a_page_that_was_never_told_is_a_miss() -> None:
    found = rows({"note": [0.9, float("inf"), 1.0], "meter-card": [2.0]})
    assert [row.what.split(":")[0] for row in found if row.met is False] == [
        "still page shown, told after",
        "pages shown and not told",
    ]


def test_an_unchanged_view_is_cheap() -> None:
    row = measure_cpu(3.0, 5.0)
    assert row.value is not None
    assert 0 < row.value < 0.5


@needs_mosquitto
def test_it_ends_in_time_whenever_it_is_told_to(tmp_path: Path) -> None:
    endings = run_endings(tmp_path, 2, limit_s=120, chance=random.Random(3))
    assert (endings.good_codes, endings.whole_queues, endings.offline) == (2, 2, 2)
    assert endings.told >= 2
    assert endings.lost == 0
    assert endings.slowest_s < 8


def test_hostile_input_is_refused(tmp_path: Path) -> None:
    """All 50,000 commands, and a part of the configs."""
    found = run_hostile(tmp_path, 50_000, limit_s=8, chance=random.Random(3))
    assert (found.commands, found.obeyed) == (50_000, 0)
    assert found.faulty.tried > 500
    assert found.faulty.taken == found.damaged.unsound == 0


def test_a_config_that_is_taken_counts(tmp_path: Path) -> None:
    from tools.soak.hostile_configs import load_all

    taken = load_all(tmp_path / "config.toml", 2, float("inf"), lambda: b"watch.votes = 2")
    assert taken == Refused(tried=2, taken=2, unsound=0)


@needs_mosquitto
def test_hostile_commands_through_a_broker(tmp_path: Path) -> None:
    through = through_broker(tmp_path, 300, random.Random(3))
    assert (through.obeyed, through.answers_too_many) == (0, 0)


@needs_mosquitto
def test_a_bad_day_loses_nothing(tmp_path: Path) -> None:
    day = run_day(tmp_path, 3, 1, limit_s=150, chance=random.Random(3))
    assert (day.pages_arrived, day.told_lost, day.gaps) == (3, 0, 0)
    assert day.pages_in_order
    assert day.events_in_order
    assert day.camera_kills >= 1
    assert day.offline_after_kill_s is not None
    assert day.offline_after_hang_s is not None
    assert day.online_after_hang
    assert day.code == 0
