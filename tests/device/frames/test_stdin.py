import io
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.errors import InputError
from inkwatch.frames import decode
from inkwatch.frames.stdin import StdinSource


def png(height: int) -> bytes:
    return cv2.imencode(".png", np.full((height, 9), 77, np.uint8))[1].tobytes()


def test_a_picture_comes_from_the_stream() -> None:
    (frame,) = StdinSource(io.BytesIO(png(5))).frames()
    assert frame.source == "-"
    assert frame.image.shape == (5, 9)


def test_standard_input_itself_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "in.png"
    path.write_bytes(png(6))
    with path.open(encoding="latin-1") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        (frame,) = StdinSource().frames()
    assert frame.image.shape == (6, 9)


def test_nothing_on_standard_input_is_an_error() -> None:
    with pytest.raises(InputError, match=r"^-: the file is empty"):
        list(StdinSource(io.BytesIO()).frames())


def test_too_much_on_standard_input_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_FILE_BYTES", 1024)
    with pytest.raises(InputError, match=r"^-: more than"):
        list(StdinSource(io.BytesIO(bytes(2000))).frames())


def test_a_terminal_is_not_waited_for() -> None:
    class Terminal(io.BytesIO):
        def isatty(self) -> bool:
            return True

    with pytest.raises(InputError, match="Pipe a picture in"):
        list(StdinSource(Terminal()).frames())
