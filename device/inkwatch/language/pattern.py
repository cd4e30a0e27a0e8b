r"""What every word is known to look like: a regular expression, as an automaton over characters.

Written as Python writes them, without what looks back or ahead: characters, `.`, classes such as
`[A-F0-9]` and `[^x]`, `\d`, groups, `|`, and the counts `?`, `*`, `+`, `{2}`, `{1,3}`. A pattern
holds for whole words, so that `^` at its beginning and `$` at its end say nothing more.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkwatch.errors import UsageError
from inkwatch.language.expression import Machine, parse_expression
from inkwatch.language.word_list import readable_words

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
    return _determined(text, *parse_expression(expression, text, NAMED), labels)


def compile_choices(choices: Iterable[str], labels: Sequence[str]) -> Pattern:
    """Make the automaton that allows some strings and no others.

    Raises:
        UsageError: there are none, one has a character that the model does not know, or they have
            more than 20,000 letters, beginnings that they share counted once.
    """
    words = readable_words(choices, labels, "allowed")
    if not words:
        raise UsageError("The list of allowed words is empty.")
    column = {label: k for k, label in enumerate(labels)}
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


def _determined(
    text: str, machine: Machine, first: int, last: int, labels: Sequence[str]
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
