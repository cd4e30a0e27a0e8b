"""All long tests, in one place, and how a total time is divided among them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Soak:
    """One long test: the module `tools.soak.<name>`.

    `usual_s` is what it takes in full on two cores; the total time is divided by it. `quick` are
    arguments for a trial.
    """

    name: str
    usual_s: float
    quick: tuple[str, ...] = ()


SOAKS = (
    Soak("latency", 80, ("--rounds", "1")),
    Soak("idle", 460, ("--cpu-s", "10", "--frames", "600")),
    Soak("camera_cost", 35, ("--seconds", "5")),
    Soak("camera_cycles", 700, ("--cycles", "16", "--cameras", "4")),
    Soak("broker_outage", 120, ("--readings", "500")),
    Soak("fleet", 90, ("--devices", "20", "--events", "10")),
    Soak("hostile", 260, ("--count", "2000")),
    Soak("ending", 180, ("--times", "3")),
    Soak("whole_device", 180, ("--pages", "6", "--kills", "1")),
    Soak("service", 300),
)


def share_s(left_s: float, waiting: Sequence[Soak]) -> float:
    """How long the first of those that wait may take of the time that is left.

    What one does not use is for those behind it.
    """
    return left_s * waiting[0].usual_s / sum(soak.usual_s for soak in waiting)
