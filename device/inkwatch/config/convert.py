"""One setting's value, checked: what TOML or the environment gave → what the daemon uses."""

import math
import tomllib
import unicodedata
from typing import Any, Literal, get_args, get_origin

import msgspec

from inkwatch.config.settings import Setting


class NotPossible(Exception):  # noqa: N818 - told on as part of a sentence
    """The setting cannot have this value; the message is the rest of a sentence about it."""


def from_toml(setting: Setting, value: Any) -> Any:
    """Check a value from the file.

    Raises:
        NotPossible: it is of the wrong type, out of bounds, or not one of the choices.
    """
    return _checked(setting, value, strict=True)


def from_environment(setting: Setting, text: str) -> Any:
    """Check a value from the environment, where all values are text.

    Numbers are written as in TOML, `true` and `1` mean the same, and a list stands in brackets.

    Raises:
        NotPossible: see `from_toml`.
    """
    value: Any = text
    if text.strip().startswith("[") and not _takes_text(setting.type):
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except (ValueError, RecursionError):
            value = text
    return _checked(setting, value, strict=False)


def _checked(setting: Setting, value: Any, *, strict: bool) -> Any:
    from_text = isinstance(value, str)
    try:
        converted = msgspec.convert(value, setting.type, strict=strict)
    except (msgspec.ValidationError, ValueError, OverflowError, RecursionError):
        raise NotPossible(_wrong(setting, value)) from None
    # Comparisons with "not a number" are all false, so that no bound keeps it out.
    if isinstance(converted, float) and not math.isfinite(converted):
        raise NotPossible(_wrong(setting, value))
    if from_text and any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
        raise NotPossible("must be without control characters, and UTF-8")
    return converted


def _wrong(setting: Setting, value: Any) -> str:
    # Describing types costs an import that a config without faults does not need.
    from inkwatch.config.wording import expected, found, nearest, quoted

    sentence = f"must be {expected(setting.type)}, not {found(value)}"
    choices = _text_choices(setting.type)
    meant = nearest(value, choices) if isinstance(value, str) and choices else ""
    return f"{sentence}; did you mean {quoted(meant)}?" if meant else sentence


def _takes_text(kind: Any) -> bool:
    return str in (kind, *get_args(kind)[:1])


def _text_choices(kind: Any) -> list[str]:
    inner = get_args(kind)[0] if get_args(kind) else kind
    if get_origin(inner) is not Literal:
        return []
    return [choice for choice in get_args(inner) if isinstance(choice, str)]
