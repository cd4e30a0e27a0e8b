"""The camera: its devices, who may open them, who holds them, and whether libcamera sees it."""

import os
import sys
from pathlib import Path

from inkwatch.config.model import SAMPLE
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Machine, last_object
from inkwatch.doctor.setting import Setting

_DEVICES = (("/dev", "video*"), ("/dev", "media*"))
_PROBE_TIMEOUT_S = 25.0
"""Importing picamera2 takes 5 s on a Pi Zero 2 W."""

_LIST_TIMEOUT_S = 10.0

# Mounted empty or private by ProtectHome and PrivateTmp.
_HIDDEN = ("/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/")  # noqa: S108 - only compared

# Lists cameras without opening one, so that a service that is reading is not disturbed.
_PROBE = """
import json
try:
    from picamera2 import Picamera2
except ImportError as error:
    print(json.dumps({"missing": str(error)}))
else:
    cameras = Picamera2.global_camera_info()
    print(json.dumps({"cameras": [str(camera.get("Model", "?")) for camera in cameras]}))
"""

_CABLE_MEND = (
    "Switch off, push both ends of the cable in straight, close the latches; then: "
    "rpicam-hello --list-cameras"
)
_PLUG_MEND = "Plug in a USB camera, or name another source as camera.source: "
"""For machines without a ribbon cable."""

_PACKAGE_MEND = "sudo apt install python3-picamera2 --no-install-recommends"


def check_camera(machine: Machine, source: str, setting: Setting) -> list[Finding]:
    """Look at what `camera.source` names.

    Args:
        machine: where to look.
        source: as in the config: `auto`, `picamera2`, `v4l2`, a device, or a path.
        setting: whether the service looks through it, whose sandbox hides some folders.
    """
    kind = source.partition(":")[0]
    if kind in {"auto", "v4l2", "picamera2"} or source.startswith("/dev/"):
        return [*_devices(machine, source, setting), *_ribbon(machine, kind)]
    if source == SAMPLE:
        return [Finding("camera", Grade.NOTE, "The sample video stands in for a camera.")]
    # As `watch` does: the service is at /, everybody else where they are.
    place = source if setting.service else str(Path(source).absolute())
    return [_path(machine, place, setting)]


def wants_ribbon(source: str) -> bool:
    """Whether a camera on the ribbon cable may be used."""
    return source.partition(":")[0] in {"auto", "picamera2"}


def _path(machine: Machine, source: str, setting: Setting) -> Finding:
    if setting.service and source.startswith(_HIDDEN):
        return Finding(
            "camera",
            Grade.FAULT,
            f"{source} is hidden from the service, which sees no homes and no other's /tmp.",
            f"sudo mv {source} /srv/     # and name that place as camera.source",
        )
    if not machine.at(source).exists():
        return Finding(
            "camera",
            Grade.FAULT,
            f"{source} is not there.",
            f"{setting.edit}     # camera.source",
        )
    if not machine.may(source, os.R_OK):
        return Finding(
            "camera",
            Grade.FAULT,
            f"{machine.user()} may not read {source}.",
            f"sudo chmod o+rX {source}",
        )
    return Finding("camera", Grade.OK, f"Pictures come from {source}.")


def _devices(machine: Machine, source: str, setting: Setting) -> list[Finding]:
    """Whether there are any, this user may open them, and nobody else holds them."""
    if source.startswith("/dev/"):
        found = [source] if machine.at(source).exists() else []
    else:
        found = [name for folder, pattern in _DEVICES for name in machine.names(folder, pattern)]
    if not found:
        lacks = (
            f"There is no {source}." if source.startswith("/dev/") else "No camera is connected."
        )
        # Raspberry Pis and boards like them have a device tree, PCs have none.
        is_board = machine.at("/proc/device-tree/model").exists()
        mend = _CABLE_MEND if is_board else _PLUG_MEND + setting.edit
        return [Finding("camera devices", Grade.FAULT, lacks, mend)]
    return [_rights(machine, found), *_holders(machine, found)]


