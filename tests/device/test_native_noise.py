import os
import sys

import pytest

from inkwatch._native_noise import captured_noise


def test_codec_lines_are_kept_and_other_lines_pass(capfd: pytest.CaptureFixture[str]) -> None:
    with captured_noise() as noise:
        os.write(2, b"libpng warning: iCCP: known incorrect sRGB profile\n")
        os.write(2, b"another thread's log line\n")
        os.write(2, b"[mjpeg @ 0x55] dqt: invalid len 67\n")
    assert noise == [
        "libpng warning: iCCP: known incorrect sRGB profile",
        "[mjpeg @ 0x55] dqt: invalid len 67",
    ]
    assert capfd.readouterr().err == "another thread's log line\n"


def test_stderr_is_back_after_an_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="x"), captured_noise():
        raise ValueError("x")
    os.write(2, b"here\n")
    assert capfd.readouterr().err == "here\n"


def test_a_process_without_stderr_still_decodes(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_: int) -> int:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(os, "dup", closed)
    ran = False
    with captured_noise() as noise:
        ran = True
    assert ran
    assert noise == []


def test_no_descriptor_is_left_open() -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    for _ in range(10):
        with captured_noise():
            sys.stderr.flush()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
