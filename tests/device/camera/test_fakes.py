from typing import TYPE_CHECKING

import numpy as np

from inkwatch.camera.fakes import FakeEyes, fake_view
from inkwatch.camera.faults import FaultKind
from inkwatch.camera.status import CameraState, CameraStatus

if TYPE_CHECKING:
    from inkwatch.camera.eyes import Eyes

PAGE = np.full((90, 160), 200, np.uint8)


def test_the_script_is_played_call_by_call() -> None:
    failed = CameraStatus(CameraState.FAILED, "fake", 3.0, kind=FaultKind.HUNG)
    views = [fake_view(PAGE, n, monotonic_s=float(n)) for n in range(2)]
    fake = FakeEyes([views[0], None, failed, views[1]])
    eyes: Eyes = fake
    assert eyes.newest(1.0) is views[0]
    assert eyes.newest(2.0) is None
    assert eyes.status().state is CameraState.RUNNING
    assert eyes.newest(3.0) is views[1]
    assert eyes.status() is failed
    assert eyes.newest(4.0) is None
    assert eyes.status().state is CameraState.ENDED
    eyes.slow_down(0.5)
    eyes.close()
    assert (fake.asked_s, fake.rates, fake.closed) == ([1.0, 2.0, 3.0, 4.0], [0.5], True)


def test_a_camera_that_does_not_end_stays_as_it_is() -> None:
    fake = FakeEyes([], ends=False)
    assert fake.newest(0.0) is None
    assert fake.status().state is CameraState.RUNNING


def test_a_view_has_its_time_and_its_small_picture() -> None:
    view = fake_view(np.zeros((720, 1280, 3), np.uint8), 7, monotonic_s=4.5, source="desk")
    assert view.small.shape == (180, 320)
    assert (view.number, view.frame.monotonic_s, view.frame.source) == (7, 4.5, "desk")
