r"""What every word is known to look like: a regular expression, as an automaton over characters.

Written as Python writes them, without what looks back or ahead: characters, `.`, classes such as
`[A-F0-9]` and `[^x]`, `\d`, groups, `|`, and the counts `?`, `*`, `+`, `{2}`, `{1,3}`. A pattern
holds for whole words, so that `^` at its beginning and `$` at its end say nothing more. The way is
Thompson's (1968, doi:10.1145/363347.363387).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inkwatch.errors import UsageError

NAMED = {
    "digits": r"\d+",
    "number": r"-?\d+([.,]\d+)?",
    "capitals": "[A-Z]+",
    "letters": "[A-Za-z]+",
    "code": "[A-Z0-9-]+",
}
"""Patterns that have a name."""

DEAD = -1
MOST_STATES = 2000
MOST_LISTED = 20_000
"""States of a list of words: about as many as it has letters, beginnings shared."""

_MOST_PARTS = 50_000
_MOST_REPEATS = 100

Allowed = Callable[[str], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A deterministic automaton over L labels.

    `steps` is `(S, L)` int32, the next state or `DEAD`, state 0 the first; `ends` is `(S,)` bool,
    whether a word may end there.
    """

    text: str
    steps: npt.NDArray[np.int32]
    ends: npt.NDArray[np.bool_]


def compile_pattern(text: str, labels: Sequence[str]) -> Pattern:
    """Make the automaton of a pattern.

    Args:
        text: a name of `NAMED`, or a regular expression.
        labels: the characters that the model knows.

    Raises:
        UsageError: it is no such expression, none of the labels can match it, or it needs more
            than 2,000 states.
    """
    expression = NAMED.get(text, text).removeprefix("^")
    if expression.endswith("$") and not expression.endswith("\\$"):
        expression = expression[:-1]
    machine = _Machine(text)
    try:
        first, last = _Parser(expression, machine).parse()
    except RecursionError as error:
        raise UsageError(f"The pattern '{text}' has too many brackets inside brackets.") from error
    return _determined(text, machine, first, last, labels)


def compile_choices(choices: Iterable[str], labels: Sequence[str]) -> Pattern:
    """Make the automaton that allows some strings and no others.

    Raises:
        UsageError: there are none, one has a character that the model does not know, or they have
            more than 20,000 letters, beginnings that they share counted once.
    """
    words = sorted({choice for choice in choices if choice})
    if not words:
        raise UsageError("The list of allowed words is empty.")
    column = {label: k for k, label in enumerate(labels)}
    foreign = [word for word in words if not set(word) <= column.keys()]
    if foreign:
        some = ", ".join(f"'{word}'" for word in foreign[:3])
        raise UsageError(
            f"The list of allowed words has some that the model cannot read: {some}. It knows "
            f"{''.join(labels)}"
        )
    rows = [[DEAD] * len(labels)]
    last: set[int] = set()
    for word in words:
        at = 0
        for character in word:
            k = column[character]
            if rows[at][k] == DEAD:
                rows[at][k] = len(rows)
                rows.append([DEAD] * len(labels))
            at = rows[at][k]
        last.add(at)
        if len(rows) > MOST_LISTED:
            raise UsageError(
                f"The list of allowed words is too long: after {MOST_LISTED:,} letters it had "
                f"come to '{word}'. Give a regular expression instead."
            )
    ends = np.array([state in last for state in range(len(rows))], np.bool_)
    return Pattern(f"{len(words)} words", np.array(rows, np.int32), ends)


@dataclass(slots=True)
class _Machine:
    """States with links that take a character, and jumps that take none."""

    text: str
    links: list[list[tuple[Allowed, int]]] = field(default_factory=list)
    jumps: list[list[int]] = field(default_factory=list)

    def state(self) -> int:
        if len(self.links) >= _MOST_PARTS:
            raise UsageError(f"The pattern '{self.text}' is too large. Use smaller counts in it.")
        self.links.append([])
        self.jumps.append([])
        return len(self.links) - 1

    def link(self, at: int, to: int, allowed: Allowed) -> None:
        self.links[at].append((allowed, to))

    def jump(self, at: int, to: int) -> None:
        self.jumps[at].append(to)

    def reached(self, states: Iterable[int]) -> frozenset[int]:
        waiting, found = list(states), set(states)
        while waiting:
            for to in self.jumps[waiting.pop()]:
                if to not in found:
                    found.add(to)
                    waiting.append(to)
        return frozenset(found)


def _determined(
    text: str, machine: _Machine, first: int, last: int, labels: Sequence[str]
) -> Pattern:
    start = machine.reached([first])
    numbers = {start: 0}
    waiting = [start]
    rows: list[list[int]] = []
    while waiting:
        states = waiting.pop(0)
        row = []
        for label in labels:
            to = machine.reached(
                {to for state in states for allowed, to in machine.links[state] if allowed(label)}
            )
            if to and to not in numbers:
                numbers[to] = len(numbers)
                waiting.append(to)
            row.append(numbers[to] if to else DEAD)
        rows.append(row)
        if len(numbers) > MOST_STATES:
            raise UsageError(f"The pattern '{text}' is too large. Use smaller counts in it.")
    ends = np.array([last in states for states in numbers], np.bool_)
    if not ends[1:].any():
        raise UsageError(f"No word of the characters that the model knows fits '{text}'.")
    return Pattern(text, np.array(rows, np.int32), ends)


