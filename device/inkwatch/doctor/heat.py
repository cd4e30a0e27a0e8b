"""Temperature, and what the firmware complains of: the power supply, mostly."""

from inkwatch.doctor.finding import Finding, Grade

_POWER_MEND = "Use the power supply made for this Raspberry Pi, and a short cable."
_COOL_MEND = "Give it air or a heat sink, or lower camera.rate_hz in the config."
_OCCURRED = "-occurred"


def check_heat(
    temperature_c: float | None, throttled: tuple[str, ...] | None, slow_above_c: float
) -> list[Finding]:
    """Grade the temperature and the firmware's complaints; nothing where neither is told.

    Args:
        temperature_c: the processor's; None where the machine does not tell.
        throttled: the names that `inkwatch.machine.heat.throttled` gives.
        slow_above_c: from where on fewer pictures are looked at.
    """
    findings = []
    if temperature_c is not None:
        hot = temperature_c >= slow_above_c
        findings.append(
            Finding(
                "temperature",
                Grade.WARNING if hot else Grade.OK,
                f"{temperature_c:.0f} °C"
                + (f"; above {slow_above_c:.0f} °C fewer pictures are looked at." if hot else "."),
                _COOL_MEND if hot else "",
            )
        )
    if throttled is not None:
        findings.append(_complaints(throttled))
    return findings


def _complaints(throttled: tuple[str, ...]) -> Finding:
    now = [name for name in throttled if not name.endswith(_OCCURRED)]
    before = [name.removesuffix(_OCCURRED) for name in throttled if name.endswith(_OCCURRED)]
    if not throttled:
        return Finding("power", Grade.OK, "The firmware complains of nothing.")
    power = "under-voltage" in (*now, *before)
    mend = _POWER_MEND if power else _COOL_MEND
    if now:
        return Finding("power", Grade.WARNING, f"The firmware says: {', '.join(now)}.", mend)
    message = f"Since the start the firmware has said: {', '.join(before)}."
    return Finding("power", Grade.WARNING if power else Grade.NOTE, message, mend)
