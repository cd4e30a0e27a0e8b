"""How high each character stands on its line: the writer's school, in numbers.

Heights are counted from the baseline upwards in x-heights: the top of an `x` is 1, of a capital
about 1.6, the foot of a `p` about -0.6. They are the proportions of common print hands, rounded;
the spread allowed around them (`SPREAD`) is far larger than the differences between schools.
"""

from dataclasses import dataclass

SPREAD = 0.22
"""Standard deviation of a top or bottom around what is expected, in x-heights."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a character's ink begins and ends, in x-heights above the baseline."""

    top: float
    bottom: float


_GROUPS: tuple[tuple[str, Shape], ...] = (
    ("acemnorsuvwxz", Shape(1.0, 0.0)),
    ("bdhkl", Shape(1.7, 0.0)),
    ("f", Shape(1.7, -0.1)),
    ("t", Shape(1.45, 0.0)),
    ("i", Shape(1.5, 0.0)),
    ("j", Shape(1.5, -0.6)),
    ("gpqy", Shape(1.0, -0.65)),
    ("ABCDEFGHIJKLMNOPRSTUVWXYZ", Shape(1.62, 0.0)),
    ("Q", Shape(1.62, -0.12)),
    ("0123456789", Shape(1.6, 0.0)),
    ("!?#%&$@", Shape(1.62, 0.0)),
    ("()", Shape(1.7, -0.35)),
    ("/", Shape(1.7, -0.2)),
    ("'\"", Shape(1.7, 1.2)),
    ("*", Shape(1.6, 0.8)),
    (".", Shape(0.18, 0.0)),
    (",", Shape(0.2, -0.3)),
    (":", Shape(0.9, 0.0)),
    (";", Shape(0.9, -0.3)),
    ("-", Shape(0.62, 0.45)),
    ("+", Shape(0.95, 0.15)),
    ("=", Shape(0.75, 0.3)),
)

_SHAPES = {character: shape for characters, shape in _GROUPS for character in characters}
_UNKNOWN = Shape(1.3, 0.0)


def shape_of(character: str) -> Shape:
    """Where `character` stands; a middling guess for one that the table lacks."""
    return _SHAPES.get(character, _UNKNOWN)