def _rights(machine: Machine, found: list[str]) -> Finding:
    closed = [name for name in found if not machine.may(name, os.R_OK | os.W_OK)]
    if not closed:
        return Finding("camera devices", Grade.OK, f"{len(found)} can be opened: {found[0]} ...")
    user = machine.user()
    if "video" not in machine.groups():
        return Finding(
            "camera devices",
            Grade.FAULT,
            f"{user} may not open {closed[0]}: not in the group video.",
            f"sudo usermod -aG video {user}     # then log in again; for the service: restart it",
        )
    return Finding(
        "camera devices",
        Grade.FAULT,
        f"{user} may not open {closed[0]}, though in the group video.",
        f"ls -l {closed[0]}; sudo udevadm trigger --subsystem-match=video4linux",
    )


def _holders(machine: Machine, found: list[str]) -> list[Finding]:
    """Name a process that holds a camera; without root only one's own are seen."""
    wanted = {str(machine.at(name)) for name in found}
    holders = set()
    for process in machine.names("/proc", "[0-9]*"):
        for descriptor in machine.names(f"{process}/fd", "*"):
            try:
                held = str(machine.at(descriptor).readlink())
            except OSError:
                continue
            if held in wanted:
                holders.add((machine.text(f"{process}/comm") or "?").strip())
                break
    strangers = sorted(holders - _OURS)
    if strangers:
        return [
            Finding(
                "camera held",
                Grade.WARNING,
                f"{', '.join(strangers)} holds a camera: Inkwatch cannot have the same one.",
                f"sudo fuser -v {' '.join(found[:3])}     # then end that program",
            )
        ]
    return []


# The sound and hot-plug services open cameras to ask for their names, and let go.
_OURS = frozenset({"inkwatch", "pipewire", "wireplumber", "systemd-udevd"})


def _ribbon(machine: Machine, kind: str) -> list[Finding]:
    """What libcamera sees, through the package that will be used."""
    if kind not in {"auto", "picamera2"}:
        return []
    needed = kind == "picamera2"
    ran = machine.run((sys.executable, "-c", _PROBE), _PROBE_TIMEOUT_S)
    if ran is None or ran.code is None:
        message = f"libcamera does not answer within {_PROBE_TIMEOUT_S:.0f} s: the camera hangs."
        mend = "sudo reboot     # and if it comes back: look at the cable"
        return [Finding("libcamera", Grade.FAULT, message, mend)]
    told = last_object(ran.out)
    if "missing" in told:
        grade = Grade.FAULT if needed else Grade.NOTE
        message = "python3-picamera2 is not installed: cameras on the ribbon cable cannot be used."
        listed = machine.run(("rpicam-hello", "--list-cameras"), _LIST_TIMEOUT_S)
        if listed is not None and listed.ok and "\n0 : " in f"\n{listed.out}{listed.err}":
            message += " rpicam-hello sees one."
        return [Finding("libcamera", grade, message, _PACKAGE_MEND)]
    cameras = told.get("cameras")
    if not ran.ok or not isinstance(cameras, list):
        message = f"picamera2 fails: {_last_line(ran.err)}"
        mend = "sudo apt update && sudo apt full-upgrade     # picamera2 and libcamera must match"
        return [Finding("libcamera", Grade.FAULT if needed else Grade.WARNING, message, mend)]
    return [_seen(cameras, usb=not needed and bool(machine.names("/dev", "video[0-9]")))]


def _seen(cameras: list[object], *, usb: bool) -> Finding:
    if cameras:
        names = ", ".join(map(str, cameras))
        return Finding("libcamera", Grade.OK, f"libcamera sees {names}.")
    if usb:
        return Finding("libcamera", Grade.OK, "No camera on the ribbon cable; one on USB.")
    return Finding("libcamera", Grade.FAULT, "libcamera sees no camera.", _CABLE_MEND)


def _last_line(err: str) -> str:
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it said nothing"
