"""Configs with faults and with damage."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from inkwatch.config.load import load
from inkwatch.config.model import Config
from inkwatch.config.settings import all_settings
from inkwatch.errors import ConfigError

_GOOD = (
    'device.id = "desk"',
    "camera.rate_hz = 5.0",
    'camera.autofocus = "single"',
    "reading.region = [0.1, 0.0, 0.8, 0.5]",
    "watch.votes = 3",
    'mqtt.host = "broker.lan"',
    "mqtt.queue.max_bytes = 70000",
    "health.every_s = 60",
)
_NO_VALUE_OF_ANY = (
    "nan", "inf", "-1", "1e99", "9223372036854775808", "{a = 1}", "[[]]", "1979-05-27",
    '"\\u0000+#"',     '"""a\nb"""', "[1, 2, 3]", '["x"]',
)  # fmt: skip
_DAMAGE = b"\x00\xff\"'[]{}=.\\\n#+-_eE19 \xc3\xa9"


@dataclass(frozen=True)
class Refused:
    """How many were tried and taken; `unsound` of those taken break the config's own bounds."""

    tried: int
    taken: int
    unsound: int


def faulty_configs(path: Path, count: int, ends_s: float, chance: random.Random) -> Refused:
    """Load good configs with one fault put in: an unknown key, a value of no setting's, no TOML."""
    keys = sorted(all_settings())

    def make() -> bytes:
        lines = chance.sample(_GOOD, 2)
        key = chance.choice(keys)
        match chance.randrange(4):
            case 0:
                at = chance.randrange(len(key) + 1)
                wrong = f"{key[:at]}{chance.choice('xqz_')}{key[at:]} = 1"
            case 1:
                wrong = f"{chance.choice(['camera', 'mqtt', 'watch'])} = {chance.randrange(9)}"
            case 2:
                wrong = f"{key} = {{{key} = {chance.choice(_NO_VALUE_OF_ANY)}}}"
            case _:
                wrong = f"{key} = {chance.choice(['', '=', '[', '{', '.', '1 1', '<<', '$(id)'])}"
        lines.insert(chance.randrange(3), wrong)
        return "\n".join(
            line for line in lines if line.split(" ")[0] != key or line is wrong
        ).encode()

    return load_all(path, count, ends_s, make)


def damaged_configs(path: Path, count: int, ends_s: float, chance: random.Random) -> Refused:
    """Load good configs with some bytes changed, put in or cut out at random."""

    def make() -> bytes:
        text = bytearray("\n".join(chance.sample(_GOOD, 3)).encode())
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(text))
            piece = bytes(chance.choices(_DAMAGE, k=chance.randint(0, 3)))
            text[at : at + chance.randint(0, 4)] = piece or chance.choice(_NO_VALUE_OF_ANY).encode()
        return bytes(text)

    return load_all(path, count, ends_s, make)


def load_all(path: Path, count: int, ends_s: float, make: Callable[[], bytes]) -> Refused:
    """Load what `make` gives, again and again, until `ends_s` (monotonic) at the latest.

    Raises:
        ValueError: a config is refused without a clear word.
    """
    tried = taken = unsound = 0
    while tried < count and time.monotonic() < ends_s:
        tried += 1
        path.write_bytes(make())
        try:
            config = load(path, {}).config
        except ConfigError as error:
            if not error.faults or any("\n" in fault for fault in error.faults):
                raise ValueError(f"no clear error: {error.faults}") from error
            continue
        taken += 1
        unsound += not _is_sound(config)
    return Refused(tried, taken, unsound)


def _is_sound(config: Config) -> bool:
    """Whether every value is within the bounds that the types name."""
    try:
        return msgspec.convert(msgspec.to_builtins(config), Config) == config
    except msgspec.ValidationError:
        return False
