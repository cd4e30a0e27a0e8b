"""`inkwatch doctor`: what is wrong with this device, and what mends it."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from inkwatch.cli_console import Console, printable
from inkwatch.config.file import DEFAULT_PATH, find_file
from inkwatch.config.load import load
from inkwatch.config.model import Config
from inkwatch.config.secrets import read_password
from inkwatch.doctor.broker import check_broker
from inkwatch.doctor.examine import Patient, examine
from inkwatch.doctor.finding import Finding, exit_code, worst
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
    if service:
        environment["STATE_DIRECTORY"] = STATE_FOLDER
        # Only root may read it; for others the login is tried with what else there is.
        if os.access(CREDENTIALS, os.R_OK | os.X_OK):
            environment.setdefault("CREDENTIALS_DIRECTORY", str(CREDENTIALS))
    return Patient(
        machine=Machine(),
        load=lambda: load(config_path),
        queue_path=lambda config: str(queue_path(config.mqtt, environment)),
        check_broker=partial(_check_broker, environment=environment),
        service=service,
    )


def _check_broker(config: Config, environment: dict[str, str]) -> list[Finding]:
    device = config.device.id or device_id()
    topic = f"{Topics(config.mqtt.base, device).root}/doctor"

    def make_broker() -> Broker:
        with _as_owner(config.mqtt.password_file):
            password = read_password(config, environment)
        secret = None if password is None else password.secret
        return open_broker(config.mqtt, secret, f"{device}-doctor")

    return check_broker(config.mqtt.host, topic, make_broker)


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
