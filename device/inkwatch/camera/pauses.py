"""How long to wait before a camera is started again."""

import random
from collections.abc import Callable

FIRST_S = 2.0
SHORT_S = 2.5
LONGEST_S = 60.0
_SHORT_FOR_S = 300.0
_OVER_AFTER_S = 5.0
_WELL_AFTER_S = 60.0
_GROWTH = 1.5
_JITTER = 0.1


class Pauses:
    """Pauses that grow from 2 s to 60 s.

    For the first five minutes of an outage they stay below 3 s, so that a camera that comes back
    is seen again within 10 s: 3 s of pause, 5 s that a start may hang, and the start itself.
    After that they grow by half each time. An outage is over when the camera ran for 5 s, so that
    one with a loose cable is of use in between; the first pause is short again after a minute.
    Each is spread by a tenth, so that devices that lost power together do not act together.
    `chance` gives numbers from 0 to 1; `first_s` is where they begin.
    """

    def __init__(
        self, chance: Callable[[], float] = random.random, first_s: float = FIRST_S
    ) -> None:
        self._chance = chance
        self._first_s = first_s
        self._pause_s = 0.0
        self._out_since_s: float | None = None

    def next_s(self, now_s: float, *, permanent: bool) -> float:
        """The pause after a fault at `now_s`, on the monotonic clock."""
        if self._out_since_s is None:
            self._out_since_s = now_s
        longest_s = LONGEST_S if now_s - self._out_since_s >= _SHORT_FOR_S else SHORT_S
        grown_s = self._first_s if self._pause_s == 0.0 else self._pause_s * _GROWTH
        self._pause_s = min(grown_s, longest_s)
        spread = 1 + _JITTER * (2 * self._chance() - 1)
        return min(LONGEST_S, (LONGEST_S if permanent else self._pause_s) * spread)

    def ran(self, for_s: float) -> None:
        """Note for how long the camera has run by now."""
        if for_s >= _OVER_AFTER_S:
            self._out_since_s = None
        if for_s >= _WELL_AFTER_S:
            self._pause_s = 0.0
