import fcntl
import struct
from pathlib import Path

import pytest

from inkwatch.machine.heat import complaints, temperature_c, throttled


def zone(folder: Path, number: int, kind: str, temp: str) -> None:
    path = folder / f"thermal_zone{number}"
    path.mkdir(parents=True)
    (path / "type").write_text(f"{kind}\n", encoding="ascii")
    (path / "temp").write_text(f"{temp}\n", encoding="ascii")


def test_the_processors_zone_counts(tmp_path: Path) -> None:
    zone(tmp_path, 0, "gpu", "70000")
    zone(tmp_path, 1, "cpu-thermal", "51540")
    assert temperature_c(tmp_path) == 51.54


def test_else_the_first_zone_that_tells(tmp_path: Path) -> None:
    zone(tmp_path, 10, "b", "70000")
    zone(tmp_path, 9, "a", "-3000")
    zone(tmp_path, 2, "c", "nothing")
    assert temperature_c(tmp_path) == -3.0


def test_a_machine_that_does_not_tell_has_no_temperature(tmp_path: Path) -> None:
    assert temperature_c(tmp_path) is None
    assert temperature_c(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("bits", "names"),
    [
        (0, ()),
        (0x1, ("under-voltage",)),
        (0xE, ("frequency-capped", "throttled", "soft-temperature-limit")),
        (0x50005, ("under-voltage", "throttled", "under-voltage-occurred", "throttled-occurred")),
        (0x80000, ("soft-temperature-limit-occurred",)),
        (0x20000, ("frequency-capped-occurred",)),
        (0xFFF0FFF0, ()),
    ],
)
def test_each_bit_has_its_name(bits: int, names: tuple[str, ...]) -> None:
    assert complaints(bits) == names


class Machine:
    """A folder with what a Raspberry Pi may have of all this."""

    def __init__(self, root: Path) -> None:
        self.mailbox = root / "vcio"
        self.firmware = root / "firmware"
        self.hwmon = root / "hwmon"

    def tell(self) -> tuple[str, ...] | None:
        return throttled(mailbox=self.mailbox, firmware=self.firmware, hwmon=self.hwmon)

    def copy(self, text: str) -> None:
        (self.firmware / "soc:firmware").mkdir(parents=True)
        (self.firmware / "soc:firmware/get_throttled").write_text(text, encoding="ascii")

    def alarm(self, text: str) -> None:
        for number, name in enumerate(("cpu_thermal", "rpi_volt")):
            monitor = self.hwmon / f"hwmon{number}"
            monitor.mkdir(parents=True)
            (monitor / "name").write_text(f"{name}\n", encoding="ascii")
            (monitor / "in0_lcrit_alarm").write_text(text if number else "0", encoding="ascii")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_other_machines_do_not_tell(machine: Machine) -> None:
    assert machine.tell() is None


def test_the_firmware_itself_is_asked_first(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, ...]] = []

    def firmware(device: int, request: int, message: bytearray) -> int:
        asked.append((request, *struct.unpack("=7I", message)))
        struct.pack_into("=7I", message, 0, 28, 1 << 31, 0x30046, 4, 1 << 31 | 4, 0x50000, 0)
        return 0

    machine.mailbox.write_bytes(b"")
    machine.copy("1")
    monkeypatch.setattr(fcntl, "ioctl", firmware)
    assert machine.tell() == ("under-voltage-occurred", "throttled-occurred")
    # The mask is 0: asking clears nothing of what the firmware remembers.
    pointer = struct.calcsize("P")
    assert asked == [(0xC000_6400 | pointer << 16, 28, 0, 0x30046, 4, 0, 0, 0)]


def test_a_firmware_that_does_not_know_the_question_leaves_it_to_the_kernel(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.mailbox.write_bytes(b"")
    machine.copy("50005\n")
    monkeypatch.setattr(fcntl, "ioctl", lambda *_: 0)
    assert machine.tell() is not None
    assert "under-voltage" in (machine.tell() or ())


def test_a_file_that_is_no_mailbox_leaves_it_to_the_kernel(machine: Machine) -> None:
    machine.mailbox.write_bytes(b"")
    machine.copy("4\n")
    assert machine.tell() == ("throttled",)


@pytest.mark.parametrize(
    ("alarm", "names"), [("0\n", ()), ("1\n", ("under-voltage",)), ("?", None)]
)
def test_the_voltage_monitor_is_the_last_to_ask(
    alarm: str, names: tuple[str, ...] | None, machine: Machine
) -> None:
    machine.copy("rubbish")
    machine.alarm(alarm)
    assert machine.tell() == names
