"""The service, as systemd sees it: whether it runs, and how often it was started anew."""

from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Machine

UNIT = "inkwatch.service"

_ASKED = ("LoadState", "ActiveState", "UnitFileState", "NRestarts", "StatusText", "Result",
          "ExecMainStatus")  # fmt: skip
_LOG = "journalctl -u inkwatch -n 30 --no-pager"
_MANY_RESTARTS = 3


def check_service(machine: Machine) -> list[Finding]:
    """Ask systemd; one note where there is no systemd or no unit."""
    ran = machine.run(("systemctl", "show", UNIT, f"--property={','.join(_ASKED)}"), timeout_s=5.0)
    if ran is None or not ran.ok:
        return [Finding("service", Grade.NOTE, "systemd does not run here, or does not answer.")]
    told = dict(row.partition("=")[::2] for row in ran.out.splitlines())
    if told.get("LoadState") != "loaded":
        message = "Inkwatch is not installed as a service."
        return [Finding("service", Grade.NOTE, message, "sudo sh systemd/install.sh")]
    return [_state(told), *_restarts(told), *_enabled(told)]


def _state(told: dict[str, str]) -> Finding:
    status = told.get("StatusText", "")
    tail = f": {status}" if status else ""
    match told.get("ActiveState"):
        case "active" | "reloading":
            return Finding("service", Grade.OK, f"It runs{tail or '.'}")
        case "activating":
            message = f"It starts, and waits for its camera{tail or '.'}"
            return Finding("service", Grade.WARNING, message, _LOG)
        case "failed":
            message = (
                f"It has failed ({told.get('Result', '?')}, code {told.get('ExecMainStatus', '?')})"
                " and is not started again."
            )
            mend = f"{_LOG}     # mend that, then: sudo systemctl restart inkwatch"
            return Finding("service", Grade.FAULT, message, mend)
    return Finding("service", Grade.WARNING, "It does not run.", "sudo systemctl start inkwatch")


def _restarts(told: dict[str, str]) -> list[Finding]:
    count = told.get("NRestarts", "")
    if not count.isdigit() or int(count) < _MANY_RESTARTS:
        return []
    message = f"systemd has started it anew {count} times."
    return [Finding("service restarts", Grade.WARNING, message, _LOG)]


def _enabled(told: dict[str, str]) -> list[Finding]:
    if told.get("UnitFileState") == "enabled":
        return []
    message = "It does not start with the machine."
    return [Finding("service enabled", Grade.WARNING, message, "sudo systemctl enable inkwatch")]
