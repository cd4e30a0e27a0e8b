import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from inkwatch.camera.shared_frames import SharedFrames
from inkwatch.camera.view import View
from inkwatch.frames.frame import Frame, Image

# Publishes views that hold their own number throughout, as fast as it can.
WRITER = """
import sys
import numpy as np
from datetime import UTC, datetime
from inkwatch.camera.shared_frames import SharedFrames
from inkwatch.camera.view import View
from inkwatch.frames.frame import Frame
views = SharedFrames(int(sys.argv[2]), int(sys.argv[1]))
number = 0
while True:
    number += 1
    value = number % 251
    image = np.full((300 + number % 7, 400), value, np.uint8)
    frame = Frame(image, f"writer {value}", float(number), datetime.now(UTC), False)
    views.publish(View(frame, image[:10, :20], number))
"""


def view(image: Image, number: int = 0, source: str = "a camera") -> View:
    frame = Frame(image, source, 12.5, datetime(2031, 2, 3, 4, 5, 6, 789, tzinfo=UTC), True)
    return View(frame, np.ascontiguousarray(image[:4, :6].reshape(4, -1)[:, :6]), number)


@pytest.fixture
def views() -> Iterator[SharedFrames]:
    made = SharedFrames(640 * 480)
    yield made
    made.close()


@pytest.mark.parametrize("shape", [(480, 640), (480, 640, 3), (7, 11), (33, 21, 3)])
def test_a_view_comes_out_as_it_went_in(views: SharedFrames, shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    sent = view(image, 41, "Kamera 0 äöü \udcff")
    assert views.publish(sent)
    got = views.newest()
    assert got is not None
    np.testing.assert_array_equal(got.frame.image, image)
    np.testing.assert_array_equal(got.small, sent.small)
    assert got.number == 41
    assert got.frame.source == "Kamera 0 äöü \\udcff"
    assert got.frame.monotonic_s == 12.5
    assert got.frame.wall_time == sent.frame.wall_time
    assert got.frame.time_synced


def test_a_part_of_a_picture_has_gaps_between_its_rows_and_is_copied_right(
    views: SharedFrames,
) -> None:
    whole = np.arange(200 * 300, dtype=np.uint32).reshape(200, 300).astype(np.uint8)
    views.publish(view(whole[10:90, 20:120]))
    got = views.newest()
    assert got is not None
    np.testing.assert_array_equal(got.frame.image, whole[10:90, 20:120])


def test_the_newest_wins_and_is_given_once(views: SharedFrames) -> None:
    assert views.newest() is None
    for number in range(5):
        views.publish(view(np.full((20, 30), number, np.uint8), number))
    got = views.newest()
    assert got is not None
    assert got.number == 4
    assert views.newest() is None
    assert views.taken() == 1


def test_a_view_is_the_callers_own(views: SharedFrames) -> None:
    views.publish(view(np.full((20, 30), 1, np.uint8)))
    got = views.newest()
    for value in range(2, 6):
        views.publish(view(np.full((20, 30), value, np.uint8)))
    assert got is not None
    assert (got.frame.image == 1).all()


def test_a_picture_that_is_too_large_is_refused(views: SharedFrames) -> None:
    with pytest.raises(ValueError, match="641 x 480"):
        views.publish(view(np.zeros((480, 641), np.uint8)))
    assert views.newest() is None


def test_no_copy_is_torn_and_a_killed_writer_holds_nothing_up() -> None:
    views = SharedFrames(400 * 310)
    shared_before = set(Path("/dev/shm").iterdir())
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(views.fd), str(views.max_pixels)], pass_fds=(views.fd,)
    )
    got = last = 0
    try:
        end_s = time.monotonic() + 60
        while got < 300:
            assert time.monotonic() < end_s
            assert writer.poll() is None
            seen = views.newest()
            if seen is None:
                continue
            value = seen.number % 251
            assert seen.number > last
            assert seen.frame.image.shape[0] == 300 + seen.number % 7
            assert (seen.frame.image == value).all()
            assert (seen.small == value).all()
            assert seen.frame.source == f"writer {value}"
            last = seen.number
            got += 1
    finally:
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait(10)
    # Killed in the middle of anything: what was published last is whole and can be had.
    seen = views.newest()
    assert seen is None or (seen.frame.image == seen.number % 251).all()
    assert set(Path("/dev/shm").iterdir()) <= shared_before
    views.close()


def test_a_reader_that_stands_still_in_the_middle_does_not_hold_the_writer_up() -> None:
    views = SharedFrames(20 * 30)
    views.publish(view(np.full((20, 30), 1, np.uint8), 1))
    code = (
        "import fcntl, sys, time\n"
        "fcntl.lockf(int(sys.argv[1]), fcntl.LOCK_SH, 2, 0)\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(views.fd)], pass_fds=(views.fd,), stdout=subprocess.PIPE
    )
    try:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"held\n"
        assert not views.publish(view(np.full((20, 30), 2, np.uint8), 2))
    finally:
        reader.kill()
        reader.communicate(timeout=10)
    assert views.publish(view(np.full((20, 30), 3, np.uint8), 3))
    views.close()


def test_closing_twice_is_fine_and_leaves_no_descriptor() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    views = SharedFrames(100)
    views.close()
    views.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
