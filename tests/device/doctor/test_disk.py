from pathlib import Path

import pytest
from tests.device.doctor.fake_machine import FakeMachine

from inkwatch.doctor.disk import check_disk, mount_of
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.setting import Setting

QUEUE = "/var/lib/inkwatch/queue.db"
CARD = "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\ntmpfs /run tmpfs rw 0 0\n"
MAX_BYTES = 16 << 20
SERVICE = Setting(service=True)
BY_HAND = Setting(service=False, config_path=Path("my own.toml"))


class SmallDisk(FakeMachine):
    free: int | None = 1 << 30

    def free_bytes(self, path: str) -> int | None:
        return self.free


@pytest.fixture
def machine(tmp_path: Path) -> SmallDisk:
    made = SmallDisk(tmp_path)
    made.put("/proc/mounts", CARD)
    made.put(QUEUE)
    return made


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.what: finding for finding in findings}


def test_a_card_as_it_should_be(machine: SmallDisk) -> None:
    found = check_disk(machine, QUEUE, MAX_BYTES, SERVICE)
    assert [(f.what, f.grade) for f in found] == [("disk", Grade.OK), ("state folder", Grade.OK)]


@pytest.mark.parametrize(
    ("free_mb", "grade"), [(66, Grade.OK), (65, Grade.WARNING), (None, Grade.NOTE)]
)
def test_room(machine: SmallDisk, free_mb: int | None, grade: Grade) -> None:
    machine.free = None if free_mb is None else free_mb << 20
    assert by_name(check_disk(machine, QUEUE, MAX_BYTES, SERVICE))["disk"].grade is grade


def test_a_card_that_went_read_only(machine: SmallDisk) -> None:
    machine.put("/proc/mounts", CARD.replace("rw,noatime", "ro,noatime"))
    found = by_name(check_disk(machine, QUEUE, MAX_BYTES, SERVICE))
    assert found["disk mounted"].grade is Grade.FAULT
    assert "remount,rw /" in found["disk mounted"].mend
    assert "state folder" not in found


@pytest.mark.parametrize("row", ["overlay / overlay rw 0 0", "tmpfs /var tmpfs rw 0 0"])
def test_a_queue_in_memory(machine: SmallDisk, row: str) -> None:
    machine.put("/proc/mounts", f"{CARD}{row}\n")
    found = by_name(check_disk(machine, QUEUE, MAX_BYTES, SERVICE))["disk mounted"]
    assert found.grade is Grade.WARNING
    assert "mqtt.queue.path" in found.message


def test_a_folder_that_is_not_there_yet(machine: SmallDisk) -> None:
    found = by_name(check_disk(machine, "/var/lib/other/queue.db", MAX_BYTES, SERVICE))[
        "state folder"
    ]
    assert found.grade is Grade.NOTE
    assert "systemctl start" in found.mend


def test_a_folder_of_another_user(machine: SmallDisk) -> None:
    machine.closed.add("/var/lib/inkwatch")
    found = by_name(check_disk(machine, QUEUE, MAX_BYTES, SERVICE))["state folder"]
    assert found.grade is Grade.NOTE
    assert "reader may not look" in found.message


def test_by_hand_no_mend_is_the_services(machine: SmallDisk) -> None:
    machine.put("/proc/mounts", f"{CARD}tmpfs /var tmpfs rw 0 0\n")
    found = by_name(check_disk(machine, "/var/lib/other/queue.db", MAX_BYTES, BY_HAND))
    assert found["disk mounted"].mend == "nano 'my own.toml'"
    assert found["state folder"].mend == "inkwatch watch --config 'my own.toml'"
    machine.closed.add("/var/lib/inkwatch")
    closed = by_name(check_disk(machine, QUEUE, MAX_BYTES, BY_HAND))["state folder"]
    assert (closed.grade, closed.mend) == (Grade.WARNING, "nano 'my own.toml'")
    assert "service" not in closed.message


def test_the_longest_mount_point_holds_and_of_two_the_later() -> None:
    mounts = (
        "a / ext4 rw 0 0\nb /var/lib ext4 ro 0 0\nc /var/lib ext4 rw,sync 0 0\nd /v ext4 ro 0 0\n"
    )
    mount = mount_of(mounts, "/var/lib/inkwatch")
    assert mount is not None
    assert (mount.point, mount.options) == ("/var/lib", ("rw", "sync"))
    assert mount_of("nonsense\n", "/var") is None
    spaced = mount_of("e /my\\040disk vfat rw 0 0\n", "/my disk/queue")
    assert spaced is not None
    assert spaced.kind == "vfat"
