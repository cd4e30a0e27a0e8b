"""Log messages of a command that runs for long: on stderr, each a sentence for the owner."""

import logging
import os
import sys
from collections.abc import Mapping

from inkwatch.cli_console import printable

_PRIORITIES = {
    logging.CRITICAL: 2,
    logging.ERROR: 3,
    logging.WARNING: 4,
    logging.INFO: 6,
    logging.DEBUG: 7,
}
"""Python's levels as syslog's, which the journal takes from `<4>` at a line's beginning."""


def start_log(environ: Mapping[str, str] = os.environ) -> None:
    """Send what the logger `inkwatch` says to stderr; once, whatever was set up before.

    Under systemd lines begin with their priority and have no time, which the journal adds; else
    with the time of day.
    """
    journal = under_systemd(environ)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_ForJournal() if journal else _ForPeople())
    log = logging.getLogger("inkwatch")
    log.handlers = [handler]
    log.propagate = False
    log.setLevel(logging.INFO)
    # What a broken stderr does to a message must not be written to stderr.
    logging.raiseExceptions = False


def under_systemd(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a service manager started this and its journal takes what is written."""
    return bool(environ.get("JOURNAL_STREAM") or environ.get("INVOCATION_ID"))


class _ForJournal(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        priority = _PRIORITIES.get(record.levelno, 6)
        return f"<{priority}>{printable(super().format(record))}"


class _ForPeople(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))
