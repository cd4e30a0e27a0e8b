"""Types and values in plain words, for errors and the reference."""

import difflib
import json
from collections.abc import Iterable
from typing import Any, Literal, get_args, get_origin

from msgspec import Meta

_SHOWN_CHARACTERS = 40
_LARGE = 10**15


def expected(kind: Any) -> str:
    """What a setting of this type may be: `a whole number from 5 to 3600`."""
    # msgspec.inspect knows no choices of both texts and numbers in the oldest msgspec we take.
    notes = [note for note in get_args(kind)[1:] if isinstance(note, Meta)]
    if not notes:
        return _expected(kind, Meta())
    note = notes[0]
    return (note.extra or {}).get("expected") or _expected(get_args(kind)[0], note)


def found(value: Any) -> str:  # noqa: PLR0911 - one for each kind of value
    """A value as it stood in the file, short; what may hold a password is not repeated."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            # Python refuses to write very long numbers out.
            return str(value) if -_LARGE < value < _LARGE else "a far larger number"
        case float():
            return repr(value)
        case str():
            if "@" in value or "://" in value:
                return "the text that stands there"
            return quoted(value)
        case list():
            if len(value) <= 8 and all(isinstance(item, (int, float)) for item in value):
                return f"[{', '.join(map(found, value))}]"
            return "such a list"
        case dict():
            return "a table"
        case _:
            return "a date or time"


def quoted(text: str) -> str:
    """A text in quotes, cut where it is long, with what no terminal should obey written out."""
    short = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in json.dumps(short, ensure_ascii=False)
    )


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """The known word that is most like this one; '' where none is."""
    # difflib's time grows with the product of the lengths; no setting has so long a name.
    close = difflib.get_close_matches(word[:100], list(known), n=1, cutoff=cutoff)
    return close[0] if close else ""


def _expected(kind: Any, note: Meta) -> str:
    arguments = [one for one in get_args(kind) if one is not type(None)]
    if get_origin(kind) is Literal:
        choices = [quoted(one) if isinstance(one, str) else str(one) for one in arguments]
        return f"{', '.join(choices[:-1])} or {choices[-1]}"
    if get_origin(kind) is tuple:
        each = expected(arguments[0]).removeprefix("a ").replace("number", "numbers")
        return f"a list of {len(arguments)} {each}"
    if arguments:
        return " or ".join(map(expected, arguments))
    if kind is str and note.max_length is not None:
        return f"text of at most {note.max_length} characters"
    words = {
        str: "text that is not empty" if note.min_length else "text",
        int: f"a whole number{_bounds(note)}",
        float: f"a number{_bounds(note)}",
        bool: "true or false",
    }
    return words[kind]


def _bounds(note: Meta) -> str:
    if note.ge is not None and note.le is not None:
        return f" from {_number(note.ge)} to {_number(note.le)}"
    bounds = {"above": note.gt, "at least": note.ge, "below": note.lt, "at most": note.le}
    parts = [f"{word} {_number(bound)}" for word, bound in bounds.items() if bound is not None]
    return f" {' and '.join(parts)}" if parts else ""


def _number(bound: float) -> str:
    return str(int(bound)) if float(bound).is_integer() else str(bound)
