"""What the queue counts over its life, across restarts and damaged files."""

from dataclasses import dataclass

_SEQUENCE, _DROPPED = "sequence", "dropped"


@dataclass(slots=True)
class Counters:
    """The highest sequence number that was put, and how many events were dropped."""

    sequence: int = 0
    dropped: int = 0

    def raise_to(self, saved: dict[str, int]) -> None:
        """Go on from what a file says, where that is more."""
        self.sequence = max(self.sequence, saved.get(_SEQUENCE, 0))
        self.dropped = max(self.dropped, saved.get(_DROPPED, 0))

    @property
    def rows(self) -> dict[str, int]:
        """As the file keeps them."""
        return {_SEQUENCE: self.sequence, _DROPPED: self.dropped}
