"""How hot the machine is, and whether the firmware slows it down."""

import contextlib
import fcntl
import os
import struct
from pathlib import Path

THERMAL = Path("/sys/class/thermal")
MAILBOX = Path("/dev/vcio")
FIRMWARE = Path("/sys/bus/platform/drivers/raspberrypi-firmware")
HWMON = Path("/sys/class/hwmon")

_PROCESSOR_ZONES = ("cpu-thermal", "cpu_thermal", "soc-thermal", "soc_thermal", "x86_pkg_temp")
_COMPLAINTS = ("under-voltage", "frequency-capped", "throttled", "soft-temperature-limit")
_OCCURRED_SHIFT = 16

_TAG_GET_THROTTLED = 0x0003_0046
_REQUEST_DONE = 0x8000_0000
# _IOWR(100, 0, char *): the size in it is that of a pointer.
_MAILBOX_PROPERTY = 0xC000_6400 | struct.calcsize("P") << 16


def temperature_c(thermal: Path = THERMAL) -> float | None:
    """The processor's temperature in degrees Celsius, None where the machine does not tell.

    Of several zones the processor's counts; where none is called so, the first.
    """
    zones = sorted(thermal.glob("thermal_zone*"), key=lambda zone: (len(zone.name), zone.name))
    zones.sort(key=lambda zone: _read(zone / "type") not in _PROCESSOR_ZONES)
    for zone in zones:
        with contextlib.suppress(ValueError):
            return int(_read(zone / "temp")) / 1000
    return None


def throttled(
    *, mailbox: Path = MAILBOX, firmware: Path = FIRMWARE, hwmon: Path = HWMON
) -> tuple[str, ...] | None:
    """What a Raspberry Pi's firmware complains of; None on other machines.

    The firmware is asked itself where this user may (`/dev/vcio`). Else the kernel's copy is
    read, for which some kernels write a warning to their log, once after each start; where that
    is missing too, the voltage monitor still tells of low voltage.

    Returns:
        Names in a fixed order, empty where all is well: see `complaints`.
    """
    bits = _ask_firmware(mailbox)
    if bits is None:
        for copy in sorted(firmware.glob("*/get_throttled")):
            with contextlib.suppress(ValueError):
                bits = int(_read(copy), 16)
    if bits is None:
        bits = _low_voltage(hwmon)
    return None if bits is None else complaints(bits)


def complaints(bits: int) -> tuple[str, ...]:
    """Name the bits of `vcgencmd get_throttled`.

    Bits 0 to 3 hold now: `under-voltage`, `frequency-capped`, `throttled` and
    `soft-temperature-limit`; bits 16 to 19 are the same since the machine started and end in
    `-occurred`.
    """
    now = [name for bit, name in enumerate(_COMPLAINTS) if bits >> bit & 1]
    since = [
        f"{name}-occurred"
        for bit, name in enumerate(_COMPLAINTS, start=_OCCURRED_SHIFT)
        if bits >> bit & 1
    ]
    return (*now, *since)


def _ask_firmware(mailbox: Path) -> int | None:
    """Ask through the mailbox property interface, without clearing what has occurred."""
    # Size of all, request, tag, size of the value, request, value: clear nothing, end of tags.
    message = bytearray(struct.pack("=7I", 28, 0, _TAG_GET_THROTTLED, 4, 0, 0, 0))
    try:
        device = os.open(mailbox, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        fcntl.ioctl(device, _MAILBOX_PROPERTY, message)
    except OSError:
        return None
    finally:
        os.close(device)
    _, state, _, _, answered, bits, _ = struct.unpack("=7I", message)
    return int(bits) if state == _REQUEST_DONE and answered & _REQUEST_DONE else None


def _low_voltage(hwmon: Path) -> int | None:
    for monitor in sorted(hwmon.glob("hwmon*")):
        if _read(monitor / "name") == "rpi_volt":
            alarm = _read(monitor / "in0_lcrit_alarm")
            return int(alarm) if alarm in ("0", "1") else None
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""
