"""All settings as one list: for the environment, the reference, and what is said of faults."""

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, get_args

import msgspec
from msgspec.structs import fields

from inkwatch.config.model import Config, Section

PREFIX = "INKWATCH_"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: `key` as in `mqtt.tls.enabled`, its environment `variable`, and its type.

    `type` is what msgspec converts to, bounds and all; `description` is for people. `example` is a
    value as TOML writes it, '' where the default is one.
    """

    key: str
    variable: str
    type: Any
    default: Any
    description: str
    example: str

    @property
    def section(self) -> str:
        """The table that it stands in: `mqtt.tls`."""
        return self.key.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Its name within that table: `enabled`."""
        return self.key.rpartition(".")[2]


@cache
def all_settings() -> MappingProxyType[str, Setting]:
    """Every setting by its key, in the order of the types."""
    return MappingProxyType(
        {
            setting.key: setting
            for name, section in all_sections().items()
            for setting in _settings(name, section)
        }
    )


@cache
def all_sections() -> MappingProxyType[str, type[Section]]:
    """Every table by its name, `mqtt` before `mqtt.tls`."""
    return MappingProxyType(dict(_sections("", Config)))


def value_of(config: Config, key: str) -> Any:
    """What a config says for a setting."""
    value: Any = config
    for name in key.split("."):
        value = getattr(value, name)
    return value


def make_config(values: dict[str, Any]) -> Config:
    """Make a config of values that were checked, each by its setting's key; the rest is default."""
    made: Config = _make(Config, "", values)
    return made


def is_section(kind: Any) -> bool:
    """Whether a field's type is a table."""
    return isinstance(kind, type) and issubclass(kind, Section)


def _make(section: type[Section], prefix: str, values: dict[str, Any]) -> Any:
    given = {}
    for field in fields(section):
        key = f"{prefix}{field.name}"
        if is_section(field.type):
            given[field.name] = _make(field.type, f"{key}.", values)
        elif key in values:
            given[field.name] = values[key]
    return section(**given)


def _sections(prefix: str, section: type[Section]) -> list[tuple[str, type[Section]]]:
    found = []
    for field in fields(section):
        if is_section(field.type):
            name = f"{prefix}{field.name}"
            found += [(name, field.type), *_sections(f"{name}.", field.type)]
    return found


def _settings(section_name: str, section: type[Section]) -> list[Setting]:
    found = []
    for field in fields(section):
        if not is_section(field.type):
            key = f"{section_name}.{field.name}"
            found.append(
                Setting(
                    key=key,
                    variable=PREFIX + key.upper().replace(".", "_"),
                    type=field.type,
                    default=field.default,
                    description=_noted(field.type, "description"),
                    example=_noted(field.type, "examples"),
                )
            )
    return found


def _noted(kind: Any, what: str) -> str:
    """What a type's notes say of it, '' where nothing; of several examples the first."""
    for note in get_args(kind)[1:]:
        if isinstance(note, msgspec.Meta) and (said := getattr(note, what)):
            return str(said if isinstance(said, str) else said[0])
    return ""
