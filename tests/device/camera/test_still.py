from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.still import StillCamera

PIXELS = 640 * 360


def test_one_picture_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    cv2.imwrite(str(path), np.full((300, 400), 90, np.uint8))
    camera = StillCamera(path, PIXELS)
    camera.open()
    first, second = camera.capture(0.0), camera.capture(0.0)
    assert first is not None
    assert second is not None
    assert (first.number, second.number) == (0, 1)
    assert first.frame.source == str(path)
    assert second.frame.monotonic_s >= first.frame.monotonic_s
    assert first.frame.image.shape == (300, 400)
    assert first.small.shape == (240, 320)
    camera.close()
    camera.close()


def test_a_large_one_is_scaled_down_in_its_own_shape(tmp_path: Path) -> None:
    path = tmp_path / "tall.png"
    cv2.imwrite(str(path), np.full((3000, 1000, 3), (10, 200, 90), np.uint8))
    camera = StillCamera(path, PIXELS)
    camera.open()
    view = camera.capture(0.0)
    assert view is not None
    height, width, _ = view.frame.image.shape
    assert 0.9 * PIXELS < height * width <= PIXELS
    assert abs(height / width - 3) < 0.02
    assert view.small.ndim == 2


def test_no_picture_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="no such file") as missing:
        StillCamera(tmp_path / "none.png", PIXELS).open()
    assert missing.value.kind is FaultKind.NO_CAMERA
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(CameraError, match="not a picture") as wrong:
        StillCamera(tmp_path / "text.png", PIXELS).open()
    assert wrong.value.kind is FaultKind.FAILED
    assert wrong.value.permanent
