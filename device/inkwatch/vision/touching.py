"""Pieces that belong to two lines, parted between them."""

from collections.abc import Sequence

from inkwatch.vision.baselines import Curve
from inkwatch.vision.components import Pieces
from inkwatch.vision.ink_points import InkPoints


def part_touching(
    pieces: Pieces,
    points: InkPoints,
    curves: Sequence[Curve],
    ends: Sequence[tuple[float, float]],
) -> Pieces:
    return pieces
