"""Who this device is: a name of its own without any settings."""

import hashlib
import hmac
import os
from pathlib import Path

_OURS = bytes.fromhex("6f1d0b2ce8a9454d9a6e2f57c3b1d480")
"""Mixed into the machine's id, so that what we show cannot be matched with what others show."""

MACHINE_ID_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def device_id(files: tuple[Path, ...] = MACHINE_ID_FILES) -> str:
    """`inkwatch-` and eight hexadecimal digits, the same over restarts and upgrades.

    The machine's id is confidential (machine-id(5)); what is given is HMAC-SHA256 of our own
    number with it as the key, as in sd_id128_get_machine_app_specific(3). Where a machine has no
    id the host's name stands in. Cards copied from one image share their id: `device.id` in the
    config, or an image without a machine id, tells such devices apart.
    """
    key = next(filter(None, map(_machine_id, files)), "") or f"host {host_name()}"
    digest = hmac.new(key.encode(), _OURS, hashlib.sha256).hexdigest()
    return f"inkwatch-{digest[:8]}"


def host_name() -> str:
    """What the machine calls itself on the network; `localhost` where it has no name."""
    return os.uname().nodename or "localhost"


def _machine_id(path: Path) -> str:
    """The id in a file, '' where there is none: before the first start it says `uninitialized`."""
    try:
        text = path.read_text(encoding="ascii").strip().lower()
    except (OSError, ValueError):
        return ""
    is_id = len(text) == 32 and set(text) <= set("0123456789abcdef") and set(text) != {"0"}
    return text if is_id else ""
