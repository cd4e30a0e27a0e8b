"""`inkwatch doctor`: what is wrong with this device, and what mends it."""

import argparse
import os
from functools import partial
from pathlib import Path

from inkwatch.cli_console import Console, printable
from inkwatch.cli_service import Service, beside_service, service_password
from inkwatch.config.file import DEFAULT_PATH, find_file
from inkwatch.config.load import load
from inkwatch.config.model import Config
from inkwatch.doctor.broker import check_broker
from inkwatch.doctor.examine import Patient, examine
from inkwatch.doctor.finding import Finding, Grade, exit_code, worst
from inkwatch.doctor.machine import Machine
from inkwatch.doctor.report import as_json, as_text, summary
from inkwatch.doctor.setting import Setting
from inkwatch.errors import ExitCode
from inkwatch.machine.identity import device_id
from inkwatch.publish.mqtt.broker import Broker
from inkwatch.publish.mqtt.teller import open_broker, queue_path
from inkwatch.publish.mqtt.topics import Topics


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
    service = beside_service(config_path)
    setting = Setting(service.installed, find_file(config_path, os.environ) or DEFAULT_PATH)
    return Patient(
        machine=Machine(),
        load=lambda: load(config_path),
        queue_path=lambda config: str(queue_path(config.mqtt, service.environment)),
        check_broker=partial(_check_broker, service=service, setting=setting),
        setting=setting,
    )


def _check_broker(config: Config, service: Service, setting: Setting) -> list[Finding]:
    """Try the broker with the service's password."""
    device = config.device.id or device_id()
    topic = f"{Topics(config.mqtt.base, device).root}/doctor"
    password = service_password(config, service)
    if service.closed and password is None and config.mqtt.username:
        message = "The service's password is closed to this user, so the login is not tried."
        return [Finding("broker", Grade.NOTE, message, "sudo inkwatch doctor")]

    def make_broker() -> Broker:
        secret = None if password is None else password.secret
        return open_broker(config.mqtt, secret, f"{device}-doctor")

    return check_broker(config.mqtt.host, topic, make_broker, setting)
