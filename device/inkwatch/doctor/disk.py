"""The state folder, where readings wait for the broker: writable, with room, and kept."""

import os
from dataclasses import dataclass
from pathlib import PurePosixPath

from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Machine
from inkwatch.doctor.setting import Setting

_SPARE_BYTES = 50 * 1024 * 1024
"""Beside the queue: SQLite's journal, the system's log."""

_IN_MEMORY = frozenset({"tmpfs", "ramfs"})


@dataclass(frozen=True, slots=True)
class Mount:
    """A row of /proc/mounts."""

    point: str
    kind: str
    options: tuple[str, ...]


def check_disk(machine: Machine, queue: str, max_bytes: int, setting: Setting) -> list[Finding]:
    """Look at the folder of the queue.

    Args:
        machine: where to look.
        queue: the queue's file.
        max_bytes: how large it may become.
        setting: whether the service keeps it.
    """
    folder = str(PurePosixPath(queue).parent)
    mount = mount_of(machine.text("/proc/mounts") or "", folder)
    findings = [_room(machine, folder, max_bytes)]
    read_only = mount is not None and "ro" in mount.options
    if mount is not None and read_only:
        findings.append(
            Finding(
                "disk mounted",
                Grade.FAULT,
                f"{mount.point} is read-only, and the queue {queue} lies there. A card that wears "
                "out is set read-only by the kernel.",
                f"sudo mount -o remount,rw {mount.point}     # fails? sudo dmesg | grep mmc",
            )
        )
    elif mount is not None and (mount.kind in _IN_MEMORY or mount.kind == "overlay"):
        findings.append(
            Finding(
                "disk mounted",
                Grade.WARNING,
                f"{folder} lies in memory ({mount.kind}): what waits for the broker is lost with "
                "the power. Set mqtt.queue.path to a place that is kept (docs/operations.md).",
                setting.edit,
            )
        )
    if not read_only:
        findings.append(_rights(machine, folder, setting))
    return findings


def mount_of(mounts: str, folder: str) -> Mount | None:
    """The row that holds `folder`: the longest mount point above it, of two the later."""
    best: Mount | None = None
    for row in mounts.splitlines():
        words = row.split()
        if len(words) < 4:
            continue
        point = words[1].replace("\\040", " ")
        inside = PurePosixPath(folder).is_relative_to(point)
        if inside and (best is None or len(point) >= len(best.point)):
            best = Mount(point, words[2], tuple(words[3].split(",")))
    return best


def _room(machine: Machine, folder: str, max_bytes: int) -> Finding:
    free = machine.free_bytes(folder)
    if free is None:
        return Finding("disk", Grade.NOTE, f"How much is free at {folder} cannot be told.")
    free_mb, needed_mb = free >> 20, (max_bytes + _SPARE_BYTES) >> 20
    if free_mb < needed_mb:
        return Finding(
            "disk",
            Grade.WARNING,
            f"{free_mb} MB are free at {folder}; a full queue and what goes with it need "
            f"{needed_mb} MB.",
            "sudo apt clean; sudo journalctl --vacuum-size=50M",
        )
    return Finding("disk", Grade.OK, f"{free_mb} MB are free at {folder}.")


def _rights(machine: Machine, folder: str, setting: Setting) -> Finding:
    if not machine.at(folder).exists():
        who = "the service" if setting.service else "`inkwatch watch`"
        message = f"{folder} is not there yet; {who} makes it when it starts."
        return Finding("state folder", Grade.NOTE, message, setting.start)
    if machine.may(folder, os.W_OK | os.X_OK):
        return Finding("state folder", Grade.OK, f"{folder} can be written to.")
    if not setting.service:
        message = (
            f"{machine.user()} may not write to {folder}: what waits for the broker is kept in "
            "memory alone. Set mqtt.queue.path to another place."
        )
        return Finding("state folder", Grade.WARNING, message, setting.edit)
    # Its mode is 0700: only its owner and root can tell more.
    return Finding(
        "state folder",
        Grade.NOTE,
        f"{machine.user()} may not look into {folder}; the service's own user may.",
        "sudo inkwatch doctor",
    )
