import numpy as np
import pytest

from inkwatch.errors import InputError
from inkwatch.frames.fake import FakeSource


def test_frames_come_in_order_with_made_up_times() -> None:
    images = [np.full((2, 3), grey, np.uint8) for grey in (1, 2)]
    source = FakeSource(images, interval_s=0.5)
    frames = list(source.frames())
    assert [frame.source for frame in frames] == ["fake#0", "fake#1"]
    assert [frame.monotonic_s for frame in frames] == [0.0, 0.5]
    assert [int(frame.image[0, 0]) for frame in frames] == [1, 2]
    assert not frames[0].time_synced


def test_it_fails_on_demand_after_its_frames() -> None:
    frames = FakeSource([np.zeros((1, 1), np.uint8)], fails_with=InputError("gone")).frames()
    next(frames)
    with pytest.raises(InputError, match="gone"):
        next(frames)
