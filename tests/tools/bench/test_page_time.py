from dataclasses import dataclass
from types import SimpleNamespace

from tools.bench.page_time import stage_times


@dataclass(frozen=True)
class Timings:
    cut_s: float = 0.1
    classify_s: float = 0.2


def test_stages_are_told_where_a_reading_has_them() -> None:
    expected = {"cut": 0.1, "classify": 0.2}
    assert stage_times(SimpleNamespace(timings=Timings())) == expected
    assert stage_times(SimpleNamespace(timings={"cut": 0.1, "classify": 0.2})) == expected
    assert stage_times(SimpleNamespace()) == {}
