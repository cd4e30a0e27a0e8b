"""Looks less often while the processor is hot."""

from collections.abc import Callable

from inkwatch.machine.heat import temperature_c

EVERY_S = 10.0
"""How often the temperature is asked for."""

_SHARE = 0.2
_HYSTERESIS_C = 5.0


class Cooling:
    """Says how many views a second there shall be. Asks for the temperature itself.

    Args:
        ask: the processor's temperature in degrees Celsius; None where the machine does not tell.
    """

    def __init__(self, ask: Callable[[], float | None] = temperature_c) -> None:
        self._ask = ask
        self._next_s: float | None = None
        self.hot = False
        self.temperature_c: float | None = None

    def rate_hz(self, usual_hz: float, slow_above_c: float, now_s: float) -> float:
        """The rate that holds now.

        Above `slow_above_c` it is a fifth, until it is 5 degrees cooler.
        """
        if self._next_s is None or now_s >= self._next_s:
            self._next_s = now_s + EVERY_S
            self.temperature_c = self._ask()
            limit_c = slow_above_c - _HYSTERESIS_C if self.hot else slow_above_c
            self.hot = self.temperature_c is not None and self.temperature_c > limit_c
        return usual_hz * _SHARE if self.hot else usual_hz
