"""The real picamera2 with libcamera's virtual camera; where the user names a tree for it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

TREE = os.environ.get("INKWATCH_VIRTUAL_CAMERA_TREE", "")


@pytest.mark.skipif(not TREE, reason="INKWATCH_VIRTUAL_CAMERA_TREE names no folder")
@pytest.mark.skipif(os.getuid() != 0, reason="chroot needs root")
@pytest.mark.skipif(shutil.which("mmdebstrap") is None, reason="mmdebstrap is not installed")
@pytest.mark.timeout(1200)
def test_the_real_picamera2_gives_the_page_and_is_restarted_when_it_hangs() -> None:
    script = Path(__file__).with_name("run.sh")
    ended = subprocess.run(
        [script, TREE, "5"], capture_output=True, text=True, check=False, timeout=1100
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout.splitlines()[-1])
    assert found["name"] == "picamera2:0 (Virtual camera)"
    assert found["views"] >= 10
    assert found["rising"]
    assert (found["shape"], found["small_shape"]) == ([960, 1280], [240, 320])
    assert found["levels_off_the_page"] < 3
    assert found["levels_small_off_full"] < 6
    assert found["hang_told"]
