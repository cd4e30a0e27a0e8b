import os
import sys
import time
from pathlib import Path

from inkwatch.doctor.machine import Machine


def test_files_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.text("/nothing") is None
    assert machine.text("/") is None
    (tmp_path / "odd").write_bytes(b"a\xff\0b")
    assert machine.text("/odd") == "a\ufffd\0b"


def test_names_come_sorted_and_as_the_machine_calls_them(tmp_path: Path) -> None:
    (tmp_path / "dev").mkdir()
    for name in ("video1", "video0", "null"):
        (tmp_path / "dev" / name).touch()
    machine = Machine(tmp_path)
    assert machine.names("/dev", "video*") == ["/dev/video0", "/dev/video1"]
    assert machine.names("/nothing", "*") == []


def test_free_space_is_told_for_folders_that_will_be(tmp_path: Path) -> None:
    free = Machine(tmp_path).free_bytes("/var/lib/not/yet")
    assert free is not None
    assert free > 0


def test_programs_end_or_are_ended() -> None:
    machine = Machine()
    assert machine.run(("/nothing/here",), 5.0) is None
    done = machine.run((sys.executable, "-c", "print('out'); raise SystemExit(3)"), 30.0)
    assert done is not None
    assert (done.code, done.out, done.ok) == (3, "out\n", False)


def test_a_program_that_hangs_goes_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    started = time.monotonic()
    done = Machine().run(("sh", "-c", f"sleep 300 & echo $! >{note}; wait"), 1.0)
    assert done is not None
    assert done.code is None
    assert time.monotonic() - started < 30
    child = int(note.read_text())
    for _ in range(100):
        state = Path(f"/proc/{child}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    os.kill(child, 9)
    raise AssertionError("the child still runs")


def test_who_one_is() -> None:
    machine = Machine()
    assert machine.user()
    assert machine.is_root() is (os.geteuid() == 0)
    assert machine.groups()
