"""Units of measure in a case that no word has: kWh on a meter, mA on a drawing."""

from collections.abc import Sequence

_UNITS = (
    "kWh MWh Wh kW MW kVA mA mAh mV kV kHz MHz GHz kB MB GB TB dB kPa hPa MPa Nm pH "
    "m2 m3 km/h m/s m3/h"
)


def units_of(labels: Sequence[str]) -> list[str]:
    """The units that can be written with some characters."""
    known = frozenset(labels)
    return [unit for unit in _UNITS.split() if known.issuperset(unit)]
