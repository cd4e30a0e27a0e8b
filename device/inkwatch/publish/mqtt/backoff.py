"""How long to wait before the broker is tried again."""

import random

QUICK_S = 2.0
QUICK_FOR_S = 600.0
LONGEST_S = 60.0


class Backoff:
    """Pauses that grow, with jitter so that many devices do not come back in one moment.

    For the first ten minutes of an outage the pauses stay below 2 s: a broker that restarts, or a
    Wi-Fi that was gone for minutes, has its devices back within 5 s. Then they double up to a
    minute. Where haste cannot help, as after a refused login, they double from the start.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()  # noqa: S311 - spreads load, guards nothing
        self._since_s: float | None = None
        self._pause_s = 1.0

    def pause(self, now_s: float, *, lasting: bool) -> float:
        """After a failure: how many seconds to wait.

        Args:
            now_s: monotonic time.
            lasting: whether somebody must mend something before it can work.
        """
        if self._since_s is None:
            self._since_s = now_s
        ceiling_s = LONGEST_S
        if not lasting and now_s - self._since_s < QUICK_FOR_S:
            ceiling_s = QUICK_S
        self._pause_s = min(self._pause_s, ceiling_s)
        pause_s = self._pause_s * self._chance.uniform(0.5, 1.0)
        self._pause_s = min(2 * self._pause_s, ceiling_s)
        return pause_s

    def succeeded(self) -> None:
        """The broker took us in: the next outage begins anew."""
        self._since_s = None
        self._pause_s = 1.0
