"""From a regular expression to a machine that knows what may follow: Thompson's construction.

The way is that of Thompson 1968 (doi:10.1145/363347.363387): each part of the expression becomes a
few states with a first and a last one.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from inkwatch.errors import UsageError

_MOST_PARTS = 50_000
_MOST_REPEATS = 100

Allowed = Callable[[str], bool]


@dataclass(slots=True)
class Machine:
    """States with links that take a character, and jumps that take none."""

    text: str
    links: list[list[tuple[Allowed, int]]] = field(default_factory=list)
    jumps: list[list[int]] = field(default_factory=list)

    def state(self) -> int:
        """Add a state and give its number.

        Raises:
            UsageError: there are too many.
        """
        if len(self.links) >= _MOST_PARTS:
            raise UsageError(f"The pattern '{self.text}' is too large. Use smaller counts in it.")
        self.links.append([])
        self.jumps.append([])
        return len(self.links) - 1

    def link(self, at: int, to: int, allowed: Allowed) -> None:
        """Lead from one state to another by a character."""
        self.links[at].append((allowed, to))

    def jump(self, at: int, to: int) -> None:
        """Lead from one state to another by nothing."""
        self.jumps[at].append(to)

    def reached(self, states: Iterable[int]) -> frozenset[int]:
        """Give the states and all that jumps lead to from them."""
        waiting, found = list(states), set(states)
        while waiting:
            for to in self.jumps[waiting.pop()]:
                if to not in found:
                    found.add(to)
                    waiting.append(to)
        return frozenset(found)


def parse_expression(expression: str, text: str, names: Iterable[str]) -> tuple[Machine, int, int]:
    """Build the machine of an expression.

    Args:
        expression: what is parsed.
        text: what the user wrote for it, for messages.
        names: names that the user might have written instead, for messages.

    Returns:
        The machine, its first state and its last.

    Raises:
        UsageError: it is no expression of the kind that `pattern` tells of, or it is too large.
    """
    machine = Machine(text)
    try:
        first, last = _Parser(expression, machine, tuple(names)).parse()
    except RecursionError as error:
        raise UsageError(f"The pattern '{text}' has too many brackets inside brackets.") from error
    return machine, first, last


@dataclass(slots=True)
class _Parser:
    """Reads an expression from left to right and builds its machine."""

    text: str
    machine: Machine
    names: tuple[str, ...]
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
        names = ", ".join(self.names)
        return UsageError(
            f"The pattern '{self.text}' has {what} (at {self.at}). It is a regular expression, or "
            f"one of {names}."
        )
