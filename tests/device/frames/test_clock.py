import time
from datetime import UTC, datetime

import numpy as np
import pytest

from inkwatch.frames import _clock


@pytest.mark.parametrize("synced", [True, False])
def test_a_stamp_is_of_now_and_says_whether_to_believe_it(
    synced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_clock, "clock_is_synced", lambda: synced)
    before, before_s = datetime.now(UTC), time.monotonic()
    frame = _clock.stamp(np.zeros((1, 1), np.uint8), "x")
    assert before <= frame.wall_time <= datetime.now(UTC)
    assert before_s <= frame.monotonic_s <= time.monotonic()
    assert frame.time_synced is synced
