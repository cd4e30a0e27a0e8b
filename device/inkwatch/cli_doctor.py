"""`inkwatch doctor`: what is wrong with this device, and what mends it."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from inkwatch.cli_console import Console, printable
from inkwatch.config.file import DEFAULT_PATH, find_file
from inkwatch.config.load import load
from inkwatch.config.model import Config
from inkwatch.config.secrets import Password, read_password
from inkwatch.doctor.broker import check_broker
from inkwatch.doctor.examine import Patient, examine
from inkwatch.doctor.finding import Finding, Grade, exit_code, worst
from inkwatch.doctor.machine import Machine
from inkwatch.doctor.report import as_json, as_text, summary
from inkwatch.errors import ExitCode
from inkwatch.machine.identity import device_id
from inkwatch.publish.mqtt.broker import Broker
from inkwatch.publish.mqtt.teller import open_broker, queue_path
from inkwatch.publish.mqtt.topics import Topics

UNIT_FILE = Path("/etc/systemd/system/inkwatch.service")
STATE_FOLDER = "/var/lib/inkwatch"
CREDENTIALS = Path("/etc/inkwatch/credentials")


def run_doctor(
    args: argparse.Namespace, console: Console, *, patient: Patient | None = None
) -> ExitCode:
    """Tell each finding as it is found; with `--json` all at the end.

    Args:
        args: `config` and `json`.
        console: where to tell.
        patient: what to examine in place of this machine, for tests.

    Returns:
        OK, WARNINGS or FAULTS: the worst that was found.
    """
    findings = []
    for finding in examine(patient or this_machine(args.config)):
        findings.append(finding)
        if not args.json:
            console.data("".join(f"{printable(row)}\n" for row in as_text(finding).splitlines()))
    console.data(as_json(findings) if args.json else summary(findings))
    return exit_code(worst(findings))


def this_machine(config_path: Path | None) -> Patient:
    """This machine with a config, which is looked at as the service sees it where it is its own."""
    path = find_file(config_path, os.environ)
    service = UNIT_FILE.exists() and path == DEFAULT_PATH
    environment = dict(os.environ)
    closed = False
    if service:
        environment["STATE_DIRECTORY"] = STATE_FOLDER
        closed = CREDENTIALS.exists() and not os.access(CREDENTIALS, os.R_OK | os.X_OK)
        if not closed:
            environment.setdefault("CREDENTIALS_DIRECTORY", str(CREDENTIALS))
    return Patient(
        machine=Machine(),
        load=lambda: load(config_path),
        queue_path=lambda config: str(queue_path(config.mqtt, environment)),
        check_broker=partial(_check_broker, environment=environment, closed=closed),
        service=service,
    )


def _check_broker(
    config: Config, environment: dict[str, str], *, closed: bool = False
) -> list[Finding]:
    """Try the broker with the service's password; `closed`: where this user may not read it."""
    device = config.device.id or device_id()
    topic = f"{Topics(config.mqtt.base, device).root}/doctor"
    password = _password(config, environment)
    if closed and password is None and config.mqtt.username:
        message = "The service's password is closed to this user, so the login is not tried."
        return [Finding("broker", Grade.NOTE, message, "sudo inkwatch doctor")]

    def make_broker() -> Broker:
        secret = None if password is None else password.secret
        return open_broker(config.mqtt, secret, f"{device}-doctor")

    return check_broker(config.mqtt.host, topic, make_broker)


def _password(config: Config, environment: dict[str, str]) -> Password | None:
    """Find the password as the daemon does; the credential as root, the file as its owner."""
    file = config.mqtt.password_file
    without = replace(config, mqtt=replace(config.mqtt, password_file=""))
    if (password := read_password(without, environment)) or not file:
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
