"""A hand: how one person, on one day, writes the letters that a font gives as strokes."""

from dataclasses import dataclass
from typing import Self

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True, slots=True)
class Hand:
    """What differs from hand to hand. Lengths count in x-heights, angles in radians.

    `wide` stretches all that is written, `apart` the room between letters, `gap` is that between
    words. `lean` is the slant, `reach_up` and `reach_down` how far letters reach beside their
    bodies. `joins` is the chance that a letter is joined to the next. `haste` is over which length
    the pen's way is rounded: the quicker, the more. `sweep` is the same for its way to the right
    alone: where it is long, arches stand on points as a u's do, and stems lean apart. `loose` is
    how far strokes begin and end from where they should, so that bowls stay open. `unlike` is how
    unlike one another single letters are, `tremble` how unsteady the pen is, `wander` how far lines
    leave the baseline.
    `bar_shift` is how far to the right of its stem the bar of a t is put, `bar_stretch` how much
    longer it is than the font's, `bar_tilt` how it rises. `pen` is the stroke's width, `press` how
    much of it depends on where the pen goes to, and `nib` the angle at which it is widest, none
    where it is round.
    """

    wide: float
    apart: float
    gap: float
    lean: float
    reach_up: float
    reach_down: float
    joins: float
    haste: float
    sweep: float
    loose: float
    unlike: float
    tremble: float
    wander: float
    bar_shift: float
    bar_stretch: float
    bar_tilt: float
    pen: float
    press: float
    nib: float | None

    @classmethod
    def drawn(cls, rng: Rng, *, joined: bool) -> Self:
        """Make one up.

        Args:
            rng: all chance comes from here.
            joined: whether the letters are made to be joined.
        """
        if joined:
            joins = 1.0 if rng.random() < 0.6 else float(rng.uniform(0.6, 1.0))
        else:
            joins = 0.0 if rng.random() < 0.3 else float(rng.uniform(0.2, 1.0))
        return cls(
            wide=_around(1.35, 0.35, rng, 0.7, 2.8),
            apart=float(rng.normal(0.0, 0.1)) + (0.12 if joins and not joined else 0.0),
            gap=_around(1.2, 0.45, rng, 0.35, 3.2),
            lean=float(np.deg2rad(np.clip(rng.normal(7.0, 15.0), -25.0, 45.0))),
            reach_up=_around(1.0, 0.22, rng, 0.6, 1.6),
            reach_down=_around(1.0, 0.22, rng, 0.6, 1.6),
            joins=joins,
            haste=_around(0.12, 0.6, rng, 0.02, 0.38),
            sweep=_around(0.17, 0.5, rng, 0.0, 0.42)
            if joins >= 0.6 and rng.random() < 0.6
            else 0.0,
            loose=_around(0.07, 0.6, rng, 0.0, 0.25),
            unlike=_around(0.09, 0.4, rng, 0.02, 0.2),
            tremble=_around(0.03, 0.5, rng, 0.0, 0.09),
            wander=_around(0.06, 0.5, rng, 0.0, 0.2),
            bar_shift=float(np.clip(rng.normal(0.15, 0.25), -0.2, 0.8)),
            bar_stretch=_around(1.2, 0.4, rng, 0.5, 2.8),
            bar_tilt=float(np.deg2rad(rng.normal(8.0, 10.0))),
            pen=_around(0.11, 0.4, rng, 0.05, 0.28),
            press=float(rng.uniform(0.0, 0.5)) if rng.random() < 0.5 else 0.0,
            nib=float(rng.uniform(0.3, 1.2)) if rng.random() < 0.12 else None,
        )


def _around(middle: float, spread: float, rng: Rng, low: float, high: float) -> float:
    """Draw from a log-normal distribution, kept between bounds."""
    return float(np.clip(middle * np.exp(spread * rng.standard_normal()), low, high))
