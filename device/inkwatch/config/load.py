"""The settings that hold: the file's, over them the environment's, all checked.

Every fault of a file is told at once, each as one sentence with the file, the line, the setting,
what it may be and what stood there.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from inkwatch.config.contradictions import contradictions
from inkwatch.config.convert import NotPossible, from_environment, from_toml
from inkwatch.config.file import DEFAULT_PATH, find_file, parse, read_text
from inkwatch.config.model import Config
from inkwatch.config.settings import PREFIX, all_sections, all_settings, make_config
from inkwatch.errors import ConfigError

_FAULTS_TOLD = 20


class Origin(StrEnum):
    """Where a setting's value came from."""

    FILE = "file"
    ENVIRONMENT = "environment"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A config, the file that it was read from (None: there is none), and its values' origins.

    `given` has the key of each setting that was given by file or environment; the others have
    their defaults.
    """

    config: Config
    path: Path | None
    given: Mapping[str, Origin]

    def origin(self, key: str) -> Origin:
        """Where the value of a setting such as `mqtt.host` came from."""
        return self.given.get(key, Origin.DEFAULT)

    def where(self, key: str) -> str:
        """Where a setting was given: a file with its line, or a variable; '' for a default."""
        if self.origin(key) is Origin.ENVIRONMENT:
            return all_settings()[key].variable
        if self.origin(key) is Origin.DEFAULT or self.path is None:
            return ""
        from inkwatch.config.lines import key_lines

        line = key_lines(read_text(self.path)).get(key)
        return f"{self.path}, line {line}" if line else str(self.path)


def load(
    path: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    *,
    default_path: Path = DEFAULT_PATH,
) -> Loaded:
    """Read the config.

    Args:
        path: the file that was asked for; None takes INKWATCH_CONFIG's, else the default's place,
            where it is no fault that there is none.
        environ: the environment, with settings as `INKWATCH_MQTT_HOST`.
        default_path: the default's place.

    Raises:
        ConfigError: something is wrong; it has a sentence for each fault.
    """
    path = find_file(path, environ, default_path)
    text = "" if path is None else read_text(path)
    found = _Found()
    if path is not None:
        _take_table(parse(text, path), "", found)
    in_file = dict.fromkeys(found.values, Origin.FILE)
    _take_environment(environ, found)
    given = in_file | dict.fromkeys(found.variables, Origin.ENVIRONMENT)
    config = make_config(found.values)
    if not found.faults:
        for key, rest in contradictions(config):
            place = all_settings()[key].variable if key in found.variables else ""
            found.faults.append(_Fault(key, f"{key} {rest}.", place))
    if found.faults:
        raise ConfigError(*_sentences(found.faults, path, text))
    return Loaded(config, path, MappingProxyType(given))


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a key; `variable` is '' where the file is at fault."""

    key: str
    sentence: str
    variable: str = ""


@dataclass(slots=True)
class _Found:
    """What was found so far: values by key, those that the environment gave, faults."""

    values: dict[str, Any] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)
    faults: list[_Fault] = field(default_factory=list)


def _take_table(table: dict[str, Any], section: str, found: _Found) -> None:
    for name, value in table.items():
        key = f"{section}.{name}" if section else name
        # A quoted key may have dots in it, and is no path for that.
        known = "." not in name
        if known and key in all_sections():
            if isinstance(value, dict):
                _take_table(value, key, found)
            else:
                found.faults.append(_Fault(key, f"{key} must be a table: [{key}]."))
        elif known and key in all_settings():
            try:
                found.values[key] = from_toml(all_settings()[key], value)
            except NotPossible as error:
                found.faults.append(_Fault(key, _ended(f"{key} {error}")))
        else:
            found.faults.append(_Fault(key, _unknown(section, name, value, found)))


def _unknown(section: str, name: str, value: Any, found: _Found) -> str:
    # Looking for the name that is meant takes a millisecond, and a file may have 100,000 names.
    if len(found.faults) > 10 * _FAULTS_TOLD:
        return "there is no such setting."
    from inkwatch.config.unknown import unknown_key

    return unknown_key(section, name, is_table=isinstance(value, dict))


def _take_environment(environ: Mapping[str, str], found: _Found) -> None:
    ours = {name: text for name, text in environ.items() if name.startswith(PREFIX)}
    for key, setting in all_settings().items():
        text = ours.pop(setting.variable, None)
        if text is None:
            continue
        try:
            found.values[key] = from_environment(setting, text)
            found.variables.add(key)
        except NotPossible as error:
            found.faults.append(_Fault(key, _ended(f"{key} {error}"), setting.variable))
    for variable in sorted(ours):
        from inkwatch.config.unknown import unknown_variable

        if sentence := unknown_variable(variable):
            found.faults.append(_Fault("", sentence, variable))


def _sentences(faults: list[_Fault], path: Path | None, text: str) -> list[str]:
    """The faults in the order of their lines, each with where it is."""
    from inkwatch.config.lines import key_lines

    lines = key_lines(text) if any(not fault.variable for fault in faults) else {}
    faults = sorted(faults, key=lambda fault: (bool(fault.variable), lines.get(fault.key, 0)))
    told = []
    for fault in faults[:_FAULTS_TOLD]:
        line = lines.get(fault.key)
        in_file = f"{path}, line {line}" if line else f"{path}"
        told.append(f"{fault.variable or in_file}: {fault.sentence}")
    if len(faults) > _FAULTS_TOLD:
        told.append(f"{len(faults) - _FAULTS_TOLD} more faults are not told.")
    return told


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."
