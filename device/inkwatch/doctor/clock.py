"""The date: whether a time server has set it."""

from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Machine

_MEND = "timedatectl status     # and: sudo systemctl enable --now systemd-timesyncd"


def check_clock(machine: Machine, *, synced: bool) -> list[Finding]:
    """Grade whether the clock is set; without, readings are told without a date.

    Args:
        machine: asked whether anything sets the clock at all.
        synced: what the kernel says.
    """
    if synced:
        return [Finding("clock", Grade.OK, "The clock is set by a time server.")]
    asked = machine.run(("timedatectl", "show", "--property=NTP", "--value"), timeout_s=5.0)
    if asked is not None and asked.ok and asked.out.strip() == "no":
        return [
            Finding(
                "clock",
                Grade.WARNING,
                "Nothing sets the clock: readings are told without a date.",
                "sudo timedatectl set-ntp true",
            )
        ]
    return [
        Finding(
            "clock",
            Grade.WARNING,
            "No time server has set the clock yet: readings are told without a date until then.",
            _MEND,
        )
    ]
