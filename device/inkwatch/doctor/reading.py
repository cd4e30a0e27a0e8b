"""The config's settings for reading, tried in a process of its own: a bad package may crash it."""

import json
import sys
from collections.abc import Collection
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from inkwatch.config.load import Loaded
from inkwatch.config.model import ReadingSection
from inkwatch.doctor.machine import Machine, last_object

_TIMEOUT_S = 30.0

_PROBE = """
import json, sys
import msgspec
from inkwatch.config.model import ReadingSection
from inkwatch.reading_faults import reading_faults
reading = msgspec.convert(json.loads(sys.argv[1]), ReadingSection)
print(json.dumps({"refused": [(fault.key, fault.rest) for fault in reading_faults(reading)]}))
"""


def refused_settings(machine: Machine, loaded: Loaded) -> list[tuple[str, str]]:
    """Find the settings for reading that were given and that a reader would refuse.

    Defaults are left out: what they name ships, and is no fault of the config.

    Args:
        machine: where to try them.
        loaded: the config.

    Returns:
        Keys such as `reading.language`, each with a sentence on where it stands and what is wrong.
        None where the packages do not run; the model's check tells that.
    """
    words = json.dumps(msgspec.to_builtins(loaded.config.reading))
    ran = machine.run((sys.executable, "-c", _PROBE, words), _TIMEOUT_S)
    told = last_object(ran.out) if ran is not None and ran.ok else {}
    refused: list[tuple[str, str]] = []
    with suppress(msgspec.ValidationError):
        refused = msgspec.convert(told.get("refused", []), list[tuple[str, str]])
    return [
        (key, f"{place}: {key} {rest}") for key, rest in refused if (place := loaded.where(key))
    ]


def with_defaults(reading: ReadingSection, keys: Collection[str]) -> ReadingSection:
    """The settings with the defaults of some, named by keys such as `reading.language`."""
    defaults = ReadingSection()
    names = [key.removeprefix("reading.") for key in keys]
    return replace(reading, **{name: getattr(defaults, name) for name in names})