@dataclass(slots=True)
class _Parser:
    """Reads an expression from left to right and builds its machine."""

    text: str
    machine: _Machine
    at: int = 0

    def parse(self) -> tuple[int, int]:
        part = self._either()
        if self.at < len(self.text):
            raise self._wrong("a ')' that nothing opened")
        return part

    def _either(self) -> tuple[int, int]:
        first, last = self.machine.state(), self.machine.state()
        while True:
            start, end = self._row()
            self.machine.jump(first, start)
            self.machine.jump(end, last)
            if not self._take("|"):
                return first, last

    def _row(self) -> tuple[int, int]:
        first = last = self.machine.state()
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            start, end = self._counted()
            self.machine.jump(last, start)
            last = end
        return first, last

    def _counted(self) -> tuple[int, int]:
        begin = self.at
        part = self._one()
        least, most = self._counts()
        if (least, most) == (1, 1):
            return part
        after = self.at
        # Each repeat is a copy: the piece of text is read again for it.
        first = last = self.machine.state()
        final = self.machine.state()
        for number in range(least if most is None else most):
            if number >= least:
                self.machine.jump(last, final)
            start, end = self._again(begin)
            self.machine.jump(last, start)
            last = end
        if most is None:
            start, end = self._again(begin)
            self.machine.jump(last, start)
            self.machine.jump(end, last)
        self.machine.jump(last, final)
        self.at = after
        return first, final

    def _again(self, begin: int) -> tuple[int, int]:
        self.at = begin
        return self._one()

    def _counts(self) -> tuple[int, int | None]:
        for sign, counts in (("?", (0, 1)), ("*", (0, None)), ("+", (1, None))):
            if self._take(sign):
                return counts
        if not self._take("{"):
            return 1, 1
        stop = self.text.find("}", self.at)
        numbers = self.text[self.at : stop].split(",") if stop >= 0 else []
        if len(numbers) not in {1, 2} or not numbers[0].isdecimal():
            raise self._wrong("a '{' without a count such as {2} or {1,3}")
        self.at = stop + 1
        least = int(numbers[0])
        if len(numbers) == 1:
            most: int | None = least
        elif not numbers[1]:
            most = None
        elif numbers[1].isdecimal():
            most = int(numbers[1])
        else:
            raise self._wrong("a '{' without a count such as {2} or {1,3}")
        if max(least, most or 0) > _MOST_REPEATS or (most is not None and most < max(1, least)):
            raise self._wrong(f"a count that is empty, or over {_MOST_REPEATS}")
        return least, most

    def _one(self) -> tuple[int, int]:
        if self._take("("):
            if self._take("?"):
                raise self._wrong("a group that looks ahead or back, which patterns cannot")
            part = self._either()
            if not self._take(")"):
                raise self._wrong("a '(' that nothing closes")
            return part
        if self.at == len(self.text) or self.text[self.at] in "?*+{":
            raise self._wrong("a count with nothing before it")
        first, last = self.machine.state(), self.machine.state()
        self.machine.link(first, last, self._class() if self._take("[") else self._single())
        return first, last

    def _single(self) -> Allowed:
        character = self.text[self.at]
        self.at += 1
        if character == ".":
            return lambda _: True
        return self._escaped() if character == "\\" else character.__eq__

    def _escaped(self) -> Allowed:
        if self.at == len(self.text):
            raise self._wrong("a lone backslash at its end")
        character = self.text[self.at]
        self.at += 1
        known: dict[str, Allowed] = {
            "d": str.isdigit,
            "D": lambda c: not c.isdigit(),
            "w": lambda c: c.isalnum() or c == "_",
            "W": lambda c: not (c.isalnum() or c == "_"),
        }
        if character in known:
            return known[character]
        if character.isalnum():
            raise self._wrong(f"'\\{character}', which patterns do not know")
        return character.__eq__

    def _class(self) -> Allowed:
        negated = self._take("^")
        parts: list[Allowed] = []
        while not (parts and self._take("]")):
            if self.at >= len(self.text):
                raise self._wrong("a '[' that nothing closes")
            parts.append(self._class_part())
        return lambda c: any(part(c) for part in parts) != negated

    def _class_part(self) -> Allowed:
        low = self._member()
        rest = self.text[self.at : self.at + 2]
        if len(rest) < 2 or rest[0] != "-" or rest[1] == "]":
            return low.__eq__ if isinstance(low, str) else low
        self.at += 1
        high = self._member()
        if not isinstance(low, str) or not isinstance(high, str) or high < low:
            raise self._wrong("a range that runs backwards, or has no end")
        return lambda c: low <= c <= high

    def _member(self) -> str | Allowed:
        """One character of a class, or what an escape stands for."""
        character = self.text[self.at]
        self.at += 1
        if character != "\\":
            return character
        if self.at < len(self.text) and not self.text[self.at].isalnum():
            self.at += 1
            return self.text[self.at - 1]
        return self._escaped()

    def _take(self, sign: str) -> bool:
        if self.text[self.at : self.at + 1] != sign:
            return False
        self.at += 1
        return True

    def _wrong(self, what: str) -> UsageError:
        names = ", ".join(NAMED)
        return UsageError(
            f"The pattern '{self.text}' has {what} (at {self.at}). It is a regular expression, or "
            f"one of {names}."
        )
