import re
import socket
from pathlib import Path

import pytest

from inkwatch.machine.identity import device_id, host_name

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "machine-id"
    path.write_text(f"{ID}\n", encoding="ascii")
    return path


def test_an_id_is_short_and_stays(file: Path) -> None:
    ours = device_id((file,))
    assert re.fullmatch(r"inkwatch-[0-9a-f]{8}", ours)
    # A change of this value would rename every device that is in use.
    assert ours == "inkwatch-d3d682ab"


def test_the_machines_own_id_is_not_given_away(file: Path) -> None:
    shown = device_id((file,)).removeprefix("inkwatch-")
    assert shown not in ID


def test_another_machine_has_another_id(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text(ID.replace("0", "1"), encoding="ascii")
    assert device_id((file,)) != device_id((other,))


@pytest.mark.parametrize(
    "content", [b"", b"uninitialized\n", b"0" * 32, b"xyz", b"\xff\xfe", b"0123456789abcdef"]
)
def test_what_is_no_id_is_passed_over(content: bytes, file: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_bytes(content)
    assert device_id((bad, file)) == device_id((file,))
    assert device_id((bad,)) == device_id(())


def test_a_machine_without_any_id_goes_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    first = device_id(())
    assert re.fullmatch(r"inkwatch-[0-9a-f]{8}", first)
    monkeypatch.setattr("inkwatch.machine.identity.host_name", lambda: "another")
    assert device_id(()) != first


def test_the_host_has_a_name() -> None:
    assert host_name() == socket.gethostname()
