from pathlib import Path

import pytest

from inkwatch import cli_jobs
from inkwatch.cli_jobs import PROCESS_BYTES, free_bytes, processes_for


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four cores, and memory for three processes."""
    monkeypatch.setattr(cli_jobs, "usable_cores", lambda: 4)
    monkeypatch.setattr(cli_jobs, "free_bytes", lambda: 3 * PROCESS_BYTES + 1)


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("pictures", "processes"), [(0, 1), (1, 1), (7, 1), (8, 2), (11, 2), (12, 3), (500, 3)]
)
def test_as_many_as_memory_allows_and_each_with_enough_to_do(pictures: int, processes: int) -> None:
    assert processes_for(pictures) == processes


@pytest.mark.usefixtures("machine")
def test_cores_are_a_limit_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_jobs, "usable_cores", lambda: 2)
    assert processes_for(500) == 2


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(("pictures", "wanted", "processes"), [(2, 2, 2), (2, 8, 2), (9, 6, 6)])
def test_what_the_user_wants_holds(pictures: int, wanted: int, processes: int) -> None:
    assert processes_for(pictures, wanted) == processes


@pytest.mark.usefixtures("machine")
def test_without_memory_one_still_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_jobs, "free_bytes", lambda: 0)
    assert processes_for(500) == 1


def test_free_memory_is_what_the_system_says(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 500000 kB\nMemAvailable:   210000 kB\n", encoding="ascii")
    assert free_bytes(meminfo) == 210000 * 1024


@pytest.mark.parametrize("says", ["", "MemAvailable:\n", "MemAvailable: much\n"])
def test_where_the_system_does_not_tell_there_is_enough_for_two(says: str, tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text(says, encoding="ascii")
    assert free_bytes(meminfo) == free_bytes(tmp_path / "none") == 2 * PROCESS_BYTES
