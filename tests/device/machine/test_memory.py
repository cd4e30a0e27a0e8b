import os
import subprocess
import sys
from pathlib import Path

import pytest

from inkwatch.machine import memory

MIB = 1024 * 1024


def test_this_process_is_measured() -> None:
    before = memory.rss_bytes()
    held = bytearray(os.urandom(64 * MIB))
    after, share = memory.rss_bytes(), memory.pss_bytes()
    assert before + 60 * MIB < after
    assert 64 * MIB < share <= after + 8 * MIB  # the two are counted at different moments
    assert len(held) == 64 * MIB


def test_another_process_is_measured_until_it_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert memory.rss_bytes(other.pid) > 0
        assert memory.pss_bytes(other.pid) > 0
        other.communicate(b"\n", timeout=30)
    assert memory.rss_bytes(other.pid) == 0
    assert memory.pss_bytes(other.pid) == 0


@pytest.mark.parametrize("content", ["", "one", "1 two 3", "Pss:\n", "Pss: x kB\n"])
def test_what_the_kernel_does_not_say_is_0(content: str, tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/statm").write_text(content, encoding="ascii")
    (tmp_path / "7/smaps_rollup").write_text(content, encoding="ascii")
    assert memory.rss_bytes(7, proc=tmp_path) == 0
    assert memory.pss_bytes(7, proc=tmp_path) == 0
    assert memory.rss_bytes(8, proc=tmp_path) == 0


def test_the_kernels_words_are_understood(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/statm").write_text("900 300 20 1 0 400 0\n", encoding="ascii")
    (tmp_path / "7/smaps_rollup").write_text(
        "5581-7ffe ---p 0 00:00 0    [rollup]\nRss:     400 kB\nPss:     123 kB\nPss_Anon: 5 kB\n",
        encoding="ascii",
    )
    assert memory.rss_bytes(7, proc=tmp_path) == 300 * os.sysconf("SC_PAGE_SIZE")
    assert memory.pss_bytes(7, proc=tmp_path) == 123 * 1024


def test_freed_memory_is_given_back_where_the_c_library_can(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert memory.trim() in (True, False)
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    assert memory.trim() is False


def test_large_pieces_are_given_back_when_they_are_freed() -> None:
    """In a process of its own: it holds for good."""
    code = (
        "import numpy as np; from inkwatch.machine.memory import map_large, rss_bytes\n"
        "assert map_large(1 << 20)\n"
        "before = rss_bytes()\n"
        "for _ in range(3):\n"
        "    piece = np.ones(9 << 20, np.uint8)\n"
        "    small = np.ones(1 << 10, np.uint8)\n"
        "    del piece\n"
        "assert rss_bytes() - before < 4 << 20, rss_bytes() - before\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_is_kept_at_hand_stays_until_it_is_given_back() -> None:
    """In a process of its own: a picture's memory is reused within, and gone behind."""
    code = (
        "import numpy as np; from inkwatch.machine.memory import ample, rss_bytes, trim\n"
        "before = rss_bytes()\n"
        "with ample():\n"
        "    piece = np.ones(9 << 20, np.uint8)\n"
        "    del piece\n"
        "    assert rss_bytes() - before > 8 << 20, rss_bytes() - before\n"
        "trim()\n"
        "assert rss_bytes() - before < 4 << 20, rss_bytes() - before\n"
        "piece = np.ones(9 << 20, np.uint8)\n"
        "del piece\n"
        "assert rss_bytes() - before < 4 << 20, rss_bytes() - before\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_where_the_c_library_has_no_such_call_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    assert memory.map_large(1 << 20) is False
    with memory.ample():
        pass
