"""The config file: where it is, and its content as a tree that nobody has checked yet."""

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from inkwatch.errors import ConfigError

DEFAULT_PATH = Path("/etc/inkwatch/config.toml")
LIMIT_BYTES = 1024 * 1024

_DOTS = 100
"""In one line; the parser's time grows with the square of a key's parts."""


def find_file(
    path: Path | None, environ: Mapping[str, str], default: Path = DEFAULT_PATH
) -> Path | None:
    """Which file holds: the one that was asked for, else INKWATCH_CONFIG, else the default's.

    Returns:
        None where none was asked for and there is none at the default's place.
    """
    if path is not None:
        return path
    if environ.get("INKWATCH_CONFIG"):
        return Path(environ["INKWATCH_CONFIG"])
    try:
        default.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        pass  # It is there but closed to us: opening it says so.
    return default


def read_text(path: Path) -> str:
    """Read a config file.

    Raises:
        ConfigError: it is missing, no file, closed to us, too large, or no text.
    """
    try:
        with open_at_once(path) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigError(f"{path} is no file. Name a TOML file.")
            data = file.read(LIMIT_BYTES + 1)
    except FileNotFoundError:
        raise ConfigError(
            f"{path} does not exist. Name another, or make one: "
            "inkwatch config default > config.toml"
        ) from None
    except IsADirectoryError:
        raise ConfigError(f"{path} is a folder. Name the TOML file in it.") from None
    except PermissionError:
        raise ConfigError(
            f"{path} may not be read by this user (number {os.geteuid()}). Let it: "
            f"sudo chmod a+r {path}, and a+x for the folders above it."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not possible"
        raise ConfigError(f"{path} cannot be read: {reason}.") from None
    if len(data) > LIMIT_BYTES:
        raise ConfigError(
            f"{path} is larger than {LIMIT_BYTES // 1024} KiB, so it is no config. "
            "inkwatch config default prints one."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{path}, line {line}: this is no text in UTF-8. Save the file as UTF-8."
        ) from None


def open_at_once(path: Path) -> BinaryIO:
    """Open a file to read its bytes; a pipe does not make us wait for whoever writes into it.

    Raises:
        OSError: it cannot be opened, or is a folder.
        ValueError: no file can have this name.
    """

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NONBLOCK)

    return open(path, "rb", opener=opener)


def parse(text: str, path: Path) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        ConfigError: it is no TOML; nothing of what it says is repeated, for it may be a secret.
    """
    # The parser's own error would carry the whole text along: it is not chained.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > _DOTS and not line.lstrip().startswith("#"):
            raise ConfigError(
                f"{path}, line {number}: more than {_DOTS} dots are in one line; no setting has so "
                "many."
            )
    try:
        # TOML wants \n or \r\n, and says of anything else that it is an illegal character.
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigError(f"{path}: lists or tables lie too deep within one another.") from None
    except ValueError as error:
        raise ConfigError(_toml_fault(str(error), path, text)) from None


def _toml_fault(message: str, path: Path, text: str) -> str:
    """The parser's message in our form; it names single characters of the text at the most."""
    at = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message, re.S)
    if at is None:
        return f"{path}: a number in it is far too long for a setting."
    what, line, column = at.groups()
    if line is None:
        return f"{path}, line {text.rstrip().count(chr(10)) + 1}: {_plain(what)}"
    return f"{path}, line {line}, column {column}: {_plain(what)}"


def _plain(what: str) -> str:
    hints = {
        "Invalid value": "there is no value here that TOML knows. Text stands in quotes.",
        "Cannot overwrite a value": "this was given before. Leave one of the two out.",
        "Unterminated string": "a quote is not closed.",
        "Unescaped '\\'": "a backslash counts as itself only between single quotes.",
        "Expected '=' after a key in a key/value pair": "a '=' is missing after the name.",
    }
    for start, hint in hints.items():
        if what.startswith(start):
            return hint
    if what.startswith("Cannot declare") or "twice" in what:
        return "this table was given before. Put its settings together."
    return f"this is no TOML: {what[:1].lower()}{what[1:]}."
