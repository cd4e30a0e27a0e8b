"""Types and values in plain words, for errors and the reference."""

import difflib
import json
from collections.abc import Iterable
from typing import Any

from msgspec import inspect

_SHOWN_CHARACTERS = 40
_LARGE = 10**15


def expected(kind: Any) -> str:
    """What a setting of this type may be: `a whole number from 5 to 3600`."""
    return _expected(inspect.type_info(kind))


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


def _expected(kind: inspect.Type) -> str:  # noqa: PLR0911 - one for each kind of type
    match kind:
        case inspect.Metadata():
            own = (kind.extra or {}).get("expected")
            return own or _expected(kind.type)
        case inspect.StrType():
            if kind.max_length is not None:
                return f"text of at most {kind.max_length} characters"
            return "text that is not empty" if kind.min_length else "text"
        case inspect.IntType():
            return f"a whole number{_bounds(kind)}"
        case inspect.FloatType():
            return f"a number{_bounds(kind)}"
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType():
            # msgspec sorts the choices in its own way: numbers rise, texts as they are.
            choices = [quoted(v) if isinstance(v, str) else str(v) for v in kind.values]
            return f"{', '.join(choices[:-1])} or {choices[-1]}"
        case inspect.TupleType():
            each = _expected(kind.item_types[0]).removeprefix("a ").replace("number", "numbers")
            return f"a list of {len(kind.item_types)} {each}"
        case inspect.UnionType():
            return " or ".join(
                _expected(one) for one in kind.types if not isinstance(one, inspect.NoneType)
            )
    raise TypeError(f"no words for {kind}")


def _bounds(kind: inspect.IntType | inspect.FloatType) -> str:
    if kind.ge is not None and kind.le is not None:
        return (
            f" from {kind.ge:g} to {kind.le:g}"
            if isinstance(kind.ge, float)
            else (f" from {kind.ge} to {kind.le}")
        )
    parts = [
        f"{word} {bound:,g}".replace(",", "")
        for word, bound in (
            ("above", kind.gt),
            ("at least", kind.ge),
            ("below", kind.lt),
            ("at most", kind.le),
        )
        if bound is not None
    ]
    return f" {' and '.join(parts)}" if parts else ""
