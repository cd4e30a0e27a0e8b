"""The service as commands that are run beside it must see it: its state, and its password."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from inkwatch.config.file import DEFAULT_PATH, find_file
from inkwatch.config.model import Config
from inkwatch.config.secrets import Password, read_password

UNIT_FILE = Path("/etc/systemd/system/inkwatch.service")
STATE_FOLDER = "/var/lib/inkwatch"
CREDENTIALS = Path("/etc/inkwatch/credentials")


@dataclass(frozen=True, slots=True)
class Service:
    """What systemd adds where a config is the service's.

    `installed` says whether it is; `environment` is ours with the service's in it; `closed` tells
    that this user may not read the service's password.
    """

    installed: bool
    environment: dict[str, str]
    closed: bool = False


def beside_service(config_path: Path | None, environ: Mapping[str, str] = os.environ) -> Service:
    """Look whether a config is that of the service which is installed here."""
    environment = dict(environ)
    installed = UNIT_FILE.exists() and find_file(config_path, environ) == DEFAULT_PATH
    if not installed:
        return Service(installed, environment)
    environment["STATE_DIRECTORY"] = STATE_FOLDER
    closed = CREDENTIALS.exists() and not os.access(CREDENTIALS, os.R_OK | os.X_OK)
    if not closed:
        environment.setdefault("CREDENTIALS_DIRECTORY", str(CREDENTIALS))
    return Service(installed, environment, closed)


def service_password(config: Config, service: Service) -> Password | None:
    """Find the password as the daemon does; the credential as root, the file as its owner."""
    file = config.mqtt.password_file
    without = replace(config, mqtt=replace(config.mqtt, password_file=""))
    if (password := read_password(without, service.environment)) or not file:
        return password
    with _as_owner(file):
        return read_password(config, {})


@contextmanager
def _as_owner(path: str) -> Iterator[None]:
    """Where root examines: judge a password file as its owner, the service's user, would."""
    try:
        owner = Path(path).stat().st_uid if path and os.geteuid() == 0 else 0
    except (OSError, ValueError):
        owner = 0
    if owner == 0:
        yield
        return
    os.seteuid(owner)
    try:
        yield
    finally:
        os.seteuid(0)
