"""On which line of a TOML text a key stands, which Python's parser does not tell."""

import contextlib
import tomllib
from typing import Any

_PARSED_AGAIN_CHARACTERS = 256 * 1024
"""Beyond the text itself, at most; a list over very many lines would take for ever."""

_DEPTH = 5
"""No setting lies deeper."""


def key_lines(text: str) -> dict[str, int]:
    """Find the line, counted from 1, on which each key and table of a valid TOML text begins.

    Each statement of TOML (a key with its value, a table's header) is valid alone, and none of
    its beginnings is: so lines are taken together until they parse, and what they define stands
    where they begin. Keys are dotted as in `mqtt.tls.enabled`, however they are written. What is
    within a value over several lines, as an inline table, counts for the line on which that begins.
    """
    found: dict[str, int] = {}
    header = ""
    begin = 1
    statement = ""
    left = len(text) + _PARSED_AGAIN_CHARACTERS
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        statement += f"{line}\n"
        left -= len(statement)
        if left < 0:
            break
        with contextlib.suppress(ValueError, RecursionError):
            tree = tomllib.loads(statement)
            paths = _paths(tree, "")
            if statement.lstrip().startswith("["):
                header = f"{paths[-1]}." if paths else ""
                prefix = ""
            else:
                prefix = header
            for path in paths:
                found.setdefault(f"{prefix}{path}", begin)
            begin, statement = number + 1, ""
    return found


def _paths(tree: dict[str, Any], prefix: str, depth: int = _DEPTH) -> list[str]:
    """All keys within, each before what it holds."""
    paths = []
    for key, value in tree.items():
        paths.append(f"{prefix}{key}")
        if isinstance(value, dict) and depth > 1:
            paths += _paths(value, f"{prefix}{key}.", depth - 1)
    return paths
