"""What became of the views: counted, so that health can tell it."""

from dataclasses import dataclass, field
from enum import StrEnum


class Skip(StrEnum):
    """Why a view was not read. The values are part of the MQTT form."""

    MOVING = "moving"
    BLURRED = "blurred"
    UNCHANGED = "unchanged"
    SETTLING = "settling"
    """Still, but not for long enough yet."""
    DARK = "dark"
    PAUSED = "paused"


@dataclass(slots=True)
class Counts:
    """Since the daemon started: views seen, pages read, events told, views skipped by reason."""

    seen: int = 0
    read: int = 0
    told: int = 0
    skipped: dict[Skip, int] = field(default_factory=dict)

    def skip(self, why: Skip) -> None:
        """Count a view that was passed over."""
        self.skipped[why] = self.skipped.get(why, 0) + 1

    @property
    def passed_over(self) -> str:
        """The views that were not read, by reason, the commonest first; '' where there are none."""
        often = sorted(self.skipped.items(), key=lambda item: -item[1])
        return ", ".join(f"{number} {why}" for why, number in often)


def summary(counts: Counts) -> str:
    """The counts for people, such as `9 views seen, 1 read, 1 told; passed over: 8 settling`."""
    views = "1 view" if counts.seen == 1 else f"{counts.seen} views"
    text = f"{views} seen, {counts.read} read, {counts.told} told"
    return f"{text}; passed over: {counts.passed_over}" if counts.skipped else text
