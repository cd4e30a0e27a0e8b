"""What is written on pages of codes: numbers, dates, serials, sums, meter cards, no words.

Each page has a pattern that everything on it fits.
Where capitals, small letters and digits are mixed, the characters that nobody could tell apart by
their looks (O, I, o, i, l) are left out, as makers of serial numbers leave them out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "0123456789"
_MIXED = _CAPITALS + _DIGITS
_SMALL_MIXED = "abcdefghjkmnpqrstuvwxyz" + _DIGITS
_FEWEST, _MOST = 10, 32


@dataclass(frozen=True, slots=True)
class CodePage:
    """A page of codes: its `rows`, and a regular expression that each of their words fits."""

    rows: tuple[str, ...]
    pattern: str


@dataclass(frozen=True, slots=True)
class _Kind:
    make: Callable[[np.random.Generator], str]
    pattern: str
    columns: int


def code_page(rng: np.random.Generator) -> CodePage:
    """Make up a page of 10 to 32 words that are no words.

    Args:
        rng: all of it comes from here.
    """
    kind = _KINDS[int(rng.integers(len(_KINDS)))]
    wanted = int(rng.integers(_FEWEST, _MOST + 1))
    rows: list[str] = []
    while sum(len(row.split()) for row in rows) < wanted and len(rows) < 8:
        rows.append(" ".join(kind.make(rng) for _ in range(kind.columns)))
    return CodePage(tuple(rows), kind.pattern)


def _drawn(characters: str, count: int, rng: np.random.Generator) -> str:
    return "".join(characters[int(each)] for each in rng.integers(len(characters), size=count))


def _number(rng: np.random.Generator) -> str:
    whole = str(rng.integers(10 ** int(rng.integers(1, 6))))
    fraction = f"{_one('.,', rng)}{_drawn(_DIGITS, 2, rng)}" if rng.random() < 0.4 else ""
    return ("-" if rng.random() < 0.15 else "") + whole + fraction


def _date(rng: np.random.Generator) -> str:
    day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(1950, 2030)
    return (
        f"{day:02d}.{month:02d}.{year}" if rng.random() < 0.6 else f"{year}-{month:02d}-{day:02d}"
    )


def _serial(rng: np.random.Generator) -> str:
    parts = (_drawn(_CAPITALS, 2, rng), _drawn(_DIGITS, 4, rng), _drawn(_MIXED, 3, rng))
    return "-".join(parts)


def _sum(rng: np.random.Generator) -> str:
    first, second = (int(each) for each in rng.integers(2, 400, 2))
    return f"{first} + {second} = {first + second}"


def _meter(rng: np.random.Generator) -> str:
    place = _drawn(_CAPITALS, 1, rng) + _drawn("123456789", 1, rng)
    return f"{place} {_drawn(_DIGITS, 5, rng)}.{_drawn(_DIGITS, 1, rng)} {_one(('kWh', 'm3'), rng)}"


def _capital_mix(rng: np.random.Generator) -> str:
    return _drawn(_MIXED, 6, rng)


def _small_mix(rng: np.random.Generator) -> str:
    return _drawn(_SMALL_MIXED, int(rng.integers(5, 8)), rng)


def _one(choices: Sequence[str], rng: np.random.Generator) -> str:
    return choices[int(rng.integers(len(choices)))]


_KINDS = (
    _Kind(_number, r"-?\d+([.,]\d+)?", 4),
    _Kind(_date, r"\d\d\.\d\d\.\d{4}|\d{4}-\d\d-\d\d", 2),
    _Kind(_serial, r"[A-HJ-NP-Z]{2}-\d{4}-[A-HJ-NP-Z0-9]{3}", 2),
    _Kind(_sum, r"\d+|\+|=", 1),
    _Kind(_meter, r"[A-HJ-NP-Z][1-9]|\d{5}\.\d|kWh|m3", 1),
    _Kind(_capital_mix, "[A-HJ-NP-Z0-9]{6}", 3),
    _Kind(_small_mix, "[a-hjkmnp-z0-9]{5,7}", 3),
)
