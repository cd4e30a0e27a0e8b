from pathlib import Path

import pytest
from tools.soak.camera_cost import measure
from tools.soak.camera_cycles import Cycles, Held, run_cycles

from inkwatch.config.model import CameraSection


def test_a_few_cycles_are_told_and_recovered_from(tmp_path: Path) -> None:
    cycles = run_cycles(tmp_path, 4, 4, limit_s=120, good_s=0.5)
    assert (cycles.done, cycles.never) == (4, 0)
    # With room: this runs beside other tests. The soak itself holds the targets.
    assert cycles.told_s < 20
    assert cycles.recovered_s < 40
    assert cycles.last.threads <= cycles.first.threads
    assert cycles.last.descriptors <= cycles.first.descriptors


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({"told_s": 5.1}, "camera fault: told after, worst"),
        ({"recovered_s": 10.1}, "camera back: seen after, worst"),
        ({"never": 1}, "camera faults told and recovered from"),
        ({"last": Held(2, 10, 10**7)}, "camera faults: more threads"),
        ({"last": Held(1, 11, 10**7)}, "camera faults: more descriptors"),
        ({"last": Held(1, 10, 10**7 + 2_000_000)}, "camera faults: more memory"),
    ],
)
def test_each_target_can_be_missed(change: dict[str, object], missed: str) -> None:
    good = {
        "done": 300,
        "told_s": 3.4,
        "told_median_s": 3.0,
        "recovered_s": 6.0,
        "recovered_median_s": 3.0,
        "never": 0,
        "first": Held(1, 10, 10**7),
        "last": Held(1, 10, 10**7),
    }
    assert all(row.met is not False for row in Cycles(**good).rows())  # type: ignore[arg-type]
    rows = Cycles(**(good | change)).rows()  # type: ignore[arg-type]
    assert [row.what for row in rows if row.met is False] == [missed]


def test_the_cost_is_of_both_processes() -> None:
    cost = measure(CameraSection(source="fake:", width_px=320, height_px=240, rate_hz=20.0), 1.0)
    assert cost.views > 2
    assert cost.camera_pss_bytes > 5_000_000
    assert cost.keeper_pss_bytes > 5_000_000
    assert cost.camera_cpu >= 0
