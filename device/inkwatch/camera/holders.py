"""Who has a device open, as far as `/proc` tells this user, and who this user is."""

import os
import pwd
from pathlib import Path


def holders_of(device: str, proc: Path = Path("/proc")) -> tuple[str, ...]:
    """Find the other processes that have a device open.

    A user sees only its own processes' files; root sees all.

    Args:
        device: a path such as `/dev/video0`.
        proc: stands in for `/proc`.

    Returns:
        Each as `rpicam-hello (process 123)`.
    """
    wanted = os.path.realpath(device)
    found = []
    for process in proc.glob("[0-9]*"):
        if int(process.name) != os.getpid() and _has_open(process, wanted):
            try:
                name = (process / "comm").read_text("utf-8", "replace").strip()
            except OSError:
                name = "a program"
            found.append(f"{name} (process {process.name})")
    return tuple(sorted(found))


def held_by(*devices: str) -> str:
    """A sentence that names who has devices open; '' where nobody is seen."""
    names = sorted({name for device in devices for name in holders_of(device)})
    return f" It is held by {', '.join(names)}." if names else ""


def user_name() -> str:
    """This user's name, for commands that name it."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return "$USER"


def _has_open(process: Path, wanted: str) -> bool:
    try:
        links = list((process / "fd").iterdir())
    except OSError:
        return False
    for link in links:
        try:
            if str(link.readlink()) == wanted:
                return True
        except OSError:
            continue
    return False
